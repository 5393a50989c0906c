import type { Allocator } from "../allocators/index.ts";
import type { ElementCost } from "../lanes.ts";
import { sdsAllocSize } from "./sds.ts";

/**
 * sds of servers where a type must also hold header and terminator of its largest string, so that no
 * allocation exceeds what its `alloc` can say: Valkey 8.0.1 and later, Redis 8.6.3.
 */

/** SDS_TYPE_5 holds lengths below this. */
const SDS_TYPE_5_LENGTHS = 32;
/** sizeof(struct sdshdr8). */
const SDSHDR8_BYTES = 3;

/**
 * sizeof the header of an sds of `length` bytes. Mirrors sdsReqType()
 * and sdsHdrSize(), sds.c, Valkey 8.0.1. Exact.
 */
function sdsHdrSize(length: number): number {
  if (length < SDS_TYPE_5_LENGTHS) return 1;
  if (length <= 2 ** 8 - 3 - 1) return SDSHDR8_BYTES;
  if (length <= 2 ** 16 - 5 - 1) return 5;
  return length <= 2 ** 32 - 9 - 1 ? 9 : 17;
}

/**
 * Bytes of an sds of `length` bytes in another allocation. Mirrors sdsReqSize(), sds.h, Valkey 8.1.1. Exact.
 */
export function sdsReqSize(length: number): number {
  return sdsHdrSize(length) + length + 1;
}

/**
 * The same with a byte before it that says how long its header is.
 * Mirrors zslCreateNode(), t_zset.c, Valkey 9.1.2.
 */
export function embeddedSdsBytes(length: number): number {
  return 1 + sdsReqSize(length);
}

/** Bytes of an embedded SDS_TYPE_8, as every embedded value is. */
export function sdsReqSizeType8(length: number): number {
  return SDSHDR8_BYTES + length + 1;
}

/**
 * The same of an SDS_TYPE_8 at least, whose header has bits to spare. Mirrors entry.c, Redis 8.6.3. Exact.
 */
export function sdsReqSizeWithAux(length: number): number {
  return Math.max(SDSHDR8_BYTES, sdsHdrSize(length)) + length + 1;
}

/**
 * Bytes requested for an sds of its own: an empty one is an SDS_TYPE_8.
 * _sdsnewlen(), sds.c, Valkey 8.0.1. Exact.
 */
export function sdsnewlenBytes(length: number): number {
  return length === 0 ? sdsReqSizeType8(0) : sdsReqSize(length);
}

/** zmalloc_size of an sds of its own. Exact. */
export function sdsHeapSize(length: number, allocator: Allocator): number {
  return allocator.goodSize(sdsnewlenBytes(length));
}

/**
 * An element as an sds of its own: sdsAllocSize(), sds.c, Valkey 8.0.1, answers its whole allocation. Exact.
 */
export const sdsUsableElement: ElementCost = { bytes: sdsHeapSize };

/** The same as Redis tracks it. Mirrors sdsAllocSize(), sds.h, Redis 8.6.3. Exact. */
export function sdsTrackedSize(length: number, allocator: Allocator): number {
  return sdsAllocSize(length, sdsHeapSize(length, allocator));
}

/** An element as an sds of its own, as tracked. */
export const trackedSds: ElementCost = { bytes: sdsTrackedSize };
