import type { Bill, Part } from "../../bill.ts";
import type { Finish } from "../../loader.ts";
import type { TargetStats, ValueStats } from "../../stats.ts";
import { ENCODING } from "../../types.ts";
import { addDictTables, DICT_ENTRY, dictNextSize, occupiedBuckets } from "../dict.ts";
import { LP_EMPTY_BYTES } from "../listpack.ts";
import { addPacked } from "../packed.ts";
import { addRounding } from "../sampled.ts";

const INTSET: Part = { name: "intset", source: "intsetResize(), intset.c, Redis 7.2.6" };
const LISTPACK: Part = { name: "listpack", source: "setTypeConvertAndExpand(), t_set.c, Redis 7.2.6" };
const MEMBERS: Part = { name: "members (sds)", source: "rdbLoadObject(), rdb.c, Redis 7.2.6" };

/** sizeof(intset) without contents: encoding and length. */
export const INTSET_HEADER_BYTES = 8;

/**
 * A set saved member by member: an intset as long as all are integers, then a listpack, then the table that
 * `finishTable` makes. Mirrors rdbLoadObject(), rdb.c, and setTypeConvertAndExpand(), t_set.c, Redis 7.2.6. Exact.
 */
export const setBy =
  (finishTable: Finish): Finish =>
  (stats, on, bill) => {
    const { config } = on.target;
    const members = stats.reported;
    if (members > config.setMaxIntsetEntries) finishTable(stats, on, bill);
    else if (stats.nonIntegers === 0) {
      addPacked(
        bill,
        INTSET,
        INTSET_HEADER_BYTES + members * intsetWidth(stats.integerEntryMax),
        ENCODING.intset,
        on.target,
      );
    } else if (members <= config.setMaxListpackEntries && stats.largestBytes <= config.setMaxListpackValue) {
      const estimate = stats.integersBefore * stats.integerEntryMax;
      addPacked(
        bill,
        LISTPACK,
        LP_EMPTY_BYTES + Math.max(estimate, stats.entryBytes),
        ENCODING.listpack,
        on.target,
      );
    } else finishTable(stats, on, bill);
  };

/** A set from an intset blob. Mirrors rdbLoadObject(), rdb.c, Redis 7.2.6. Exact. */
export const setIntsetBy =
  (finishTable: Finish): Finish =>
  (stats, on, bill) => {
    if (stats.reported > on.target.config.setMaxIntsetEntries) finishTable(stats, on, bill);
    else addPacked(bill, INTSET, stats.blobBytes, ENCODING.intset, on.target);
  };

/** A set from a listpack blob. Mirrors rdbLoadObject(), rdb.c, Redis 7.2.6. Exact. */
export const setListpackBy =
  (finishTable: Finish): Finish =>
  (stats, on, bill) => {
    if (stats.reported > on.target.config.setMaxListpackEntries) finishTable(stats, on, bill);
    else addPacked(bill, LISTPACK, stats.blobBytes, ENCODING.listpack, on.target);
  };

/**
 * A set as a hash table. MEMORY USAGE counts a whole dictEntry a member; in truth the first member of a bucket has
 * none and the others a short one, which is random: the heap is an expectation. Mirrors objectComputeSize(),
 * object.c, and dictInsertAtPosition(), dict.c, Redis 7.2.6. `valueBytes` exact.
 */
function finishSetTable(stats: ValueStats, on: TargetStats, bill: Bill): void {
  const { target, setBytes, setHeap } = on;
  const { robj, dict, dictEntry, dictEntryNoValue } = target.profile.sizes;
  const members = stats.reported;
  const buckets = dictNextSize(members);
  const chained = Math.round(members - occupiedBuckets(buckets, members));
  bill.encoding = ENCODING.hashtable;
  bill.add(MEMBERS, members, setBytes.sum, setHeap.sum);
  addDictTables(bill, target, buckets, 0);
  bill.add(DICT_ENTRY, chained, members * dictEntry, chained * target.allocator.goodSize(dictEntryNoValue));
  addRounding(bill, robj + dict + 8 * buckets, setBytes.sum + members * dictEntry, members);
}

export const finishSet: Finish = setBy(finishSetTable);
export const finishSetIntset: Finish = setIntsetBy(finishSetTable);
export const finishSetListpack: Finish = setListpackBy(finishSetTable);

/** Bytes of an intset's members, from the largest listpack entry one would make. _intsetValueEncoding(), intset.c. */
export function intsetWidth(entryBytes: number): number {
  return entryBytes <= 4 ? 2 : entryBytes <= 6 ? 4 : 8;
}
