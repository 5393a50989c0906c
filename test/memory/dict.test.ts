import { describe, expect, it } from "vitest";
import { dictNextSize, hashLoadTables, occupiedBuckets } from "../../src/memory/models/dict.ts";

let state = 1;

/** Hashes that are as good as random, and the same in every run. */
function nextHash(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state >>> 4;
}

/** Loads a hash as the server does, into a dict with real buckets and random hashes. */
class Dict {
  sizes = [0, 0];
  buckets: number[][][] = [[], []];
  used = [0, 0];
  rehash = -1;

  expand(size: number): void {
    const buckets = dictNextSize(size);
    if (this.rehash >= 0 || this.used[0]! > size || buckets === this.sizes[0]) return;
    const table = this.sizes[0] === 0 ? 0 : 1;
    this.sizes[table] = buckets;
    this.buckets[table] = Array.from({ length: buckets }, () => []);
    if (table === 1) this.rehash = 0;
  }

  step(): void {
    const [from, to] = this.buckets as [number[][], number[][]];
    let visits = 10;
    while (this.used[0]! > 0 && from[this.rehash]!.length === 0) {
      this.rehash++;
      if (--visits === 0) return;
    }
    for (const hash of from[this.rehash] ?? []) {
      to[hash % this.sizes[1]!]!.push(hash);
      this.used[0]!--;
      this.used[1]!++;
    }
    if (from[this.rehash] !== undefined) from[this.rehash++] = [];
    if (this.used[0] !== 0) return;
    this.sizes = [this.sizes[1]!, 0];
    this.buckets = [to, []];
    this.used = [this.used[1]!, 0];
    this.rehash = -1;
  }

  add(): void {
    if (this.rehash >= 0) this.step();
    if (this.rehash < 0 && this.used[0]! >= this.sizes[0]!) this.expand(this.used[0]! + 1);
    const table = this.rehash >= 0 ? 1 : 0;
    const hash = Math.imul(nextHash(), 0x9e3779b1) >>> 8;
    this.buckets[table]![hash % this.sizes[table]!]!.push(hash);
    this.used[table]!++;
  }
}

function simulate(packed: number, pairs: number): string {
  const dict = new Dict();
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
