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

/** Largest power of two that is not above `value` (an integer in [1, 2^53]). */
function floorPowerOfTwo(value: number): number {
  if (value < 0x80000000) return 2 ** (31 - Math.clz32(value));
  return 2 ** (63 - Math.clz32(Math.floor(value / 0x100000000)));
}
