import type { ElementCost } from "../lanes.ts";
import type { Target } from "../target.ts";

/** What a server's MEMORY USAGE counts for an sds of `length` bytes. */
export type SdsCount = (target: Target, length: number) => number;

/**
 * Bytes requested for an sds of `length` bytes that is created whole: header, content,
 * terminator. An empty one gets the 3-byte header, as if to be appended to. Mirrors sdsReqType(),
 * sdsHdrSize() and _sdsnewlen(), sds.c, Redis 7.2.6. Exact.
 */
export function sdsRequestBytes(length: number): number {
  return sdsHdrSize(length) + length + 1;
}

/**
 * What an sds of `length` bytes, created whole in an allocation of `heapBytes`, says of
 * its size: all of it, but a header of one byte cannot tell of more than its content.
 * Mirrors sdsAllocSize(), sds.h, Redis 8.6.3. Exact.
 */
export function sdsAllocSize(length: number, heapBytes: number): number {
  return sdsHdrSize(length) === 1 ? sdsRequestBytes(length) : heapBytes;
}

function sdsHdrSize(length: number): number {
  if (length < 32) return length === 0 ? 3 : 1;
  if (length < 256) return 3;
  if (length < 65536) return 5;
  return length < 0x100000000 ? 9 : 17;
}

/** An element as an sds of its own, by zmalloc_size. Exact. */
export const sdsElement: ElementCost = {
  bytes: (length, allocator) => allocator.goodSize(sdsRequestBytes(length)),
};
