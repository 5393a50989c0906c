import type { Bill, Part } from "../../bill.ts";
import type { Finish } from "../../loader.ts";
import type { TargetStats, ValueStats } from "../../stats.ts";
import { ENCODING } from "../../types.ts";
import { type DictTables, dictNextSize, growTables } from "../dict.ts";
import { LP_EMPTY_BYTES } from "../listpack.ts";
import { addPacked } from "../packed.ts";
import { finishHashTable, finishTables } from "./hash.ts";

/** sizeof(listpackEx), sizeof(dictExpireMetadata), server.h, Redis 7.4.1. */
const LISTPACK_EX_BYTES = 32;
const DICT_EXPIRE_METADATA_BYTES = 32;

const LISTPACK_EX: Part = { name: "listpackEx", source: "listpackExCreate(), t_hash.c, Redis 7.4.1" };
const LISTPACK: Part = {
  name: "listpack of fields, values and expiries",
  source: "listpackExAddNew(), t_hash.c; rdbLoadObject(), rdb.c, Redis 7.4.1",
};
const METADATA: Part = {
  name: "dictExpireMetadata, in the dict's allocation",
  source: "hashDictWithExpireMetadataBytes(), t_hash.c, Redis 7.4.1",
};
const EBUCKETS: Part = {
  name: "ebuckets of the fields' expiries",
  source: "ebAdd(), ebuckets.c, Redis 7.4.1",
};

const tables: DictTables = { first: 0, second: 0, random: false };

/**
 * A hash saved field by field with expiries, those in the past too: a listpackEx until a field or value is too long,
 * then a hash table. One with too many fields for a listpack is a hash table from the start, which is not made for
 * their number, so that either may still be rehashing when the load ends. Mirrors rdbLoadObject(), rdb.c, Redis
 * 7.4.1. Exact unless rehashing is near its end.
 */
export const finishHashMetadata: Finish = (stats, on, bill) => {
  const { config } = on.target;
  const pairs = stats.reported / 2;
  const packed = Math.floor(stats.firstOver(config.hashMaxListpackValue) / 2);
  if (pairs > config.hashMaxListpackEntries) {
    growTables(dictNextSize(0), 0, 0, 0, pairs, tables);
    finishDictEx(stats, on, bill);
  } else if (packed === Number.POSITIVE_INFINITY) {
    addListpackEx(LP_EMPTY_BYTES + stats.entryBytes, on, bill);
  } else {
    metadataLoadTables(packed, pairs, tables);
    finishDictEx(stats, on, bill);
  }
};

/** A hash from a listpack blob of triples. Mirrors rdbLoadObject(), rdb.c, Redis 7.4.1. Exact. */
export const finishHashListpackEx: Finish = (stats, on, bill) => {
  if (stats.reported / 2 > on.target.config.hashMaxListpackEntries) {
    finishHashTable(stats, on, bill);
    addExpiries(on, bill);
  } else addListpackEx(stats.blobBytes, on, bill);
};

/**
 * Bucket arrays of a hash with expiries that became a hash table in the middle of its load: unlike without expiries,
 * it is expanded for the pairs that are left before the pair that was too large goes in. Mirrors rdbLoadObject(),
 * rdb.c, and _dictExpand(), dict.c, Redis 7.4.1.
 */
export function metadataLoadTables(packed: number, pairs: number, out: DictTables): void {
  const left = pairs - packed - 1;
  const buckets = dictNextSize(packed);
  const wanted = dictNextSize(left);
  if (packed === 0) growTables(wanted, 0, 0, 0, pairs, out);
  else if (packed <= left && left > buckets) growTables(buckets, packed, wanted, packed, pairs, out);
  else growTables(buckets, packed, 0, packed, pairs, out);
}

function addListpackEx(bytes: number, { target }: TargetStats, bill: Bill): void {
  const size = target.allocator.goodSize(LISTPACK_EX_BYTES);
  bill.add(LISTPACK_EX, 1, size, size);
  addPacked(bill, LISTPACK, bytes, ENCODING.listpackex, target);
}

function finishDictEx(stats: ValueStats, on: TargetStats, bill: Bill): void {
  finishTables(stats, on, bill, tables);
  addExpiries(on, bill);
}

/** What the expiries take besides the fields' own metadata, none of which MEMORY USAGE counts. */
function addExpiries({ hashHeap, target }: TargetStats, bill: Bill): void {
  const { allocator, profile } = target;
  const { dict } = profile.sizes;
  const metadata = allocator.goodSize(dict + DICT_EXPIRE_METADATA_BYTES) - allocator.goodSize(dict);
  const ebuckets = hashHeap.expiries?.heapBytes(allocator) ?? 0;
  bill.add(METADATA, 1, 0, metadata);
  if (ebuckets > 0) bill.add(EBUCKETS, 1, 0, ebuckets);
}
