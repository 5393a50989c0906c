import type { Bill } from "../../bill.ts";
import type { Finish, Loader } from "../../loader.ts";
import { ENCODING, EXACTNESS } from "../../types.ts";
import { DICT_62 } from "../dict.ts";
import { DICT_HT_INITIAL_SIZE, DictLoad } from "../dict-load.ts";
import { addDictHash, type DictHashRules } from "../hash.ts";
import { type HashLayout, hasTooManyPairs, pairsBeforeTooLong } from "../loading/hash.ts";
import { packedByLength } from "../packed.ts";

const ziplist = packedByLength(ENCODING.ziplist, {
  name: "ziplist",
  source: "rdbLoadObject(), rdb.c, Redis 6.2.16",
});

const TABLE: DictHashRules = {
  fields: { name: "fields and values (sds)", source: "rdbLoadObject(), rdb.c, Redis 6.2.16" },
  dict: DICT_62,
  valued: true,
  metadataBytes: 0,
};

const dict = new DictLoad();
const other = new DictLoad();

/**
 * Hashes of servers that pack them as ziplists. `presized`: pairs that come one by one find a dict made for
 * them, as since Redis 5.0. Layouts that such a server cannot read are sized as if their pairs came one by
 * one, those with field expiries without them, as a lower bound. Mirrors rdbLoadObject(), rdb.c, and hashTypeConvertZiplist(), t_hash.c, Redis 4.0.14 to 6.2.16. Exact
 * but for a hash table near the end of a rehashing.
 */
export function ziplistHashes(presized: boolean): Pick<Loader, HashLayout> {
  const byPairs: Finish = (stats, on, bill) => {
    const pairs = stats.reported / 2;
    const tooLong = pairsBeforeTooLong(stats, on);
    const tooMany = hasTooManyPairs(stats, on);
    if (!tooMany && tooLong === Number.POSITIVE_INFINITY) {
      ziplist(bill, on.target, stats.ziplist.bytes);
      return;
    }
    const packed = tooMany ? 0 : tooLong + 1;
    dict.reset();
    dict.insert(packed);
    const left = pairs - packed;
    const makesRoom = presized && left > DICT_HT_INITIAL_SIZE;
    const forked = makesRoom && dict.fork(other);
    if (makesRoom) dict.expand(left);
    dict.insert(left);
    addDictHash(TABLE, dict, stats, on, bill);
    if (forked) expectOther(left, bill);
  };
  const withoutExpiries: Finish = (stats, on, bill) => {
    byPairs(stats, on, bill);
    bill.exactness = EXACTNESS.lowerBound;
  };
  return {
    hash: byPairs,
    hashZipmap,
    hashZiplist,
    hashListpack: byPairs,
    hashExpiry: withoutExpiries,
    hashListpackExpiry: withoutExpiries,
  };
}

const hashZiplist: Finish = (stats, on, bill) => {
  if (hasTooManyPairs(stats, on)) addConverted(stats, on, bill);
  else ziplist(bill, on.target, stats.blobBytes);
};

const hashZipmap: Finish = (stats, on, bill) => {
  const tooLong = stats.largestBytes > on.target.config.hashMaxListpackValue;
  if (tooLong || hasTooManyPairs(stats, on)) addConverted(stats, on, bill);
  else ziplist(bill, on.target, stats.ziplist.bytes);
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
const addConverted: Finish = (stats, on, bill) => {
  dict.reset();
  dict.insert(Math.floor(stats.reported / 2));
  addDictHash(TABLE, dict, stats, on, bill);
};
