import type { Bill, Part } from "../bill.ts";
import type { Target } from "../target.ts";

/** Adds a value that is one packed allocation of `bytes` bytes. objectComputeSize(), object.c, Redis 7.2.6. */
export function addPacked(bill: Bill, part: Part, bytes: number, encoding: number, target: Target): void {
  const size = target.allocator.goodSize(bytes);
  bill.encoding = encoding;
  bill.add(part, 1, size, size);
}
