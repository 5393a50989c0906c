/** Bytes of a listpack without entries: 6 of header, 1 of end. LP_HDR_SIZE + 1, listpack.c, Redis 7.2.6. */
export const LP_EMPTY_BYTES = 7;

/**
 * Bytes of the entry of a string that is no integer. Mirrors
 * lpEncodeGetType(), listpack.c, Redis 7.2.6. Exact.
 */
export function stringEntryBytes(bytes: number): number {
  const encoded = bytes < 64 ? 1 + bytes : bytes < 4096 ? 2 + bytes : 5 + bytes;
  return encoded + lpEncodeBacklen(encoded);
}

/**
 * Bytes of an entry's back length. Mirrors lpEncodeBacklen(),
 * listpack.c, Redis 7.2.6, its off-by-ones too. Exact.
 */
function lpEncodeBacklen(encoded: number): number {
  if (encoded <= 127) return 1;
  if (encoded < 16383) return 2;
  if (encoded < 2097151) return 3;
  return encoded < 268435455 ? 4 : 5;
}
