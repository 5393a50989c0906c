/** A malloc, as far as sizes go. */
export interface Allocator {
  readonly name: string;
  /** Bytes really held for a request of `bytes` bytes, which is what zmalloc_size() answers. */
  goodSize(bytes: number): number;
}

/** Requests up to this many bytes are looked up, larger ones are computed. */
const TABLE_BYTES = 4096;

/** An allocator that looks small requests up in a table filled from `compute`. */
export function tabledAllocator(name: string, compute: (bytes: number) => number): Allocator {
  const table = new Uint16Array(TABLE_BYTES + 1);
  for (let bytes = 0; bytes <= TABLE_BYTES; bytes++) table[bytes] = compute(bytes);
  return {
    name,
    goodSize: (bytes) => (bytes <= TABLE_BYTES ? (table[bytes] as number) : compute(bytes)),
  };
}
