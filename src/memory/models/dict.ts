import type { Allocator } from "../allocators/index.ts";
import type { Bill, Part } from "../bill.ts";
import type { Target } from "../target.ts";

/** DICT_HT_INITIAL_SIZE, dict.h, Redis 7.2.6. */
const DICT_HT_INITIAL_SIZE = 4;

/** Buckets of a table expanded for `size` entries. Mirrors _dictNextExp(), dict.c, Redis 7.2.6. Exact. */
export function dictNextSize(size: number): number {
  let buckets = DICT_HT_INITIAL_SIZE;
  while (buckets < size) buckets *= 2;
  return buckets;
}

/**
 * Bucket arrays of a dict that grew by one entry at a time to `entries`; the old one is still there while fewer
 * entries have come since than it had buckets in use. Mirrors _dictExpandIfNeeded(), dict.c, Redis 8.6.3. The
 * likeliest state.
 */
export function dictGrownBytes(entries: number, allocator: Allocator): number {
  if (entries === 0) return 0;
  const buckets = dictNextSize(entries);
  const before = buckets / 2;
  const moving =
    buckets > DICT_HT_INITIAL_SIZE && entries - before <= bucketsToMove(before, before) ? before : 0;
  return allocator.goodSize(8 * buckets) + (moving > 0 ? allocator.goodSize(8 * moving) : 0);
}

/** Buckets expected not to be empty after `entries` random insertions into `buckets`. */
export function occupiedBuckets(buckets: number, entries: number): number {
  return -buckets * Math.expm1(entries * Math.log1p(-1 / buckets));
}

/** Bucket arrays of a dict: the second is 0 unless it is being rehashed. `random` when chance decides about that. */
export interface DictTables {
  first: number;
  second: number;
  random: boolean;
}

/**
 * Bucket arrays of a hash that became a hash table in the middle of its load: `packed` pairs were already in a
 * listpack when a pair too large came; `pairs` in all. Mirrors rdbLoadObject(), rdb.c, Redis 7.2.6. The likeliest
 * state: exact unless `random`.
 */
export function hashLoadTables(packed: number, pairs: number, out: DictTables): void {
  const buckets = dictNextSize(packed);
  const used = packed + 1;
  const left = pairs - used;
  if (packed >= buckets) growTables(buckets, packed, dictNextSize(used), used, pairs, out);
  else if (left > DICT_HT_INITIAL_SIZE && used <= left && dictNextSize(left) !== buckets)
    growTables(buckets, used, dictNextSize(left), used, pairs, out);
  else growTables(buckets, used, 0, used, pairs, out);
}

/**
 * Bucket arrays after insertions one by one, from `used` entries up to `entries`. `target` is the size of the second
 * array when the table is being rehashed, with `moving` entries in the first one; else 0. A growing table moves one
 * bucket at each later insertion, so the load may end before the move does; how many buckets there are to move is
 * random (hash seed) and the expected number is taken. Mirrors dictExpand(), dictRehash(), _dictExpandIfNeeded(),
 * dict.c, Redis 7.2.6.
 */
export function growTables(
  first: number,
  moving: number,
  second: number,
  inserted: number,
  entries: number,
  out: DictTables,
): void {
  let buckets = first;
  let target = second;
  let toMove = target === 0 ? 0 : bucketsToMove(buckets, moving);
  let spread = target === 0 || moving === 1 ? 0 : moveSpread(buckets);
  let idle = 0;
  let moved = 0;
  for (let used = inserted; used < entries; used++) {
    if (target === 0) idle++;
    else {
      moved++;
      if (--toMove === 0) {
        buckets = target;
        target = 0;
        idle = 0;
      }
    }
    if (target === 0 && used >= buckets) {
      target = dictNextSize(used + 1);
      toMove = bucketsToMove(buckets, used);
      spread = moveSpread(buckets);
      moved = 0;
    }
  }
  out.first = buckets;
  out.second = target;
  out.random = spread > 0 && (target !== 0 ? moved > 0 && toMove <= spread : idle < spread);
}

function bucketsToMove(buckets: number, used: number): number {
  return Math.max(1, Math.round(occupiedBuckets(buckets, used)));
}

/** About three standard deviations of the number of buckets that are not empty. */
function moveSpread(buckets: number): number {
  return 1 + Math.ceil(Math.sqrt(buckets));
}

const DICT: Part = { name: "dict", source: "dictCreate(), dict.c, Redis 7.2.6" };
const BUCKETS: Part = { name: "bucket array", source: "_dictExpand(), dict.c, Redis 7.2.6" };
export const DICT_ENTRY: Part = { name: "dictEntry", source: "dictInsertAtPosition(), dict.c, Redis 7.2.6" };

/**
 * Adds a dict and its bucket arrays (the second is none when 0), which MEMORY USAGE counts by what was asked for.
 * Mirrors objectComputeSize(), object.c, Redis 7.2.6. Exact.
 */
export function addDictTables(bill: Bill, target: Target, first: number, second: number): void {
  const { allocator, profile } = target;
  const { dict } = profile.sizes;
  bill.add(DICT, 1, dict, allocator.goodSize(dict));
  bill.add(BUCKETS, 1, 8 * first, allocator.goodSize(8 * first));
  if (second > 0) bill.add(BUCKETS, 1, 8 * second, allocator.goodSize(8 * second));
}

/** The same with `entries` whole entries. */
export function addDict(bill: Bill, target: Target, first: number, second: number, entries: number): void {
  const { dictEntry } = target.profile.sizes;
  addDictTables(bill, target, first, second);
  bill.add(DICT_ENTRY, entries, entries * dictEntry, entries * target.allocator.goodSize(dictEntry));
}
