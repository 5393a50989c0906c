import type { Bill, Part } from "../../bill.ts";
import type { Finish, Loader } from "../../loader.ts";
import type { TargetStats, ValueStats } from "../../stats.ts";
import { ENCODING } from "../../types.ts";
import { addDict } from "../dict.ts";
import { DictLoad } from "../dict-load.ts";
import { addPackedLength } from "../packed-length.ts";
import { addRounding } from "../sampled.ts";
import { expectDict } from "./set.ts";

const ZIPLIST: Part = { name: "ziplist", source: "rdbLoadObject(), rdb.c, Redis 6.2.16" };
const FIELDS: Part = { name: "fields and values (sds)", source: "rdbLoadObject(), rdb.c, Redis 6.2.16" };

/** Up to so many pairs get no dict made for them: DICT_HT_INITIAL_SIZE, dict.h, Redis 5.0.14. */
const PRESIZED_FROM = 4;

const dict = new DictLoad();
const other = new DictLoad();

type HashLayout =
  | "hash"
  | "hashZipmap"
  | "hashZiplist"
  | "hashListpack"
  | "hashExpiry"
  | "hashListpackExpiry";

/**
 * Hashes of servers that pack them as ziplists. `presized`: pairs that come one by one find a dict made for them,
 * as since Redis 5.0. Layouts that such a server cannot read are sized as if their pairs came one by one. Mirrors
 * rdbLoadObject(), rdb.c, and hashTypeConvertZiplist(), t_hash.c, Redis 4.0.14 to 6.2.16. Exact but for a hash
 * table near the end of a rehashing.
 */
export function ziplistHashes(presized: boolean): Pick<Loader, HashLayout> {
  const byPairs: Finish = (stats, on, bill) => {
    const { config } = on.target;
    const pairs = stats.reported / 2;
    const tooLong = Math.floor(stats.firstOver(config.hashMaxListpackValue) / 2);
    const tooMany = pairs > config.hashMaxListpackEntries;
    if (!tooMany && tooLong === Number.POSITIVE_INFINITY) {
      addPackedLength(bill, ZIPLIST, stats.ziplist.bytes, ENCODING.ziplist, on.target);
      return;
    }
    const packed = tooMany ? 0 : tooLong + 1;
    dict.reset();
    dict.insert(packed);
    const left = pairs - packed;
    const makesRoom = presized && left > PRESIZED_FROM;
    const forked = makesRoom && dict.fork(other);
    if (makesRoom) dict.expand(left);
    dict.insert(left);
    addTable(stats, on, bill);
    if (forked) expectOther(left, bill);
  };
  return {
    hash: byPairs,
    hashZipmap,
    hashZiplist,
    hashListpack: byPairs,
    hashExpiry: byPairs,
    hashListpackExpiry: byPairs,
  };
}

const hashZiplist: Finish = (stats, on, bill) => {
  if (stats.reported / 2 > on.target.config.hashMaxListpackEntries) addConverted(stats, on, bill);
  else addPackedLength(bill, ZIPLIST, stats.blobBytes, ENCODING.ziplist, on.target);
};

const hashZipmap: Finish = (stats, on, bill) => {
  const { hashMaxListpackEntries, hashMaxListpackValue } = on.target.config;
  const fits = stats.reported / 2 <= hashMaxListpackEntries && stats.largestBytes <= hashMaxListpackValue;
  if (fits) addPackedLength(bill, ZIPLIST, stats.ziplist.bytes, ENCODING.ziplist, on.target);
  else addConverted(stats, on, bill);
};

/** The band of a dict that may have refused to make room for the `left` pairs, or not to, unlike here. */
function expectOther(left: number, bill: Bill): void {
  other.expand(left);
  other.insert(left);
  const difference = other.bytes - dict.bytes;
  bill.expect(
    Math.max(0, other.maybeLess - difference - dict.maybeLess),
    Math.max(0, other.maybeMore + difference - dict.maybeMore),
  );
}

/** A ziplist whose pairs all go into a dict that was not made for them. */
function addConverted(stats: ValueStats, on: TargetStats, bill: Bill): void {
  dict.reset();
  dict.insert(Math.floor(stats.reported / 2));
  addTable(stats, on, bill);
}

/** Mirrors objectComputeSize(), object.c, Redis 6.2.16. */
function addTable(stats: ValueStats, on: TargetStats, bill: Bill): void {
  const { hashBytes, hashHeap, target } = on;
  const { sizes } = target.profile;
  const pairs = stats.reported / 2;
  bill.encoding = ENCODING.hashtable;
  bill.add(FIELDS, 2 * pairs, hashBytes.sum, hashHeap.sum);
  addDict(bill, target, dict.first, dict.second, pairs);
  const base = sizes.robj + sizes.dict + 8 * (dict.first + dict.second);
  addRounding(bill, base, hashBytes.sum + pairs * sizes.dictEntry, pairs);
  expectDict(bill, dict);
}
