import type { Bill, Part } from "../bill.ts";
import type { Target } from "../target.ts";

const ROUNDING: Part = {
  name: "rounding of an average",
  source: "objectComputeSize(), object.c, Redis 7.2.6",
};

/**
 * MEMORY USAGE adds what elements take as `(double)elesize/samples*count`, truncated with the sum: with every
 * element a sample this may lose a byte. Called when the bill holds the value; `before`: its bytes before the
 * first element; `object`: what is counted of its object before it. Mirrors objectComputeSize(), object.c,
 * Redis 7.2.6. Exact.
 */
export function addRounding(
  bill: Bill,
  { profile }: Target,
  before: number,
  samples: number,
  object = profile.sizes.robj,
): void {
  if (samples === 0) return;
  const base = object + before;
  const elements = bill.bytes - before;
  const lost = Math.trunc(base + (elements / samples) * samples) - base - elements;
  if (lost !== 0) bill.add(ROUNDING, 1, lost, 0);
}
