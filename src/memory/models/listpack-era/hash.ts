import type { Bill, Part } from "../../bill.ts";
import type { Finish } from "../../loader.ts";
import type { TargetStats, ValueStats } from "../../stats.ts";
import { ENCODING, EXACTNESS } from "../../types.ts";
import { addDict, type DictTables, dictNextSize, hashLoadTables } from "../dict.ts";
import { LP_EMPTY_BYTES } from "../listpack.ts";
import { addPacked } from "../packed.ts";
import { addRounding } from "../sampled.ts";

const LISTPACK: Part = { name: "listpack", source: "hashTypeTryConversion(), t_hash.c, Redis 7.2.6" };
const FIELDS: Part = { name: "fields and values (sds)", source: "rdbLoadObject(), rdb.c, Redis 7.2.6" };

/** A hash that became a table when a pair too long came after `packed` pairs in a listpack. */
export type GrownFinish = (packed: number, stats: ValueStats, on: TargetStats, bill: Bill) => void;

const tables: DictTables = { first: 0, second: 0, random: false };

/**
 * A hash saved field by field: a listpack until a field or value is too long, then the table of `finishGrown`, which may
 * still be rehashing when the load ends; a table from the start when there are many. Mirrors rdbLoadObject(), rdb.c, Redis 7.2.6. Exact unless rehashing is near its end.
 */
export const hashBy =
  (finishTable: Finish, finishGrown: GrownFinish): Finish =>
  (stats, on, bill) => {
    const { config } = on.target;
    const pairs = stats.reported / 2;
    const packed = Math.floor(stats.firstOver(config.hashMaxListpackValue) / 2);
    if (pairs > config.hashMaxListpackEntries) finishTable(stats, on, bill);
    else if (packed === Number.POSITIVE_INFINITY) {
      addPacked(bill, LISTPACK, LP_EMPTY_BYTES + stats.entryBytes, ENCODING.listpack, on.target);
    } else finishGrown(packed, stats, on, bill);
  };

/** A hash from a zipmap, whose lengths count as well. Mirrors rdbLoadObject(), rdb.c, Redis 7.2.6. Exact. */
export const hashZipmapBy = (finishTable: Finish): Finish => {
  const finishZiplist = hashZiplistBy(finishTable);
  return (stats, on, bill) => {
    const tooLong = stats.largestBytes > on.target.config.hashMaxListpackValue;
    if (tooLong) finishTable(stats, on, bill);
    else finishZiplist(stats, on, bill);
  };
};

/** A hash from a ziplist, written anew as a listpack. Mirrors rdbLoadObject(), rdb.c, Redis 7.2.6. Exact. */
export const hashZiplistBy =
  (finishTable: Finish): Finish =>
  (stats, on, bill) => {
    if (stats.reported / 2 > on.target.config.hashMaxListpackEntries) finishTable(stats, on, bill);
    else addPacked(bill, LISTPACK, LP_EMPTY_BYTES + stats.entryBytes, ENCODING.listpack, on.target);
  };

/** A hash from a listpack blob. Mirrors rdbLoadObject(), rdb.c, Redis 7.2.6. Exact. */
export const hashListpackBy =
  (finishTable: Finish): Finish =>
  (stats, on, bill) => {
    if (stats.reported / 2 > on.target.config.hashMaxListpackEntries) finishTable(stats, on, bill);
    else addPacked(bill, LISTPACK, stats.blobBytes, ENCODING.listpack, on.target);
  };

/** A hash with field expiries, which this server cannot load: sized without them, as a lower bound. */
export const finishHashExpiry: Finish = (stats, on, bill) => {
  finishHashTable(stats, on, bill);
  bill.exactness = EXACTNESS.lowerBound;
};

/** The same as a packed blob. */
export const finishHashListpackExpiry: Finish = (stats, on, bill) => {
  addPacked(bill, LISTPACK, stats.blobBytes, ENCODING.listpackex, on.target);
  bill.exactness = EXACTNESS.lowerBound;
};

/** A hash table made for all its fields at once. Mirrors hashTypeConvertListpack(), t_hash.c, Redis 7.2.6. Exact. */
export function finishHashTable(stats: ValueStats, on: TargetStats, bill: Bill): void {
  tables.first = dictNextSize(Math.ceil(stats.reported / 2));
  tables.second = 0;
  tables.random = false;
  finishTables(stats, on, bill, tables);
}

function finishHashGrown(packed: number, stats: ValueStats, on: TargetStats, bill: Bill): void {
  hashLoadTables(packed, stats.reported / 2, tables);
  finishTables(stats, on, bill, tables);
}

/** A hash table of the bucket arrays given, with all its fields. */
export function finishTables(stats: ValueStats, on: TargetStats, bill: Bill, tables: DictTables): void {
  const { hashBytes, hashHeap, target } = on;
  const pairs = stats.reported / 2;
  bill.encoding = ENCODING.hashtable;
  bill.add(FIELDS, 2 * pairs, hashBytes.sum, hashHeap.sum);
  addDict(bill, target, tables.first, tables.second, pairs);
  const { robj, dict, dictEntry } = target.profile.sizes;
  const base = robj + dict + 8 * (tables.first + tables.second);
  addRounding(bill, base, hashBytes.sum + pairs * dictEntry, pairs);
  if (tables.random) bill.expect(8 * tables.first, 8 * tables.first);
}

export const finishHash: Finish = hashBy(finishHashTable, finishHashGrown);
export const finishHashZipmap: Finish = hashZipmapBy(finishHashTable);
export const finishHashZiplist: Finish = hashZiplistBy(finishHashTable);
export const finishHashListpack: Finish = hashListpackBy(finishHashTable);
