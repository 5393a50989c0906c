import { exactly, type Finished } from "../finished.ts";
import type { Target } from "../target.ts";

/** A value that is one packed allocation of `bytes` bytes under its robj. objectComputeSize(), object.c, Redis 7.2.6. */
export function finishPacked(encoding: number, bytes: number, target: Target, out: Finished): void {
  const { allocator, profile } = target;
  const packed = allocator.goodSize(bytes);
  exactly(out, encoding, profile.sizes.robj + packed, allocator.goodSize(profile.sizes.robj) + packed);
}
