import type { Bill, Part } from "../bill.ts";
import type { Target } from "../target.ts";
import { type DictLoad, occupiedBuckets } from "./dict-load.ts";

/** How a server holds and counts a dict: its parts as one generation of sources names them. */
export interface DictRules {
  readonly dict: Part;
  readonly buckets: Part;
  readonly entry: Part;
  /** The same of a dict without values. */
  readonly shortEntry: Part;
  /** MEMORY USAGE averages over the elements. */
  readonly averages: boolean;
}

const rulesOf = (version: string, expand: string, insert: string, averages: boolean): DictRules => ({
  dict: { name: "dict", source: `dictCreate(), dict.c, ${version}` },
  buckets: { name: "bucket array", source: `${expand}, dict.c, ${version}` },
  entry: { name: "dictEntry", source: `${insert}, dict.c, ${version}` },
  shortEntry: { name: "dictEntryNoValue", source: `${insert}, dict.c, ${version}` },
  averages,
});

/** Redis 4.0 to 6.2. */
export const DICT_62: DictRules = rulesOf("Redis 6.2.16", "_dictExpand()", "dictAddRaw()", true);
/** Redis 7.0. */
export const DICT_70: DictRules = rulesOf("Redis 7.0.15", "_dictExpand()", "dictAddRaw()", true);
/** Redis 7.2 to 8.2, Valkey 7.2 and 8.0. */
export const DICT_72: DictRules = rulesOf("Redis 7.2.6", "_dictExpand()", "dictInsertAtPosition()", true);
/** Redis 8.4 and later. */
export const DICT_86: DictRules = rulesOf("Redis 8.6.3", "_dictResize()", "dictInsertKeyAtLink()", false);

/**
 * Adds a dict and its bucket arrays, which MEMORY USAGE counts by what was asked for, without the dict's
 * metadata. `dictCounted`: what it counts of the dict itself. Mirrors objectComputeSize(), object.c, Redis
 * 7.2.6, and dictMemUsage(), dict.c, Redis 8.6.3. Exact.
 */
export function addDictTables(
  bill: Bill,
  { allocator, profile }: Target,
  rules: DictRules,
  load: DictLoad,
  metadataBytes = 0,
  dictCounted = profile.sizes.dict,
): void {
  bill.add(rules.dict, 1, dictCounted, allocator.goodSize(profile.sizes.dict + metadataBytes));
  bill.add(rules.buckets, load.second === 0 ? 1 : 2, load.bytes, load.heapBytes(allocator));
}

/**
 * Adds `entries` entries. Without values MEMORY USAGE counts a whole dictEntry each all the same; in
 * truth the first one of a bucket has none and the others a short one. Mirrors
 * dictInsertAtPosition(), dict.c, Redis 7.2.6, and dictMemUsage(), dict.c, Redis 8.6.3. `bytes`
 * exact, the heap without values an expectation (hash seed).
 */
export function addEntries(
  bill: Bill,
  { allocator, profile }: Target,
  rules: DictRules,
  load: DictLoad,
  entries: number,
  valued: boolean,
): void {
  const { dictEntry, dictEntryNoValue } = profile.sizes;
  const counted = entries * dictEntry;
  if (valued) bill.add(rules.entry, entries, counted, entries * allocator.goodSize(dictEntry));
  else {
    const held = entries - load.occupied;
    const heap = Math.round(held * allocator.goodSize(dictEntryNoValue));
    bill.add(rules.shortEntry, Math.round(held), counted, heap);
  }
}

/** Entries that are expected not to be the first of their bucket. */
export function chainedEntries(buckets: number, entries: number): number {
  return entries - occupiedBuckets(buckets, entries);
}

/** Gives the bill the bands of a dict whose last rehashing may have ended sooner or later. */
export function expectDict(bill: Bill, { maybeLess, maybeMore }: DictLoad): void {
  if (maybeLess > 0 || maybeMore > 0) bill.expect(maybeLess, maybeMore);
}
