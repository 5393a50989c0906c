import { describe, expect, it } from "vitest";
import { dictNextSize, hashLoadTables, occupiedBuckets } from "../../src/memory/models/dict.ts";
import { RandomDict } from "../support/random-dict.ts";

function simulate(packed: number, pairs: number): string {
  const dict = new RandomDict();
  dict.expand(packed);
  for (let i = 0; i <= packed; i++) dict.add();
  const left = pairs - packed - 1;
  if (left > 4) dict.expand(left);
  for (let i = 0; i < left; i++) dict.add();
  return `${dict.sizes[0]}+${dict.sizes[1]}`;
}

describe("dict", () => {
  it("has a power of two of buckets, at least 4", () => {
    expect([0, 1, 4, 5, 8, 9, 513, 100000].map(dictNextSize)).toEqual([4, 4, 4, 8, 8, 16, 1024, 131072]);
  });

  it("is expected to leave some buckets empty", () => {
    expect(occupiedBuckets(4, 4)).toBeCloseTo(4 * (1 - 0.75 ** 4), 10);
  });

  it("of a hash converted while it loads is where a simulated server most often is, or is called random", () => {
    const out = { first: 0, second: 0, random: false };
    let likeliest = 0;
    let cases = 0;
    for (let pairs = 1; pairs <= 70; pairs++) {
      for (const packed of [0, 1, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 31, 32, 33, 40, 64]) {
        if (packed >= pairs) continue;
        const seen = new Map<string, number>();
        for (let i = 0; i < 40; i++) {
          const state = simulate(packed, pairs);
          seen.set(state, (seen.get(state) ?? 0) + 1);
        }
        hashLoadTables(packed, pairs, out);
        const state = `${out.first}+${out.second}`;
        if (!out.random)
          expect([packed, pairs, seen.get(state) ?? 0]).toSatisfy((c) => (c as number[])[2]! >= 37);
        cases++;
        if ((seen.get(state) ?? 0) >= 20) likeliest++;
      }
    }
    expect(likeliest / cases).toBeGreaterThan(0.95);
  });
});
