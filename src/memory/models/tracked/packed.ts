import type { Bill, Part } from "../../bill.ts";
import type { Target } from "../../target.ts";

/**
 * Adds a value that is one packed blob of `bytes` bytes in an allocation of `capacity` bytes or more: its own length
 * counts, not what the allocator holds. Mirrors lpBytes(), listpack.c, and intsetAllocSize(), intset.c, Redis 8.6.3.
 * Exact.
 */
export function addTrackedPacked(
  bill: Bill,
  part: Part,
  bytes: number,
  encoding: number,
  target: Target,
  capacity = bytes,
): void {
  bill.encoding = encoding;
  bill.add(part, 1, bytes, target.allocator.goodSize(capacity));
}
