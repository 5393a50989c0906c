import type { RaxCounter } from "../rax.ts";

const FIRST_KEYS = 256;
/** Beyond so many keys they are not kept: 64 MiB of ids. */
const MAX_KEYS = 1 << 22;

/**
 * Keys of one width that come out of order, kept as big-endian words to count the radix tree that they make.
 */
export class SortedKeys {
  /** Keys added since `reset`. */
  added = 0;
  private readonly width: number;
  private words: Uint32Array;
  private readonly key: Uint8Array;

  /** `keyBytes`: a multiple of 4. */
  constructor(keyBytes: number) {
    this.width = keyBytes / 4;
    this.words = new Uint32Array(FIRST_KEYS * this.width);
    this.key = new Uint8Array(keyBytes);
  }

  reset(): void {
    this.added = 0;
  }

  /** More keys were added than are kept. */
  get tooMany(): boolean {
    return this.added > MAX_KEYS;
  }

  add(b: Uint8Array, start: number): void {
    const { width } = this;
    const at = width * this.added++;
    if (this.added > MAX_KEYS) return;
    if (at === this.words.length) {
      const longer = new Uint32Array(2 * at);
      longer.set(this.words);
      this.words = longer;
    }
    for (let i = 0, p = start; i < width; i++, p += 4) {
      this.words[at + i] = (b[p]! << 24) | (b[p + 1]! << 16) | (b[p + 2]! << 8) | b[p + 3]!;
    }
  }

  /** Counts one tree of all distinct keys. */
  count(rax: RaxCounter): void {
    rax.begin();
    let last = -1;
    for (const at of this.sorted()) {
      if (last < 0 || this.compare(last, at) !== 0) rax.add(this.bytesOf(at), 0, this.key.length);
      last = at;
    }
  }

  /**
   * Positions of the keys in ascending order: a merge sort of the ascending runs, as which keys mostly come.
   */
  private sorted(): Uint32Array {
    const { width } = this;
    const count = Math.min(this.added, MAX_KEYS);
    let from = Uint32Array.from({ length: count }, (_, index) => index * width);
    let runEnds: number[] = [];
    for (let i = 1; i <= count; i++) {
      if (i === count || this.compare(from[i - 1]!, from[i]!) > 0) runEnds.push(i);
    }
    let to = runEnds.length > 1 ? new Uint32Array(count) : from;
    while (runEnds.length > 1) {
      const merged: number[] = [];
      for (let run = 0; run < runEnds.length; run += 2) {
        const end = runEnds[run + 1] ?? runEnds[run]!;
        this.merge(from, to, merged.at(-1) ?? 0, runEnds[run]!, end);
        merged.push(end);
      }
      [from, to] = [to, from];
      runEnds = merged;
    }
    return from;
  }

  /** Merges `from[start, middle)` and `from[middle, end)` into `to`. */
  private merge(from: Uint32Array, to: Uint32Array, start: number, middle: number, end: number): void {
    let left = start;
    let right = middle;
    for (let at = start; at < end; at++) {
      const takeLeft = left < middle && (right === end || this.compare(from[left]!, from[right]!) <= 0);
      to[at] = takeLeft ? from[left++]! : from[right++]!;
    }
  }

  private compare(a: number, b: number): number {
    const { words, width } = this;
    for (let i = 0; i < width; i++) {
      const difference = words[a + i]! - words[b + i]!;
      if (difference !== 0) return difference;
    }
    return 0;
  }

  private bytesOf(at: number): Uint8Array {
    const { words, width, key } = this;
    for (let i = 0; i < width; i++) {
      const word = words[at + i]!;
      key[4 * i] = word >>> 24;
      key[4 * i + 1] = word >>> 16;
      key[4 * i + 2] = word >>> 8;
      key[4 * i + 3] = word;
    }
    return key;
  }
}
