import type { RaxCounter } from "./rax.ts";

const FIRST_KEYS = 256;
/** Beyond so many keys they are not kept: 64 MiB of ids. */
const MAX_KEYS = 1 << 22;

/** Keys of one width that come out of order, kept to count the radix tree that they make. */
export class SortedKeys {
  /** Keys added since `reset`. */
  added = 0;
  private readonly width: number;
  private bytes: Uint8Array;

  constructor(width: number) {
    this.width = width;
    this.bytes = new Uint8Array(FIRST_KEYS * width);
  }

  reset(): void {
    this.added = 0;
  }

  /** More keys were added than are kept. */
  get tooMany(): boolean {
    return this.added > MAX_KEYS;
  }

  add(buffer: Uint8Array, start: number): void {
    const { width } = this;
    const at = width * this.added++;
    if (this.added > MAX_KEYS) return;
    if (at === this.bytes.length) {
      const longer = new Uint8Array(2 * at);
      longer.set(this.bytes);
      this.bytes = longer;
    }
    for (let i = 0; i < width; i++) this.bytes[at + i] = buffer[start + i]!;
  }

  /** Counts one tree of all distinct keys. Sorting goes by runs, so ascending stretches cost little. */
  count(rax: RaxCounter): void {
    const { width, bytes } = this;
    const order = Uint32Array.from({ length: Math.min(this.added, MAX_KEYS) }, (_, index) => index * width);
    order.sort((a, b) => this.compare(a, b));
    rax.begin();
    let last = -1;
    for (const at of order) {
      if (last < 0 || this.compare(last, at) !== 0) rax.add(bytes, at, width);
      last = at;
    }
  }

  private compare(a: number, b: number): number {
    const { bytes, width } = this;
    for (let i = 0; i < width; i++) {
      const difference = bytes[a + i]! - bytes[b + i]!;
      if (difference !== 0) return difference;
    }
    return 0;
  }
}
