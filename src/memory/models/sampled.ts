import type { Bill, Part } from "../bill.ts";

const ROUNDING: Part = {
  name: "rounding of an average",
  source: "objectComputeSize(), object.c, Redis 7.2.6",
};

/**
 * MEMORY USAGE adds what elements take as `(double)elesize/samples*count`, truncated with the sum: with every element
 * a sample this may lose a byte. `base` is what the server had added before. Mirrors objectComputeSize(), object.c,
 * Redis 7.2.6. Exact.
 */
export function addRounding(bill: Bill, base: number, elementBytes: number, samples: number): void {
  if (samples === 0) return;
  const lost = Math.trunc(base + (elementBytes / samples) * samples) - base - elementBytes;
  if (lost !== 0) bill.add(ROUNDING, 1, lost, 0);
}
