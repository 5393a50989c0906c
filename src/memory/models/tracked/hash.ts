import type { Bill, Part } from "../../bill.ts";
import type { Finish, Loader } from "../../loader.ts";
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

/** Bucket arrays of a hash that became a hash table when `packed` of its `pairs` were in a listpack. */
type LoadTables = (packed: number, pairs: number, out: DictTables) => void;

/** How a server holds hashes beyond listpacks. */
interface HashTables {
  readonly plain: LoadTables;
  readonly expiring: LoadTables;
  /** A dict's entries hold the values. */
  readonly valued: boolean;
}

/** The layouts of hashes that `trackedHash` knows. */
type HashLayouts =
  | "hash"
  | "hashZipmap"
  | "hashZiplist"
  | "hashListpack"
  | "hashExpiry"
  | "hashListpackExpiry";

/**
 * What becomes of hashes. Saved field by field: a listpack until a field or value is too long, then a hash table that
 * may still be rehashing when the load ends; with field expiries one with too many fields grows on its way. A zipmap's
 * lengths count as well; a ziplist is written anew; a listpack stays. Mirrors rdbLoadObject(), rdb.c, and
 * hashTypeAllocSize(), t_hash.c, Redis 8.6.3. Exact unless rehashing is near its end.
 */
export function trackedHash({ plain, expiring, valued }: HashTables): Pick<Loader, HashLayouts> {
  const table = (stats: ValueStats, on: TargetStats, bill: Bill, metadataBytes: number) =>
    addTable(stats, on, bill, metadataBytes, valued);
  const whole = (stats: ValueStats, on: TargetStats, bill: Bill, metadataBytes: number) => {
    tables.first = dictNextSize(Math.ceil(stats.reported / 2));
    tables.second = 0;
    tables.random = false;
    table(stats, on, bill, metadataBytes);
  };
  const ziplist: Finish = (stats, on, bill) => {
    if (tooMany(stats, on)) whole(stats, on, bill, METADATA_BYTES);
    else addWrittenListpack(stats, on, bill);
  };
  return {
    hash: (stats, on, bill) => {
      const packed = packedPairs(stats, on);
      if (tooMany(stats, on)) whole(stats, on, bill, METADATA_BYTES);
      else if (packed === Number.POSITIVE_INFINITY) addWrittenListpack(stats, on, bill);
      else {
        plain(packed, stats.reported / 2, tables);
        table(stats, on, bill, METADATA_BYTES);
      }
    },
    hashZipmap: (stats, on, bill) => {
      const tooLong = stats.largestBytes > on.target.config.hashMaxListpackValue;
      if (tooLong) whole(stats, on, bill, METADATA_BYTES);
      else ziplist(stats, on, bill);
    },
    hashZiplist: ziplist,
    hashListpack: (stats, on, bill) => {
      if (tooMany(stats, on)) whole(stats, on, bill, METADATA_BYTES);
      else addTrackedPacked(bill, LISTPACK, stats.blobBytes, ENCODING.listpack, on.target);
    },
    hashExpiry: (stats, on, bill) => {
      const pairs = stats.reported / 2;
      const packed = packedPairs(stats, on);
      if (tooMany(stats, on)) growTables(dictNextSize(0), 0, 0, 0, pairs, tables);
      else if (packed === Number.POSITIVE_INFINITY) {
        addWrittenListpack(stats, on, bill);
        addListpackEx(on, bill);
        return;
      } else expiring(packed, pairs, tables);
      table(stats, on, bill, METADATA_EX_BYTES);
    },
    hashListpackExpiry: (stats, on, bill) => {
      if (tooMany(stats, on)) whole(stats, on, bill, METADATA_EX_BYTES);
      else {
        addTrackedPacked(bill, LISTPACK, stats.blobBytes, ENCODING.listpackex, on.target);
        addListpackEx(on, bill);
      }
    },
  };
}

/** Expanded for all pairs after the pair that is too long went in. Mirrors rdbLoadObject(), rdb.c, Redis 8.6.3. */
export const expandAfter: LoadTables = (packed, pairs, out) => expandForAll(packed, packed + 1, pairs, out);

/** The same before that pair goes in, as for hashes with field expiries. */
export const expandBefore: LoadTables = (packed, pairs, out) => expandForAll(packed, packed, pairs, out);

function tooMany(stats: ValueStats, { target }: TargetStats): boolean {
  return stats.reported / 2 > target.config.hashMaxListpackEntries;
}

/** Pairs before the first that is too long for a listpack, or Infinity. */
function packedPairs(stats: ValueStats, { target }: TargetStats): number {
  return Math.floor(stats.firstOver(target.config.hashMaxListpackValue) / 2);
}

/**
 * Bucket arrays made for the `packed` pairs of a listpack and expanded for all `pairs` when `used` were in it. Mirrors
 * rdbLoadObject(), rdb.c, and dictExpand(), dict.c, Redis 8.6.3. Exact unless rehashing is near its end.
 */
function expandForAll(packed: number, used: number, pairs: number, out: DictTables): void {
  const buckets = dictNextSize(packed);
  const wanted = dictNextSize(pairs);
  if (used > buckets) growTables(buckets, packed, dictNextSize(used), used, pairs, out);
  else if (used === 0) growTables(wanted, 0, 0, 0, pairs, out);
  else growTables(buckets, used, wanted > buckets ? wanted : 0, used, pairs, out);
}

function addWrittenListpack(stats: ValueStats, { target }: TargetStats, bill: Bill): void {
  addTrackedPacked(bill, LISTPACK, LP_EMPTY_BYTES + stats.entryBytes, ENCODING.listpack, target);
}

function addListpackEx({ target }: TargetStats, bill: Bill): void {
  bill.encoding = ENCODING.listpackex;
  bill.add(LISTPACK_EX, 1, LISTPACK_EX_BYTES, target.allocator.goodSize(LISTPACK_EX_BYTES));
}

/** sizeof(rax), which knows its own size: rax.h, Redis 8.6.3. */
const RAX_BYTES = 32;

function addTable(
  stats: ValueStats,
  on: TargetStats,
  bill: Bill,
  metadataBytes: number,
  valued: boolean,
): void {
  const { hashBytes, hashHeap, target } = on;
  const pairs = stats.reported / 2;
  bill.encoding = ENCODING.hashtable;
  bill.add(ENTRIES, pairs, hashBytes.sum, hashHeap.sum);
  addTrackedDict(bill, target, tables, pairs, metadataBytes, valued);
  const ebuckets = hashHeap.expiries?.heapBytes(target.allocator, RAX_BYTES) ?? 0;
  if (ebuckets > 0) bill.add(EBUCKETS, 1, 0, ebuckets);
  if (tables.random) bill.expect(8 * tables.first, 8 * tables.first);
}
