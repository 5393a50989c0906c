import type { Bill, Part } from "../../bill.ts";
import type { Finish } from "../../loader.ts";
import type { TargetStats, ValueStats } from "../../stats.ts";
import { ENCODING } from "../../types.ts";
import { type DictTables, dictNextSize, growTables } from "../dict.ts";
import { LP_EMPTY_BYTES } from "../listpack.ts";
import { addTrackedDict } from "./dict.ts";
import { addTrackedPacked } from "./packed.ts";

const LISTPACK: Part = { name: "listpack", source: "hashTypeAllocSize(), t_hash.c, Redis 8.6.3" };
const LISTPACK_EX: Part = { name: "listpackEx", source: "listpackExCreate(), t_hash.c, Redis 8.6.3" };
const ENTRIES: Part = { name: "entries of fields and values", source: "entryCreate(), entry.c, Redis 8.6.3" };
const EBUCKETS: Part = {
  name: "ebuckets of the fields' expiries",
  source: "ebAdd(), ebuckets.c, Redis 8.6.3",
};

/** sizeof(listpackEx), server.h, Redis 8.6.3: an ExpireMeta and a pointer. */
const LISTPACK_EX_BYTES = 24;
/** hashDictMetadataBytes() and sizeof(htMetadataEx), t_hash.c and server.h, Redis 8.6.3. */
const METADATA_BYTES = 8;
const METADATA_EX_BYTES = 32;

const tables: DictTables = { first: 0, second: 0, random: false };

/**
 * A hash saved field by field: a listpack until a field or value is too long, then a hash table that may still be
 * rehashing when the load ends. Mirrors rdbLoadObject(), rdb.c, Redis 8.6.3. Exact unless rehashing is near its end.
 */
export const finishTrackedHash: Finish = (stats, on, bill) => {
  const { config } = on.target;
  const pairs = stats.reported / 2;
  if (pairs > config.hashMaxListpackEntries) {
    addWholeTable(stats, on, bill, METADATA_BYTES);
    return;
  }
  const packed = packedPairs(stats, on);
  if (packed === Number.POSITIVE_INFINITY) addWrittenListpack(stats, on, bill);
  else {
    loadTables(packed, packed + 1, pairs);
    addTable(stats, on, bill, METADATA_BYTES);
  }
};

/** A hash from a zipmap, whose lengths count as well. Mirrors rdbLoadObject(), rdb.c, Redis 8.6.3. Exact. */
export const finishTrackedHashZipmap: Finish = (stats, on, bill) => {
  const tooLong = stats.largestBytes > on.target.config.hashMaxListpackValue;
  if (tooLong) addWholeTable(stats, on, bill, METADATA_BYTES);
  else finishTrackedHashZiplist(stats, on, bill);
};

/** A hash from a ziplist, written anew as a listpack. Mirrors rdbLoadObject(), rdb.c, Redis 8.6.3. Exact. */
export const finishTrackedHashZiplist: Finish = (stats, on, bill) => {
  const tooMany = stats.reported / 2 > on.target.config.hashMaxListpackEntries;
  if (tooMany) addWholeTable(stats, on, bill, METADATA_BYTES);
  else addWrittenListpack(stats, on, bill);
};

/** A hash from a listpack blob. Mirrors rdbLoadObject(), rdb.c, Redis 8.6.3. Exact. */
export const finishTrackedHashListpack: Finish = (stats, on, bill) => {
  const tooMany = stats.reported / 2 > on.target.config.hashMaxListpackEntries;
  if (tooMany) addWholeTable(stats, on, bill, METADATA_BYTES);
  else addTrackedPacked(bill, LISTPACK, stats.blobBytes, ENCODING.listpack, on.target);
};

/**
 * A hash with field expiries saved field by field: a listpack with them until a field or value is too long; a hash
 * table that grows on its way when there are too many. Mirrors rdbLoadObject(), rdb.c, Redis 8.6.3. Exact unless
 * rehashing is near its end.
 */
export const finishTrackedHashExpiry: Finish = (stats, on, bill) => {
  const { config } = on.target;
  const pairs = stats.reported / 2;
  const packed = packedPairs(stats, on);
  if (pairs > config.hashMaxListpackEntries) growTables(dictNextSize(0), 0, 0, 0, pairs, tables);
  else if (packed === Number.POSITIVE_INFINITY) {
    addWrittenListpack(stats, on, bill);
    addListpackEx(on, bill);
    return;
  } else loadTables(packed, packed, pairs);
  addTable(stats, on, bill, METADATA_EX_BYTES);
};

/** The same from a listpack blob. Mirrors rdbLoadObject(), rdb.c, Redis 8.6.3. Exact. */
export const finishTrackedHashListpackExpiry: Finish = (stats, on, bill) => {
  const tooMany = stats.reported / 2 > on.target.config.hashMaxListpackEntries;
  if (tooMany) addWholeTable(stats, on, bill, METADATA_EX_BYTES);
  else {
    addTrackedPacked(bill, LISTPACK, stats.blobBytes, ENCODING.listpackex, on.target);
    addListpackEx(on, bill);
  }
};

/** Pairs before the first that is too long for a listpack, or Infinity. */
function packedPairs(stats: ValueStats, { target }: TargetStats): number {
  return Math.floor(stats.firstOver(target.config.hashMaxListpackValue) / 2);
}

/**
 * Bucket arrays of a hash that became a hash table in the middle of its load: made for the `packed` pairs of its
 * listpack, expanded for all `pairs` when `used` were in it. Mirrors rdbLoadObject(), rdb.c, and dictExpand(),
 * dict.c, Redis 8.6.3. Exact unless rehashing is near its end.
 */
function loadTables(packed: number, used: number, pairs: number): void {
  const buckets = dictNextSize(packed);
  const wanted = dictNextSize(pairs);
  if (used > buckets) growTables(buckets, packed, dictNextSize(used), used, pairs, tables);
  else if (used === 0) growTables(wanted, 0, 0, 0, pairs, tables);
  else growTables(buckets, used, wanted > buckets ? wanted : 0, used, pairs, tables);
}

function addWrittenListpack(stats: ValueStats, { target }: TargetStats, bill: Bill): void {
  addTrackedPacked(bill, LISTPACK, LP_EMPTY_BYTES + stats.entryBytes, ENCODING.listpack, target);
}

function addListpackEx({ target }: TargetStats, bill: Bill): void {
  bill.encoding = ENCODING.listpackex;
  bill.add(LISTPACK_EX, 1, LISTPACK_EX_BYTES, target.allocator.goodSize(LISTPACK_EX_BYTES));
}

/** A hash table made for all its fields at once. Mirrors hashTypeConvert(), t_hash.c, Redis 8.6.3. Exact. */
function addWholeTable(stats: ValueStats, on: TargetStats, bill: Bill, metadataBytes: number): void {
  tables.first = dictNextSize(Math.ceil(stats.reported / 2));
  tables.second = 0;
  tables.random = false;
  addTable(stats, on, bill, metadataBytes);
}

function addTable(stats: ValueStats, on: TargetStats, bill: Bill, metadataBytes: number): void {
  const { hashBytes, hashHeap, target } = on;
  const pairs = stats.reported / 2;
  bill.encoding = ENCODING.hashtable;
  bill.add(ENTRIES, pairs, hashBytes.sum, hashHeap.sum);
  addTrackedDict(bill, target, tables, pairs, metadataBytes);
  const ebuckets = hashHeap.expiries?.heapBytes(target.allocator, target.profile.sizes.rax) ?? 0;
  if (ebuckets > 0) bill.add(EBUCKETS, 1, 0, ebuckets);
  if (tables.random) bill.expect(8 * tables.first, 8 * tables.first);
}
