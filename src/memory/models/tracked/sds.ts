import type { Allocator } from "../../allocators/index.ts";
import type { ElementCost } from "../../lanes.ts";

/** Longest sds of type 5, whose header has no room for the size of its allocation. */
const SDS_TYPE_5_MAX = 31;
/** sizeof(struct sdshdr8). */
const SDSHDR8_BYTES = 3;

/**
 * Bytes of an sds header, of the smallest type whose size field can tell the whole allocation. Mirrors sdsReqType()
 * and sdsHdrSize(), sds.c, Redis 8.6.3. Exact.
 */
function sdsHdrSize(length: number): number {
  if (length <= SDS_TYPE_5_MAX) return 1;
  if (length <= 252) return SDSHDR8_BYTES;
  if (length <= 65530) return 5;
  return length <= 0xfffffff6 ? 9 : 17;
}

/** Bytes of an sds placed in another allocation. Mirrors sdsReqSize(), sds.h, Redis 8.6.3. Exact. */
export function sdsReqSize(length: number): number {
  return sdsHdrSize(length) + length + 1;
}

/** The same of type 8 at least, whose header has bits to spare. Mirrors entry.c, Redis 8.6.3. Exact. */
export function sdsReqSizeWithAux(length: number): number {
  return Math.max(SDSHDR8_BYTES, sdsHdrSize(length)) + length + 1;
}

/** The same of type 8, as every embedded value is. Mirrors kvobjCreateEmbedString(), object.c, Redis 8.6.3. Exact. */
export function sdsReqSizeType8(length: number): number {
  return SDSHDR8_BYTES + length + 1;
}

/** zmalloc_size of an sds of its own; an empty one is of type 8. Mirrors _sdsnewlen(), sds.c, Redis 8.6.3. Exact. */
export function sdsHeapSize(length: number, allocator: Allocator): number {
  return allocator.goodSize(length === 0 ? sdsReqSizeType8(0) : sdsReqSize(length));
}

/**
 * What an sds of its own says of its size: the allocation, but where the header is of type 5 only what was asked
 * for. Mirrors sdsAllocSize(), sds.h, Redis 8.6.3. Exact.
 */
export function sdsAllocSize(length: number, allocator: Allocator): number {
  return length > 0 && length <= SDS_TYPE_5_MAX ? sdsReqSize(length) : sdsHeapSize(length, allocator);
}

/** An element as an sds of its own, as tracked. */
export const trackedSds: ElementCost = { name: "sdsAllocSize", bytes: sdsAllocSize };
