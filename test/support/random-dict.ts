import { dictNextSize } from "../../src/memory/models/dict-load.ts";

let state = 1;

/** Hashes that are as good as random, and the same in every run. */
function nextHash(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state >>> 4;
}

/**
 * A dict that is filled as the server fills one, with real buckets and random hashes: dict.c, Redis 7.2.6. `visits`: a
 * new entry moves the bucket it would have been in, as in Redis 8.6.
 */
export class RandomDict {
  sizes = [0, 0];
  buckets: number[][][] = [[], []];
  used = [0, 0];
  rehash = -1;
  private readonly visits: boolean;

  constructor(visits = false) {
    this.visits = visits;
  }

  expand(size: number): void {
    const buckets = dictNextSize(size);
    if (this.rehash >= 0 || this.used[0]! > size || buckets === this.sizes[0]) return;
    const table = this.sizes[0] === 0 ? 0 : 1;
    this.sizes[table] = buckets;
    this.buckets[table] = Array.from({ length: buckets }, () => []);
    if (table === 1) this.rehash = 0;
  }

  /** Buckets that are not empty. */
  get occupied(): number {
    return this.buckets.flat().filter((bucket) => bucket.length > 0).length;
  }

  step(hash: number): void {
    const [from, to] = this.buckets as [number[][], number[][]];
    const visited = hash % this.sizes[0]!;
    if (this.visits && from[visited]!.length > 0) this.move(visited);
    else {
      let visits = 10;
      while (this.used[0]! > 0 && from[this.rehash]!.length === 0) {
        this.rehash++;
        if (--visits === 0) return;
      }
      if (from[this.rehash] !== undefined) this.move(this.rehash++);
    }
    if (this.used[0] !== 0) return;
    this.sizes = [this.sizes[1]!, 0];
    this.buckets = [to, []];
    this.used = [this.used[1]!, 0];
    this.rehash = -1;
  }

  add(): void {
    const hash = Math.imul(nextHash(), 0x9e3779b1) >>> 8;
    if (this.rehash >= 0) this.step(hash);
    if (this.rehash < 0 && this.used[0]! >= this.sizes[0]!) this.expand(this.used[0]! + 1);
    const table = this.rehash >= 0 ? 1 : 0;
    this.buckets[table]![hash % this.sizes[table]!]!.push(hash);
    this.used[table]!++;
  }

  private move(bucket: number): void {
    const [from, to] = this.buckets as [number[][], number[][]];
    for (const hash of from[bucket]!) {
      to[hash % this.sizes[1]!]!.push(hash);
      this.used[0]!--;
      this.used[1]!++;
    }
    from[bucket] = [];
  }
}
