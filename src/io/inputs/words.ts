/** Unsigned 32 bits, little-endian. */
export function uint32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

/** Unsigned 64 bits, little-endian, as a double: exact up to 2^53. */
export function uint64(bytes: Uint8Array, at: number): number {
  return uint32(bytes, at + 4) * 2 ** 32 + uint32(bytes, at);
}
