/** Little-endian int32 of four bytes. */
export function word(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

/** Gives a hash its bytes in whole stripes, however they come; what is less than one waits in `pending`. */
export abstract class Striped {
  protected readonly pending: Uint8Array;
  protected pendingBytes = 0;
  protected total = 0;
  private readonly stripeBytes: number;

  constructor(stripeBytes: number) {
    this.stripeBytes = stripeBytes;
    this.pending = new Uint8Array(stripeBytes);
  }

  update(bytes: Uint8Array): this {
    const { stripeBytes } = this;
    let at = 0;
    this.total += bytes.length;
    if (this.pendingBytes > 0) {
      at = Math.min(stripeBytes - this.pendingBytes, bytes.length);
      this.pending.set(bytes.subarray(0, at), this.pendingBytes);
      this.pendingBytes += at;
      if (this.pendingBytes < stripeBytes) return this;
      this.stripes(this.pending, 0, stripeBytes);
      this.pendingBytes = 0;
    }
    const end = at + Math.floor((bytes.length - at) / stripeBytes) * stripeBytes;
    this.stripes(bytes, at, end);
    this.pending.set(bytes.subarray(end));
    this.pendingBytes = bytes.length - end;
    return this;
  }

  /** Takes the whole stripes of `bytes[start, end)`. */
  protected abstract stripes(bytes: Uint8Array, start: number, end: number): void;
}
