import type { Bill, Part } from "../../bill.ts";
import type { Target } from "../../target.ts";
import { expectSpread, type Spread, spreadOf } from "../spread.ts";
import { ChainMoments, childBuckets, ENTRIES_PER_BUCKET } from "./chains.ts";

/** HASHTABLE_BUCKET_SIZE, hashtable.h, Valkey 8.1.1: a cache line. */
export const BUCKET_BYTES = 64;
/**
 * BUCKET_FACTOR and BUCKET_DIVISOR, hashtable.c, Valkey 8.1.1: a table
 * is made for at most 6.4 entries a bucket.
 */
const BUCKET_FACTOR = 5;
const BUCKET_DIVISOR = 32;

const TABLE: Part = { name: "hashtable", source: "hashtableCreate(), hashtable.c, Valkey 8.1.1" };
const BUCKETS: Part = { name: "buckets of a hashtable", source: "resize(), hashtable.c, Valkey 8.1.1" };
const CHILDREN: Part = {
  name: "child buckets (expected)",
  source: "bucketConvertToChained(), hashtable.c, Valkey 8.1.1",
};

/**
 * Buckets of a table made for `entries`; none has no bucket. Mirrors
 * nextBucketExp(), hashtable.c, Valkey 8.1.1. Exact.
 */
export function nextBuckets(entries: number): number {
  const least = Math.ceil((entries * BUCKET_FACTOR) / BUCKET_DIVISOR);
  let buckets = 1;
  while (buckets < least) buckets *= 2;
  return buckets;
}

/**
 * A hashtable that entries are added to one by one: it grows when full, and then moves one old
 * bucket at each addition, so that it may have two tables in the end. Mirrors hashtableAdd(),
 * hashtableExpandIfNeeded() and rehashStep(), hashtable.c, Valkey 8.1.1. Exact, unless the
 * last old buckets are empty: then Valkey 9.1 ends sooner.
 */
export class HashtableGrowth {
  /** Buckets of the table, and of the one that entries move to; 0: none. */
  first = 0;
  second = 0;
  entries = 0;
  /** Entries when moving began, and old buckets moved since. */
  private entriesBefore = 0;
  private moved = 0;
  private readonly moments = new ChainMoments();

  /** A table made for `capacity` entries, with `entries` in it. */
  reset(capacity: number, entries: number): void {
    this.first = nextBuckets(capacity);
    this.second = 0;
    this.entries = entries;
  }

  /** Mirrors hashtableTryExpand(), hashtable.c, Valkey 8.1.1. */
  expand(capacity: number): void {
    if (this.second !== 0 || capacity < this.entries) return;
    const buckets = nextBuckets(capacity);
    if (buckets === this.first) return;
    if (this.entries === 0) this.first = buckets;
    else {
      this.second = buckets;
      this.entriesBefore = this.entries;
      this.moved = 0;
    }
  }

  add(count: number): void {
    for (let i = 0; i < count; i++) {
      if (this.second !== 0 && ++this.moved === this.first) {
        this.first = this.second;
        this.second = 0;
      }
      if (this.second === 0 && this.entries + 1 > ENTRIES_PER_BUCKET * this.first)
        this.expand(this.entries + 1);
      this.entries++;
    }
  }

  children(): Spread {
    const { first, second, entries, entriesBefore, moved, moments } = this;
    if (second === 0) return childBuckets(first, entries);
    moments.reset();
    moments.add(first - moved, first, entriesBefore);
    const reached = (second / first) * moved;
    moments.add(reached, second, entries);
    moments.add(second - reached, second, entries - entriesBefore);
    return spreadOf(moments.mean, moments.variance, moments.third);
  }
}

/**
 * Adds a hashtable of `structBytes` with its buckets, the children among them
 * as expected; their spread is left to the caller.
 */
export function addHashtable(
  bill: Bill,
  { allocator }: Target,
  structBytes: number,
  first: number,
  second: number,
  children: Spread,
): void {
  const expected = Math.round(BUCKET_BYTES * children.mean);
  const arrays = first + second;
  const heap =
    allocator.goodSize(BUCKET_BYTES * first) + (second === 0 ? 0 : allocator.goodSize(BUCKET_BYTES * second));
  bill.add(TABLE, 1, structBytes, allocator.goodSize(structBytes));
  bill.add(BUCKETS, arrays, BUCKET_BYTES * arrays, heap);
  bill.add(CHILDREN, Math.round(children.mean), expected, expected);
}

/** Marks a bill random whose only random part are the child buckets of a hashtable. */
export function expectChildren(bill: Bill, children: Spread): void {
  expectSpread(bill, children, BUCKET_BYTES);
}
