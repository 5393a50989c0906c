import { addSampled, exactly, type Finish, type Finished } from "../finished.ts";
import type { ValueStats } from "../stats.ts";
import type { Target } from "../target.ts";
import { ENCODING } from "../types.ts";
import { dictNextSize, occupiedBuckets } from "./dict.ts";
import { LP_EMPTY_BYTES } from "./listpack.ts";
import { finishPacked } from "./packed.ts";

/** sizeof(intset) without contents: encoding and length. */
const INTSET_HEADER_BYTES = 8;

/**
 * A set saved member by member: an intset as long as all are integers, then a listpack, then a hash table.
 * Mirrors rdbLoadObject(), rdb.c, and setTypeConvertAndExpand(), t_set.c, Redis 7.2.6. Exact.
 */
export const finishSet: Finish = (stats, target, index, out) => {
  const { config } = target;
  const members = stats.reported;
  if (members > config.setMaxIntsetEntries) finishSetTable(stats, target, index, out);
  else if (stats.nonIntegers === 0) {
    finishPacked(
      ENCODING.intset,
      INTSET_HEADER_BYTES + members * intsetWidth(stats.integerEntryMax),
      target,
      out,
    );
  } else if (members <= config.setMaxListpackEntries && stats.largestBytes <= config.setMaxListpackValue) {
    const estimate = stats.integersBefore * stats.integerEntryMax;
    finishPacked(ENCODING.listpack, LP_EMPTY_BYTES + Math.max(estimate, stats.entryBytes), target, out);
  } else finishSetTable(stats, target, index, out);
};

/** A set from an intset blob. Mirrors rdbLoadObject(), rdb.c, Redis 7.2.6. Exact. */
export const finishSetIntset: Finish = (stats, target, index, out) => {
  if (stats.reported > target.config.setMaxIntsetEntries) finishSetTable(stats, target, index, out);
  else finishPacked(ENCODING.intset, stats.blobBytes, target, out);
};

/** A set from a listpack blob. Mirrors rdbLoadObject(), rdb.c, Redis 7.2.6. Exact. */
export const finishSetListpack: Finish = (stats, target, index, out) => {
  if (stats.reported > target.config.setMaxListpackEntries) finishSetTable(stats, target, index, out);
  else finishPacked(ENCODING.listpack, stats.blobBytes, target, out);
};

/**
 * A set as a hash table. MEMORY USAGE counts a whole dictEntry a member; in truth the first member of a bucket has
 * none and the others a short one, which is random: the heap is an expectation. Mirrors objectComputeSize(),
 * object.c, and dictInsertAtPosition(), dict.c, Redis 7.2.6. `valueBytes` exact.
 */
function finishSetTable(stats: ValueStats, target: Target, index: number, out: Finished): void {
  const { allocator, profile } = target;
  const { robj, dict, dictEntry, dictEntryNoValue } = profile.sizes;
  const members = stats.reported;
  const sds = stats.sdsBytes[index] as number;
  const buckets = dictNextSize(members);
  const chained = Math.round(members - occupiedBuckets(buckets, members));
  exactly(
    out,
    ENCODING.hashtable,
    addSampled(robj + dict + 8 * buckets, sds + members * dictEntry, members, members),
    allocator.goodSize(robj) +
      allocator.goodSize(dict) +
      allocator.goodSize(8 * buckets) +
      sds +
      chained * allocator.goodSize(dictEntryNoValue),
  );
}

/** Bytes of an intset's members, from the largest listpack entry one would make. _intsetValueEncoding(), intset.c. */
function intsetWidth(entryBytes: number): number {
  return entryBytes <= 4 ? 2 : entryBytes <= 6 ? 4 : 8;
}
