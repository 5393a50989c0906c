import type { Bill, Part } from "../../bill.ts";
import type { Finish } from "../../loader.ts";
import type { TargetStats, ValueStats } from "../../stats.ts";
import { ENCODING } from "../../types.ts";
import { type DictTables, dictNextSize } from "../dict.ts";
import { LP_EMPTY_BYTES } from "../listpack.ts";
import { INTSET_HEADER_BYTES, intsetWidth } from "../listpack-era/set.ts";
import { addTrackedDict } from "./dict.ts";
import { addTrackedPacked } from "./packed.ts";

const INTSET: Part = { name: "intset", source: "intsetAllocSize(), intset.c, Redis 8.6.3" };
const LISTPACK: Part = { name: "listpack", source: "setTypeAllocSize(), t_set.c, Redis 8.6.3" };
const MEMBERS: Part = { name: "members (sds)", source: "setTypeAllocSize(), t_set.c, Redis 8.6.3" };
/** setDictMetadataBytes(), server.c, Redis 8.6.3. */
const METADATA_BYTES = 8;

const tables: DictTables = { first: 0, second: 0, random: false };

/**
 * A set saved member by member: an intset as long as all are integers, then a listpack, then a hash table.
 * Mirrors rdbLoadObject(), rdb.c, and setTypeAllocSize(), t_set.c, Redis 8.6.3. Exact.
 */
export const finishTrackedSet: Finish = (stats, on, bill) => {
  const { config } = on.target;
  const members = stats.reported;
  if (members > config.setMaxIntsetEntries) addTable(stats, on, bill);
  else if (stats.nonIntegers === 0) {
    const bytes = INTSET_HEADER_BYTES + members * intsetWidth(stats.integerEntryMax);
    addTrackedPacked(bill, INTSET, bytes, ENCODING.intset, on.target);
  } else if (members <= config.setMaxListpackEntries && stats.largestBytes <= config.setMaxListpackValue) {
    const bytes = LP_EMPTY_BYTES + stats.entryBytes;
    const capacity = LP_EMPTY_BYTES + stats.integersBefore * stats.integerEntryMax;
    addTrackedPacked(bill, LISTPACK, bytes, ENCODING.listpack, on.target, Math.max(bytes, capacity));
  } else addTable(stats, on, bill);
};

/** A set from an intset blob. Mirrors rdbLoadObject(), rdb.c, Redis 8.6.3. Exact. */
export const finishTrackedSetIntset: Finish = (stats, on, bill) => {
  if (stats.reported > on.target.config.setMaxIntsetEntries) addTable(stats, on, bill);
  else addTrackedPacked(bill, INTSET, stats.blobBytes, ENCODING.intset, on.target);
};

/** A set from a listpack blob. Mirrors rdbLoadObject(), rdb.c, Redis 8.6.3. Exact. */
export const finishTrackedSetListpack: Finish = (stats, on, bill) => {
  if (stats.reported > on.target.config.setMaxListpackEntries) addTable(stats, on, bill);
  else addTrackedPacked(bill, LISTPACK, stats.blobBytes, ENCODING.listpack, on.target);
};

function addTable(stats: ValueStats, { target, setBytes, setHeap }: TargetStats, bill: Bill): void {
  const members = stats.reported;
  tables.first = dictNextSize(members);
  bill.encoding = ENCODING.hashtable;
  bill.add(MEMBERS, members, setBytes.sum, setHeap.sum);
  addTrackedDict(bill, target, tables, members, METADATA_BYTES);
}
