/** sizeof(intset) without contents: encoding and length. */
export const INTSET_HEADER_BYTES = 8;

/**
 * Bytes of an intset's members, from the largest listpack entry one
 * would make. _intsetValueEncoding(), intset.c.
 */
export function intsetWidth(entryBytes: number): number {
  return entryBytes <= 4 ? 2 : entryBytes <= 6 ? 4 : 8;
}
