const LOW_WORD = 4294967296;
/** Doubles below this hold every integer, and sums of two of them too. */
const SAFE = 2 ** 52;

/** A stream id of 16 bytes big-endian as text: `ms-seq`. */
export function idText(bytes: Uint8Array, start: number): string {
  return `${uint64(bytes, start)}-${uint64(bytes, start + 8)}`;
}

function uint64(bytes: Uint8Array, at: number): bigint | number {
  const high = uint32(bytes, at);
  const low = uint32(bytes, at + 4);
  return high < 2 ** 21 ? high * LOW_WORD + low : (BigInt(high) << 32n) | BigInt(low);
}

function uint32(b: Uint8Array, at: number): number {
  return ((b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!) >>> 0;
}

/** An int64 in eight bytes, little-endian. */
export function int64le(bytes: Uint8Array, at: number): bigint {
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, 8).readBigInt64LE();
}

/** A half of a node's id, and the entries' halves as distances from it. Wraps at 2^64, as servers count. */
export class IdHalf {
  private base: bigint | number = 0;

  set(bytes: Uint8Array, at: number): void {
    this.base = uint64(bytes, at);
  }

  /** The half of the id that is the int64 `high:low` away. */
  plus(high: number, low: number): string {
    const { base } = this;
    const by = high * LOW_WORD + (low >>> 0);
    if (typeof base === "number" && base < SAFE && Math.abs(by) < SAFE && base + by >= 0)
      return `${base + by}`;
    const exact = (BigInt(high) << 32n) | BigInt(low >>> 0);
    return String(BigInt.asUintN(64, BigInt(base) + exact));
  }
}
