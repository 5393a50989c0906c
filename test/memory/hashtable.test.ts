import { describe, expect, it } from "vitest";
import { chainChildren, childBuckets } from "../../src/memory/models/hashtable/chains.ts";
import { HashtableGrowth, nextBuckets } from "../../src/memory/models/hashtable/hashtable.ts";
import { chainedMembers } from "../../src/memory/models/listpack-era/no-value-dict.ts";
import type { Spread } from "../../src/memory/models/spread.ts";

let state = 1;

/** As good as random, and the same in every run (mulberry32). */
function below(limit: number): number {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
}

/**
 * Child buckets after `entries` entries fell into `buckets`, slot by slot: 7
 * in a bucket, 6 and a pointer if it has a child.
 */
function thrown(buckets: number, entries: number): number {
  const chains = Array.from({ length: buckets }, () => [0]);
  for (let i = 0; i < entries; i++) {
    const chain = chains[below(buckets)]!;
    if (chain.at(-1) === 7) {
      chain[chain.length - 1] = 6;
      chain.push(1);
    }
    chain[chain.length - 1]!++;
  }
  return chains.reduce((children, chain) => children + chain.length - 1, 0);
}

function expectWithin(spread: Spread, draw: () => number): void {
  const draws = Array.from({ length: 2000 }, draw);
  const mean = draws.reduce((a, b) => a + b, 0) / draws.length;
  const inside = draws.filter((x) => x >= spread.low && x <= spread.high).length / draws.length;
  expect(inside).toBeGreaterThan(0.97);
  expect(Math.abs(mean - spread.mean)).toBeLessThan(0.1 * Math.sqrt(spread.variance) + 1e-9);
  expect(spread.high - spread.low).toBeLessThan(6.5 * Math.sqrt(spread.variance) + 2);
}

describe("nextBuckets", () => {
  it("is the least power of two with 6.4 entries a bucket at most", () => {
    expect([0, 1, 6, 7, 12, 13, 25, 26, 102, 103, 819, 820].map(nextBuckets)).toEqual([
      1, 1, 1, 2, 2, 4, 4, 8, 16, 32, 128, 256,
    ]);
  });
});

describe("child buckets", () => {
  it("of a chain are one for every six entries beyond the seventh", () => {
    expect([0, 7, 8, 13, 14, 19, 20].map(chainChildren)).toEqual([0, 0, 1, 1, 2, 2, 3]);
  });

  it("of two buckets are certain where one of them must overflow", () => {
    expect(childBuckets(1, 7)).toEqual({ mean: 0, variance: 0, low: 0, high: 0 });
    // All of 8 in one of two buckets: 2 of 256.
    expect(childBuckets(2, 8).mean).toBeCloseTo(2 / 256, 12);
    expect(childBuckets(2, 8)).toMatchObject({ low: 0, high: 0 });
  });

  it.each([
    [2, 12],
    [4, 25],
    [8, 51],
    [16, 60],
    [32, 103],
    [32, 200],
    [256, 1000],
  ])("of %i buckets with %i entries are as real chains have them", (buckets, entries) => {
    expectWithin(childBuckets(buckets, entries), () => thrown(buckets, entries));
  });
});

describe("a hash that became a hashtable during its load", () => {
  /** Loads `pairs` pairs of which the one after `packed` is too long. */
  function load(packed: number, pairs: number): HashtableGrowth {
    const table = new HashtableGrowth();
    table.reset(packed, packed);
    table.add(1);
    table.expand(pairs - packed - 1);
    table.add(pairs - packed - 1);
    return table;
  }

  it("grows as entries come", () => {
    expect(load(0, 7)).toMatchObject({ first: 1, second: 0, entries: 7 });
    // One entry, then made for the 13 left: one old bucket, moved at once.
    expect(load(0, 14)).toMatchObject({ first: 4, second: 0 });
    expect(load(12, 13)).toMatchObject({ first: 2, second: 0 });
    // 14 fill two buckets; the 15th makes four, and nothing has moved yet.
    expect(load(12, 15)).toMatchObject({ first: 2, second: 4 });
    expect(load(12, 16)).toMatchObject({ first: 2, second: 4 });
    expect(load(12, 17)).toMatchObject({ first: 4, second: 0 });
  });
});

describe("entries of a dict without values", () => {
  it("are the members of a bucket but the first", () => {
    expect(chainedMembers(4, 1)).toEqual({ mean: 0, variance: 0, low: 0, high: 0 });
    expect(chainedMembers(4, 2)).toMatchObject({ mean: 0.25, low: 0, high: 1 });
  });

  it.each([
    [128, 100],
    [512, 300],
    [2048, 2000],
  ])("of %i buckets with %i members are as real buckets have them", (buckets, members) => {
    expectWithin(chainedMembers(buckets, members), () => {
      const occupied = new Set<number>();
      for (let i = 0; i < members; i++) occupied.add(below(buckets));
      return members - occupied.size;
    });
  });
});
