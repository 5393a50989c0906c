import type { Bill, Part } from "../../bill.ts";
import type { Target } from "../../target.ts";
import { type DictTables, occupiedBuckets } from "../dict.ts";

const DICT: Part = { name: "dict", source: "dictCreate(), dict.c, Redis 8.6.3" };
const BUCKETS: Part = { name: "bucket array", source: "_dictResize(), dict.c, Redis 8.6.3" };
const ENTRIES: Part = { name: "dictEntryNoValue", source: "dictInsertKeyAtLink(), dict.c, Redis 8.6.3" };

/**
 * Entries of a dict without values that have an allocation of their own: a bucket's first one has none. A random
 * number (hash seed): the expectation, whole. Mirrors dictInsertKeyAtLink(), dict.c, Redis 8.6.3.
 */
export function chainedEntries(buckets: number, entries: number): number {
  return Math.round(entries - occupiedBuckets(buckets, entries));
}

/**
 * Adds a dict without values and its bucket arrays. A whole dictEntry counts for each entry, and the dict without
 * its metadata. Mirrors dictMemUsage(), dict.c, Redis 8.6.3. `bytes` exact, the heap an expectation.
 */
export function addTrackedDict(
  bill: Bill,
  target: Target,
  tables: DictTables,
  entries: number,
  metadataBytes: number,
): void {
  const { allocator, profile } = target;
  const { dict, dictEntry, dictEntryNoValue } = profile.sizes;
  const { first, second } = tables;
  const chained = chainedEntries(Math.max(first, second), entries);
  bill.add(DICT, 1, dict, allocator.goodSize(dict + metadataBytes));
  bill.add(BUCKETS, 1, 8 * first, allocator.goodSize(8 * first));
  if (second > 0) bill.add(BUCKETS, 1, 8 * second, allocator.goodSize(8 * second));
  bill.add(ENTRIES, chained, entries * dictEntry, chained * allocator.goodSize(dictEntryNoValue));
}
