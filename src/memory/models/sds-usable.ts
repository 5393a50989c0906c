import type { ElementCost } from "../lanes.ts";

/** SDS_TYPE_5 holds lengths below this. */
const SDS_TYPE_5_LENGTHS = 32;
/** Header and terminator of an SDS_TYPE_8. */
const SDS_TYPE_8_OVERHEAD = 4;

/**
 * sizeof the header of an sds of `length` bytes where a type must also hold header and terminator of its largest
 * string, so that no jemalloc class exceeds what its `alloc` can say. Mirrors sdsReqType() and sdsHdrSize(), sds.c,
 * Valkey 8.0.1. Exact.
 */
function sdsHdrSize(length: number): number {
  if (length < SDS_TYPE_5_LENGTHS) return 1;
  if (length <= 2 ** 8 - 3 - 1) return 3;
  if (length <= 2 ** 16 - 5 - 1) return 5;
  return length <= 2 ** 32 - 9 - 1 ? 9 : 17;
}

/** Bytes of an sds of `length` bytes embedded in another structure. Mirrors sdsReqSize(), sds.h, Valkey 8.1.1. Exact. */
export function sdsReqSize(length: number): number {
  return sdsHdrSize(length) + length + 1;
}

/** The same of an SDS_TYPE_8. */
export function sdsReqSize8(length: number): number {
  return length + SDS_TYPE_8_OVERHEAD;
}

/** Bytes requested for an sds of its own: an empty one is an SDS_TYPE_8. Mirrors _sdsnewlen(), sds.c, Valkey 8.0.1. Exact. */
export function sdsnewlenBytes(length: number): number {
  return length === 0 ? SDS_TYPE_8_OVERHEAD : sdsReqSize(length);
}

/** An element as an sds of its own: sdsAllocSize(), sds.c, Valkey 8.0.1, answers its whole allocation. Exact. */
export const sdsUsableElement: ElementCost = {
  name: "sds whose header holds its capacity",
  bytes: (length, allocator) => allocator.goodSize(sdsnewlenBytes(length)),
};
