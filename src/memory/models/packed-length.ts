import type { Bill, Part } from "../bill.ts";
import type { Target } from "../target.ts";

/**
 * Adds a value that is one packed allocation, which MEMORY USAGE counts by the length it names, without the
 * allocator's rounding. Mirrors objectComputeSize(), object.c, Redis 4.0.14 to 6.2.16. Exact.
 */
export function addPackedLength(
  bill: Bill,
  part: Part,
  bytes: number,
  encoding: number,
  target: Target,
): void {
  bill.encoding = encoding;
  bill.add(part, 1, bytes, target.allocator.goodSize(bytes));
}
