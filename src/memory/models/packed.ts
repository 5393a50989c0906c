import type { Bill, Part } from "../bill.ts";
import type { Target } from "../target.ts";

/** Adds a value that is one allocation of `bytes` bytes in use, which was made for `capacity` bytes. */
export type Packed = (bill: Bill, target: Target, bytes: number, capacity?: number) => void;

/**
 * Packed values that count as the allocator holds them. Mirrors
 * objectComputeSize(), object.c, Redis 7.2.6. Exact.
 */
export function packedByHeap(encoding: number, part: Part): Packed {
  return (bill, { allocator }, bytes, capacity = bytes) => {
    const held = allocator.goodSize(capacity);
    bill.encoding = encoding;
    bill.add(part, 1, held, held);
  };
}

/**
 * Packed values that count by the length they name. Mirrors objectComputeSize(), object.c, Redis 6.2.16,
 * lpBytes(), listpack.c, and intsetAllocSize(), intset.c, Redis 8.6.3. Exact.
 */
export function packedByLength(encoding: number, part: Part): Packed {
  return (bill, { allocator }, bytes, capacity = bytes) => {
    bill.encoding = encoding;
    bill.add(part, 1, bytes, allocator.goodSize(capacity));
  };
}
