/** Longer ranges are left to `set`. */
const SHORT_BYTES = 256;
const NO_BYTES = new Uint8Array(0);

/**
 * Copies short ranges, mostly between the same two arrays: four bytes at a time, in a third of the time that a loop over
 * bytes takes. `set` costs more a call than a short range does.
 */
export class Copier {
  private source: Uint8Array = NO_BYTES;
  private target: Uint8Array = NO_BYTES;
  private from = viewOf(NO_BYTES);
  private to = viewOf(NO_BYTES);

  /** Copies `source[start, start + length)` to `target[at]`. */
  copy(source: Uint8Array, start: number, target: Uint8Array, at: number, length: number): void {
    if (length > SHORT_BYTES) {
      target.set(source.subarray(start, start + length), at);
      return;
    }
    if (source !== this.source) {
      this.source = source;
      this.from = viewOf(source);
    }
    if (target !== this.target) {
      this.target = target;
      this.to = viewOf(target);
    }
    const { from, to } = this;
    const words = length & ~3;
    for (let i = 0; i < words; i += 4) to.setInt32(at + i, from.getInt32(start + i));
    for (let i = words; i < length; i++) target[at + i] = source[start + i]!;
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
