import type { Allocator } from "../../allocators/index.ts";
import type { Bill, Part } from "../../bill.ts";
import type { ElementCost } from "../../lanes.ts";
import type { Finish } from "../../loader.ts";
import type { TargetStats } from "../../stats.ts";
import { ENCODING } from "../../types.ts";
import { type DictTables, dictNextSize } from "../dict.ts";
import { LP_EMPTY_BYTES } from "../listpack.ts";
import { type NodeSizes, ZSKIPLIST_MAXLEVEL, zslNodeExpectation, zslNodeRequestBytes } from "../skiplist.ts";
import { expectNodes } from "../zset.ts";
import { addTrackedDict } from "./dict.ts";
import { addTrackedPacked } from "./packed.ts";
import { sdsReqSize } from "./sds.ts";

const LISTPACK: Part = { name: "listpack", source: "zsetAllocSize(), t_zset.c, Redis 8.6.3" };
const ZSET: Part = { name: "zset", source: "createZsetObject(), object.c, Redis 8.6.3" };
const ZSKIPLIST: Part = { name: "zskiplist", source: "zslCreate(), t_zset.c, Redis 8.6.3" };
const HEADER: Part = {
  name: "zskiplistNode, header",
  source: "zslCreateHeaderNode(), t_zset.c, Redis 8.6.3",
};
const NODES: Part = { name: "zskiplistNode with member", source: "zslCreateNode(), t_zset.c, Redis 8.6.3" };

const tables: DictTables = { first: 0, second: 0, random: false };

/** A skiplist node that holds its member: one allocation. Mirrors zslCreateNode(), t_zset.c, Redis 8.6.3. An expectation. */
export function zslNodeWithMember(sizes: NodeSizes): ElementCost {
  const node = (length: number, allocator: Allocator) =>
    zslNodeExpectation({ ...sizes, zskiplistNode: sizes.zskiplistNode + sdsReqSize(length) }, allocator);
  return {
    name: `zskiplistNode of ${sizes.zskiplistNode} and ${sizes.zskiplistLevel} a level with member`,
    bytes: (length, allocator) => node(length, allocator).mean,
    variance: (length, allocator) => node(length, allocator).variance,
  };
}

/** A zset saved member by member: loaded as a skiplist, then packed when small. rdbLoadObject(), rdb.c, Redis 8.6.3. */
export const finishTrackedZset: Finish = (stats, on, bill) => {
  const { config } = on.target;
  const fits =
    stats.reported <= config.zsetMaxListpackEntries && stats.largestBytes <= config.zsetMaxListpackValue;
  if (!fits) addSkiplist(stats.reported, on, bill);
  else addTrackedPacked(bill, LISTPACK, LP_EMPTY_BYTES + stats.entryBytes, ENCODING.listpack, on.target);
};

/** A zset from a ziplist, written anew as a listpack. Mirrors rdbLoadObject(), rdb.c, Redis 8.6.3. Exact when packed. */
export const finishTrackedZsetZiplist: Finish = (stats, on, bill) => {
  const members = stats.reported / 2;
  if (members > on.target.config.zsetMaxListpackEntries) addSkiplist(members, on, bill);
  else addTrackedPacked(bill, LISTPACK, LP_EMPTY_BYTES + stats.entryBytes, ENCODING.listpack, on.target);
};

/** A zset from a listpack blob. Mirrors rdbLoadObject(), rdb.c, Redis 8.6.3. Exact when packed. */
export const finishTrackedZsetListpack: Finish = (stats, on, bill) => {
  const members = stats.reported / 2;
  if (members > on.target.config.zsetMaxListpackEntries) addSkiplist(members, on, bill);
  else addTrackedPacked(bill, LISTPACK, stats.blobBytes, ENCODING.listpack, on.target);
};

/**
 * A zset as skiplist, whose nodes hold the members, and dict of nodes. Node levels are random: an expectation, with
 * its band and half a level more, as sizes come in steps of a level. Mirrors zsetAllocSize(), t_zset.c, Redis 8.6.3.
 */
function addSkiplist(members: number, { target, zsetBytes, zsetHeap }: TargetStats, bill: Bill): void {
  const { allocator, profile } = target;
  const { zset, zskiplist } = profile.sizes;
  const list = allocator.goodSize(zskiplist);
  const header = allocator.goodSize(zslNodeRequestBytes(profile.sizes, ZSKIPLIST_MAXLEVEL));
  tables.first = dictNextSize(members);
  bill.encoding = ENCODING.skiplist;
  bill.add(ZSET, 1, zset, allocator.goodSize(zset));
  bill.add(ZSKIPLIST, 1, list, list);
  bill.add(HEADER, 1, header, header);
  bill.add(NODES, members, Math.round(zsetBytes.sum), Math.round(zsetHeap.sum));
  addTrackedDict(bill, target, tables, members, 0);
  expectNodes(bill, zsetBytes.variance, target.zslNode.skew);
  bill.expect(profile.sizes.zskiplistLevel / 2, profile.sizes.zskiplistLevel / 2);
}
