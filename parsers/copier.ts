/** Longer ranges are left to `set`. */
const SHORT_BYTES = 256;
/** Of the bytes of a word. */
const HIGHEST_BITS = 0x80808080 | 0;
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

  /**
   * Copies `source[start, start + length)` to `target[at]`. True when all of it is ASCII without NUL; longer ranges are not
   * looked at.
   */
  copy(source: Uint8Array, start: number, target: Uint8Array, at: number, length: number): boolean {
    if (length > SHORT_BYTES) {
      target.set(source.subarray(start, start + length), at);
      return false;
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
    // A byte less one has its highest bit where it was 0; others have it themselves.
    let bits = 0;
    for (let i = 0; i < words; i += 4) {
      const word = from.getInt32(start + i);
      to.setInt32(at + i, word);
      bits |= word | (word - 0x01010101);
    }
    for (let i = words; i < length; i++) {
      const byte = source[start + i]!;
      target[at + i] = byte;
      bits |= byte | (byte - 1);
    }
    return (bits & HIGHEST_BITS) === 0;
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
