import { addSampled, exactly, type Finish, type Finished } from "../finished.ts";
import type { ValueStats } from "../stats.ts";
import type { Target } from "../target.ts";
import { ENCODING } from "../types.ts";
import { type DictTables, dictNextSize, hashLoadTables } from "./dict.ts";
import { LP_EMPTY_BYTES } from "./listpack.ts";
import { finishPacked } from "./packed.ts";

const tables: DictTables = { first: 0, second: 0, random: false };

/**
 * A hash saved field by field: a listpack until a field or value is too long, then a hash table that may still be
 * rehashing when the load ends. Mirrors rdbLoadObject(), rdb.c, Redis 7.2.6. Exact unless rehashing is near its end.
 */
export const finishHash: Finish = (stats, target, index, out) => {
  const { config } = target;
  const pairs = stats.reported / 2;
  const packed = Math.floor(stats.firstOver(config.hashMaxListpackValue) / 2);
  if (pairs > config.hashMaxListpackEntries) finishHashTable(stats, target, index, out);
  else if (packed === Number.POSITIVE_INFINITY) {
    finishPacked(ENCODING.listpack, LP_EMPTY_BYTES + stats.entryBytes, target, out);
  } else {
    hashLoadTables(packed, pairs, tables);
    finishTables(stats, target, index, out);
  }
};

/** A hash from a zipmap, whose lengths count as well. Mirrors rdbLoadObject(), rdb.c, Redis 7.2.6. Exact. */
export const finishHashZipmap: Finish = (stats, target, index, out) => {
  const tooLong = stats.largestBytes > target.config.hashMaxListpackValue;
  if (tooLong) finishHashTable(stats, target, index, out);
  else finishHashZiplist(stats, target, index, out);
};

/** A hash from a ziplist, written anew as a listpack. Mirrors rdbLoadObject(), rdb.c, Redis 7.2.6. Exact. */
export const finishHashZiplist: Finish = (stats, target, index, out) => {
  if (stats.reported / 2 > target.config.hashMaxListpackEntries) finishHashTable(stats, target, index, out);
  else finishPacked(ENCODING.listpack, LP_EMPTY_BYTES + stats.entryBytes, target, out);
};

/** A hash from a listpack blob. Mirrors rdbLoadObject(), rdb.c, Redis 7.2.6. Exact. */
export const finishHashListpack: Finish = (stats, target, index, out) => {
  if (stats.reported / 2 > target.config.hashMaxListpackEntries) finishHashTable(stats, target, index, out);
  else finishPacked(ENCODING.listpack, stats.blobBytes, target, out);
};

/** A hash with field expiries, which this server cannot load: sized without them, as a lower bound. */
export const finishHashExpiry: Finish = (stats, target, index, out) => {
  finishHashTable(stats, target, index, out);
  out.exactness = 2;
};

/** The same as a packed blob. */
export const finishHashListpackExpiry: Finish = (stats, target, _index, out) => {
  finishPacked(ENCODING.listpackex, stats.blobBytes, target, out);
  out.exactness = 2;
};

/** A hash table made for all its fields at once. Mirrors hashTypeConvertListpack(), t_hash.c, Redis 7.2.6. Exact. */
function finishHashTable(stats: ValueStats, target: Target, index: number, out: Finished): void {
  tables.first = dictNextSize(Math.ceil(stats.reported / 2));
  tables.second = 0;
  tables.random = false;
  finishTables(stats, target, index, out);
}

function finishTables(stats: ValueStats, target: Target, index: number, out: Finished): void {
  const { allocator, profile } = target;
  const { robj, dict, dictEntry } = profile.sizes;
  const pairs = stats.reported / 2;
  const sds = stats.sdsBytes[index] as number;
  const slots = tables.first + tables.second;
  exactly(
    out,
    ENCODING.hashtable,
    addSampled(robj + dict + 8 * slots, sds + pairs * dictEntry, pairs, pairs),
    allocator.goodSize(robj) +
      allocator.goodSize(dict) +
      allocator.goodSize(8 * tables.first) +
      (tables.second === 0 ? 0 : allocator.goodSize(8 * tables.second)) +
      sds +
      pairs * allocator.goodSize(dictEntry),
  );
  if (!tables.random) return;
  out.exactness = 1;
  out.bandBytes = 8 * tables.first;
}
