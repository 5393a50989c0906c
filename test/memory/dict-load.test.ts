import { describe, expect, it } from "vitest";
import { DictLoad, dictNextSize, occupiedBuckets } from "../../src/memory/models/dict-load.ts";
import {
  expandForAll,
  expandForAllFirst,
  expandForLeft,
  expandForLeftFirst,
} from "../../src/memory/models/hash-load.ts";
import { RandomDict } from "../support/random-dict.ts";

const ROUNDS = 40;

/** Expand when negative, insert when positive, by turns. */
type Script = readonly (readonly ["expand" | "insert", number])[];

function simulate(script: Script): { first: number; second: number } {
  const dict = new RandomDict();
  for (const [what, count] of script) {
    if (what === "expand") dict.expand(count);
    else for (let i = 0; i < count; i++) dict.add();
  }
  return { first: dict.sizes[0]!, second: dict.sizes[1]! };
}

function predict(script: Script): DictLoad {
  const load = new DictLoad();
  load.reset();
  for (const [what, count] of script) load[what](count);
  return load;
}

/** How often of `ROUNDS` the prediction is right, and how often it lies in its own band. */
function compare(script: Script): { right: number; inBand: number } {
  const load = predict(script);
  let right = 0;
  let inBand = 0;
  for (let i = 0; i < ROUNDS; i++) {
    const { first, second } = simulate(script);
    if (first === load.first && second === load.second) right++;
    const error = 8 * (first + second) - load.bytes;
    if (error >= -load.maybeLess && error <= load.maybeMore) inBand++;
  }
  return { right, inBand };
}

describe("a dict's bucket array", () => {
  it("has a power of two of buckets, at least 4", () => {
    expect([0, 1, 4, 5, 8, 9, 513, 100000].map(dictNextSize)).toEqual([4, 4, 4, 8, 8, 16, 1024, 131072]);
  });

  it("is expected to have some empty buckets", () => {
    expect(occupiedBuckets(4, 4)).toBeCloseTo(4 * (1 - 0.75 ** 4), 10);
  });
});

describe("a dict being loaded", () => {
  it("grows by doubling, as a simulated one does", () => {
    let likeliest = 0;
    let cases = 0;
    for (let count = 1; count <= 600; count += count < 80 ? 1 : 13) {
      const { right, inBand } = compare([["insert", count]]);
      expect([count, inBand]).toSatisfy((c) => (c as number[])[1]! >= ROUNDS - 3);
      cases++;
      if (right >= ROUNDS / 2) likeliest++;
    }
    expect(likeliest / cases).toBeGreaterThan(0.95);
  });

  it("that grew entry by entry may be in the middle of a move, which is not random far from its end", () => {
    // 512 entries hash to some 323 buckets, so that a move that began with entry 513 takes until about 836
    const states = [513, 601, 1000].map((count) => {
      const { first, second, maybeLess, maybeMore } = predict([["insert", count]]);
      return [first, second, maybeLess, maybeMore];
    });
    expect(states).toEqual([
      [512, 1024, 0, 0],
      [512, 1024, 0, 0],
      [1024, 0, 0, 0],
    ]);
  });

  it("that is being rehashed has as many buckets in use as a simulated one", () => {
    for (const entries of [40, 70, 140, 525, 600, 700, 800]) {
      const load = predict([["insert", entries]]);
      let occupied = 0;
      let runs = 0;
      for (let i = 0; i < 200; i++) {
        const dict = new RandomDict(true);
        for (let entry = 0; entry < entries; entry++) dict.add();
        if (dict.sizes[1] !== load.second) continue;
        occupied += dict.occupied;
        runs++;
      }
      expect([entries, load.second, runs > 100]).toEqual([entries, 2 * load.first, true]);
      expect(load.occupied / (occupied / runs)).toBeCloseTo(1, 1.6);
    }
  });

  it("made for some entries and then for more moves the first ones over", () => {
    for (const before of [0, 1, 3, 8, 20, 100]) {
      for (const count of [before + 1, before + 5, 2 * before + 9, 500]) {
        const { inBand } = compare([
          ["expand", before],
          ["insert", before],
          ["expand", count],
          ["insert", count - before],
        ]);
        expect([before, count, inBand]).toSatisfy((c) => (c as number[])[2]! >= ROUNDS - 3);
      }
    }
  });

  it("in which nothing is random is exact", () => {
    const load = predict([
      ["expand", 0],
      ["expand", 100],
      ["insert", 100],
    ]);
    expect([load.first, load.second, load.maybeLess, load.maybeMore]).toEqual([128, 0, 0, 0]);
  });

  it("refuses to make room while it is being rehashed, and knows when that hangs by a hair", () => {
    const other = new DictLoad();
    const load = predict([["insert", 17]]);
    expect([load.first, load.second, load.fork(other)]).toEqual([16, 32, false]);
    load.expand(100);
    expect(load.second).toBe(32);

    const close = predict([["insert", 27]]);
    expect([close.first, close.second, close.fork(other)]).toEqual([32, 0, true]);
    close.expand(73);
    other.expand(73);
    expect([close.second, other.first, other.second]).toEqual([128, 16, 32]);
  });
});

describe("a hash converted while it loads", () => {
  const loads = [
    [
      "for the pairs that are left",
      expandForLeft,
      (packed: number, pairs: number): Script => {
        const left = pairs - packed - 1;
        const room: Script = left > 4 ? [["expand", left]] : [];
        return [["expand", packed], ["insert", packed + 1], ...room, ["insert", left]];
      },
    ],
    [
      "for the pairs that are left, before the one too long",
      expandForLeftFirst,
      (packed: number, pairs: number): Script => [
        ["expand", packed],
        ["insert", packed],
        ["expand", pairs - packed - 1],
        ["insert", pairs - packed],
      ],
    ],
    [
      "for all pairs",
      expandForAll,
      (packed: number, pairs: number): Script => [
        ["expand", packed],
        ["insert", packed + 1],
        ["expand", pairs],
        ["insert", pairs - packed - 1],
      ],
    ],
    [
      "for all pairs, before the one too long",
      expandForAllFirst,
      (packed: number, pairs: number): Script => [
        ["expand", packed],
        ["insert", packed],
        ["expand", pairs],
        ["insert", pairs - packed],
      ],
    ],
  ] as const;

  it.each(loads)(
    "expanded %s is where a simulated server most often is, or random",
    (_name, load, script) => {
      const dict = new DictLoad();
      let likeliest = 0;
      let cases = 0;
      for (let pairs = 1; pairs <= 70; pairs++) {
        for (const packed of [0, 1, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 31, 32, 33, 40, 64]) {
          if (packed >= pairs) continue;
          load(dict, packed, pairs);
          let right = 0;
          for (let i = 0; i < ROUNDS; i++) {
            const { first, second } = simulate(script(packed, pairs));
            if (first === dict.first && second === dict.second) right++;
          }
          const random = dict.maybeLess > 0 || dict.maybeMore > 0;
          if (!random) expect([packed, pairs, right]).toSatisfy((c) => (c as number[])[2]! >= ROUNDS - 3);
          cases++;
          if (right >= ROUNDS / 2) likeliest++;
        }
      }
      expect(likeliest / cases).toBeGreaterThan(0.95);
    },
  );
});
