import type { ValueStats } from "./stats.ts";
import type { Target } from "./target.ts";

/** What a value takes on one target. */
export interface Finished {
  /** Index in `ENCODINGS`. */
  encoding: number;
  /** What objectComputeSize() answers with all samples: no key name, no dictEntry. */
  valueBytes: number;
  /** What the allocator holds for the value, its robj included. */
  valueHeapBytes: number;
  /** One of `EXACTNESS`. */
  exactness: number;
  /** A random `valueBytes` is within this many bytes of the expectation nearly always; 0 when exact. */
  bandBytes: number;
}

/** Sizes a value for target number `index` of the walk. */
export type Finish = (stats: ValueStats, target: Target, index: number, out: Finished) => void;

/** Fills `out` for a value whose size is certain. */
export function exactly(out: Finished, encoding: number, valueBytes: number, valueHeapBytes: number): void {
  out.encoding = encoding;
  out.valueBytes = valueBytes;
  out.valueHeapBytes = valueHeapBytes;
  out.exactness = 0;
  out.bandBytes = 0;
}

/**
 * Adds the sampled part to a size as the server does, in doubles, truncated: `(double)elesize/samples*count`
 * with every element a sample. Mirrors objectComputeSize(), object.c, Redis 7.2.6. Exact.
 */
export function addSampled(base: number, elementBytes: number, samples: number, count: number): number {
  return samples === 0 ? base : Math.trunc(base + (elementBytes / samples) * count);
}
