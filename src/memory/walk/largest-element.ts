import { writeInteger } from "../models/integer.ts";

/** Bytes kept of an element. */
const KEPT_BYTES = 256;
const INTEGER = -1;

/** The first bytes of one element: the digits of an integer are written when somebody asks for them. */
export class LargestElement {
  /** See `length`. */
  readonly bytes = new Uint8Array(KEPT_BYTES);
  private kept = 0;
  private high = 0;
  private low = 0;

  reset(): void {
    this.kept = 0;
  }

  /** Keeps a text of `bytes` bytes. */
  text(bytes: number, buffer: Uint8Array, start: number): void {
    const kept = Math.min(bytes, KEPT_BYTES);
    for (let i = 0; i < kept; i++) this.bytes[i] = buffer[start + i]!;
    this.kept = kept;
  }

  /** Keeps a 64-bit integer. */
  integer(high: number, low: number): void {
    this.kept = INTEGER;
    this.high = high;
    this.low = low;
  }

  /** The element is `bytes[0, length)`; 0: there is none. */
  get length(): number {
    if (this.kept === INTEGER) this.kept = writeInteger(this.high, this.low, this.bytes);
    return this.kept;
  }
}
