import type { Bill, Part } from "../../bill.ts";
import type { Finish } from "../../loader.ts";
import type { TargetStats } from "../../stats.ts";
import { ENCODING } from "../../types.ts";
import { addDict, dictNextSize } from "../dict.ts";
import { LP_EMPTY_BYTES } from "../listpack.ts";
import { addPacked } from "../packed.ts";
import { addRounding } from "../sampled.ts";
import { expectNodes, ZSKIPLIST_MAXLEVEL, zslNodeRequestBytes } from "../skiplist.ts";

const LISTPACK: Part = { name: "listpack", source: "zsetConvertToListpackIfNeeded(), t_zset.c, Redis 7.2.6" };
const ZSET: Part = { name: "zset", source: "createZsetObject(), object.c, Redis 7.2.6" };
const ZSKIPLIST: Part = { name: "zskiplist", source: "zslCreate(), t_zset.c, Redis 7.2.6" };
const NODES: Part = { name: "zskiplistNode", source: "zslCreateNode(), t_zset.c, Redis 7.2.6" };
const HEADER: Part = { name: "zskiplistNode, header", source: "zslCreate(), t_zset.c, Redis 7.2.6" };
const MEMBERS: Part = { name: "members (sds)", source: "rdbLoadObject(), rdb.c, Redis 7.2.6" };

/** What a server makes of a zset of `members` members that is not packed. */
export type SkiplistFinish = (members: number, on: TargetStats, bill: Bill) => void;

/** A zset saved member by member: loaded as a skiplist, then packed when small. rdbLoadObject(), rdb.c, Redis 7.2.6. */
export const zsetBy =
  (finishSkiplist: SkiplistFinish): Finish =>
  (stats, on, bill) => {
    const { config } = on.target;
    const fits =
      stats.reported <= config.zsetMaxListpackEntries && stats.largestBytes <= config.zsetMaxListpackValue;
    if (fits) addPacked(bill, LISTPACK, LP_EMPTY_BYTES + stats.entryBytes, ENCODING.listpack, on.target);
    else finishSkiplist(stats.reported, on, bill);
  };

/** A zset from a ziplist, written anew as a listpack. Mirrors rdbLoadObject(), rdb.c, Redis 7.2.6. Exact when packed. */
export const zsetZiplistBy =
  (finishSkiplist: SkiplistFinish): Finish =>
  (stats, on, bill) => {
    const members = stats.reported / 2;
    if (members > on.target.config.zsetMaxListpackEntries) finishSkiplist(members, on, bill);
    else addPacked(bill, LISTPACK, LP_EMPTY_BYTES + stats.entryBytes, ENCODING.listpack, on.target);
  };

/** A zset from a listpack blob. Mirrors rdbLoadObject(), rdb.c, Redis 7.2.6. Exact when packed. */
export const zsetListpackBy =
  (finishSkiplist: SkiplistFinish): Finish =>
  (stats, on, bill) => {
    const members = stats.reported / 2;
    if (members > on.target.config.zsetMaxListpackEntries) finishSkiplist(members, on, bill);
    else addPacked(bill, LISTPACK, stats.blobBytes, ENCODING.listpack, on.target);
  };

export const finishZset: Finish = zsetBy(finishSkiplistDict);
export const finishZsetZiplist: Finish = zsetZiplistBy(finishSkiplistDict);
export const finishZsetListpack: Finish = zsetListpackBy(finishSkiplistDict);

/**
 * A zset as skiplist and dict. Node levels are random: an expectation, with its band.
 * Mirrors objectComputeSize(), object.c, Redis 7.2.6.
 */
function finishSkiplistDict(members: number, on: TargetStats, bill: Bill): void {
  const { target, zsetBytes, zsetHeap } = on;
  const { allocator, profile, zslNode } = target;
  const { robj, zset, zskiplist, dict, dictEntry } = profile.sizes;
  const buckets = dictNextSize(members);
  const header = allocator.goodSize(zslNodeRequestBytes(profile.sizes, ZSKIPLIST_MAXLEVEL));
  const nodes = Math.round(members * zslNode.mean);
  bill.encoding = ENCODING.skiplist;
  bill.add(ZSET, 1, zset, allocator.goodSize(zset));
  bill.add(ZSKIPLIST, 1, zskiplist, allocator.goodSize(zskiplist));
  bill.add(HEADER, 1, header, header);
  bill.add(NODES, members, nodes, nodes);
  bill.add(MEMBERS, members, zsetBytes.sum, zsetHeap.sum);
  addDict(bill, target, buckets, 0, members);
  const base = robj + zset + zskiplist + dict + 8 * buckets + header;
  addRounding(bill, base, nodes + zsetBytes.sum + members * dictEntry, members);
  expectNodes(bill, members, zslNode);
}
