/** MALLOC_ALIGNMENT, SIZE_SZ and MINSIZE on 64-bit. */
const ALIGNMENT = 16;
const SIZE_SZ = 8;
const MINSIZE = 32;
const PAGE_BYTES = 4096;
/** DEFAULT_MMAP_THRESHOLD. It grows while a server frees larger blocks, which nobody can tell afterwards. */
const MMAP_THRESHOLD = 128 * 1024;

/**
 * malloc_usable_size() of an allocation of `bytes` bytes: a chunk holds the request and its own size field,
 * which is not usable; from 128 KiB on it is whole pages of its own with two such fields. Mirrors
 * request2size(), sysmalloc_mmap() and musable(), malloc/malloc.c, glibc 2.36. Exact below the threshold.
 */
export function glibcUsableSize(bytes: number): number {
  const chunk = Math.max(MINSIZE, alignUp(bytes + SIZE_SZ, ALIGNMENT));
  if (chunk < MMAP_THRESHOLD) return chunk - SIZE_SZ;
  return alignUp(chunk + SIZE_SZ, PAGE_BYTES) - 2 * SIZE_SZ;
}

/**
 * zmalloc_size() of a server that does not ask the C library and keeps each size in front of its allocation
 * instead: the request in whole words, and that word. Mirrors zmalloc_size(), zmalloc.c, Redis 4.0.14. Exact.
 */
export function prefixedSize(bytes: number): number {
  return alignUp(bytes, SIZE_SZ) + SIZE_SZ;
}

function alignUp(bytes: number, unit: number): number {
  return Math.ceil(bytes / unit) * unit;
}
