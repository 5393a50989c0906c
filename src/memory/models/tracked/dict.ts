import type { Bill, Part } from "../../bill.ts";
import type { Target } from "../../target.ts";
import { type DictTables, occupiedBuckets } from "../dict.ts";

const DICT: Part = { name: "dict", source: "dictCreate(), dict.c, Redis 8.6.3" };
const BUCKETS: Part = { name: "bucket array", source: "_dictResize(), dict.c, Redis 8.6.3" };
const ENTRIES: Part = {
  name: "dictEntryNoValue; Bytes: a dictEntry for every element",
  source: "dictInsertKeyAtLink(), dict.c, Redis 8.6.3",
};
const VALUED: Part = { name: "dictEntry", source: "dictInsertKeyAtLink(), dict.c, Redis 8.6.3" };

/**
 * Entries of a dict without values that have an allocation of their own: a bucket's first one has none. A random
 * number (hash seed): the expectation, whole. Mirrors dictInsertKeyAtLink(), dict.c, Redis 8.6.3.
 */
function chainedEntries(buckets: number, entries: number): number {
  return Math.round(entries - occupiedBuckets(buckets, entries));
}

/**
 * Adds a dict and its bucket arrays. A whole dictEntry counts for each entry, even where the dict has no values and
 * so fewer and shorter ones, and the dict without its metadata. Mirrors dictMemUsage(), dict.c, Redis 8.6.3. `bytes`
 * exact, the heap of a dict without values an expectation.
 */
export function addTrackedDict(
  bill: Bill,
  target: Target,
  tables: DictTables,
  entries: number,
  metadataBytes: number,
  valued = false,
): void {
  const { allocator, profile } = target;
  const { dict, dictEntry, dictEntryNoValue } = profile.sizes;
  const { first, second } = tables;
  bill.add(DICT, 1, dict, allocator.goodSize(dict + metadataBytes));
  bill.add(BUCKETS, 1, 8 * first, allocator.goodSize(8 * first));
  if (second > 0) bill.add(BUCKETS, 1, 8 * second, allocator.goodSize(8 * second));
  if (valued) bill.add(VALUED, entries, entries * dictEntry, entries * allocator.goodSize(dictEntry));
  else {
    const chained = chainedEntries(Math.max(first, second), entries);
    bill.add(ENTRIES, chained, entries * dictEntry, chained * allocator.goodSize(dictEntryNoValue));
  }
}
