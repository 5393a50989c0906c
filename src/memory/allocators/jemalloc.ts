/** Smallest size class of any jemalloc build (LG_TINY_MIN = 3). */
const TINY_BYTES = 8;

/**
 * Usable bytes of a jemalloc allocation of `bytes` bytes: multiples of the quantum (2^lgQuantum) up to four
 * quanta, then four classes to each doubling, without end. Mirrors sz_s2u_compute() and size_classes(),
 * include/jemalloc/internal/sz.h and src/sc.c, jemalloc 5.3.0 (the same classes since 4.0). Exact.
 */
export function jemallocSizeClass(bytes: number, lgQuantum: number): number {
  if (bytes <= TINY_BYTES) return TINY_BYTES;
  const quantum = 2 ** lgQuantum;
  if (bytes <= 4 * quantum) return Math.ceil(bytes / quantum) * quantum;
  const delta = floorPowerOfTwo(bytes - 1) / 4;
  return Math.ceil(bytes / delta) * delta;
}

/** Beyond this, jemalloc 5.3.1 has no size classes any more. */
const PAGED_ABOVE_BYTES = 32_768;
const PAGE_BYTES = 4096;

/**
 * The same with whole pages instead of classes beyond 32 KiB. Mirrors sz_s2u()
 * and opt_disable_large_size_classes (on by default),
 * include/jemalloc/internal/sz.h and src/jemalloc.c, jemalloc 5.3.1. Exact.
 */
export function jemallocPagedSizeClass(bytes: number, lgQuantum: number): number {
  if (bytes <= PAGED_ABOVE_BYTES) return jemallocSizeClass(bytes, lgQuantum);
  return Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES;
}

/** Largest power of two that is not above `value` (an integer in [1, 2^53]). */
function floorPowerOfTwo(value: number): number {
  if (value < 0x80000000) return 2 ** (31 - Math.clz32(value));
  return 2 ** (63 - Math.clz32(Math.floor(value / 0x100000000)));
}
