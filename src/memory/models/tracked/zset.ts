import type { Allocator } from "../../allocators/index.ts";
import type { Bill, Part } from "../../bill.ts";
import type { ElementCost } from "../../lanes.ts";
import type { Loader } from "../../loader.ts";
import type { TargetStats } from "../../stats.ts";
import type { Target } from "../../target.ts";
import { ENCODING } from "../../types.ts";
import { type DictTables, dictNextSize } from "../dict.ts";
import { LP_EMPTY_BYTES } from "../listpack.ts";
import {
  expectNodes,
  type NodeSizes,
  ZSKIPLIST_MAXLEVEL,
  zslNodeExpectation,
  zslNodeRequestBytes,
} from "../skiplist.ts";
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
const POINTING_NODES: Part = { name: "zskiplistNode", source: "zslCreateNode(), t_zset.c, Redis 8.0.6" };
const MEMBERS: Part = { name: "members (sds)", source: "rdbLoadObject(), rdb.c, Redis 8.0.6" };
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

type AddSkiplist = (members: number, on: TargetStats, bill: Bill) => void;

/**
 * What becomes of zsets: saved member by member loaded as a skiplist, then packed when small; a ziplist is written
 * anew as a listpack; a listpack stays. Mirrors rdbLoadObject(), rdb.c, Redis 8.6.3. Exact when packed.
 */
export function trackedZset(addSkiplist: AddSkiplist): Pick<Loader, "zset" | "zsetZiplist" | "zsetListpack"> {
  const pack = (blobBytes: number, on: TargetStats, bill: Bill) =>
    addTrackedPacked(bill, LISTPACK, blobBytes, ENCODING.listpack, on.target);
  return {
    zset: (stats, on, bill) => {
      const { zsetMaxListpackEntries, zsetMaxListpackValue } = on.target.config;
      const fits = stats.reported <= zsetMaxListpackEntries && stats.largestBytes <= zsetMaxListpackValue;
      if (fits) pack(LP_EMPTY_BYTES + stats.entryBytes, on, bill);
      else addSkiplist(stats.reported, on, bill);
    },
    zsetZiplist: (stats, on, bill) => {
      const members = stats.reported / 2;
      if (members > on.target.config.zsetMaxListpackEntries) addSkiplist(members, on, bill);
      else pack(LP_EMPTY_BYTES + stats.entryBytes, on, bill);
    },
    zsetListpack: (stats, on, bill) => {
      const members = stats.reported / 2;
      if (members > on.target.config.zsetMaxListpackEntries) addSkiplist(members, on, bill);
      else pack(stats.blobBytes, on, bill);
    },
  };
}

/**
 * A zset as skiplist, whose nodes hold the members, and dict of nodes. Node levels are random: an expectation, with
 * its band. Mirrors zsetAllocSize(), t_zset.c, Redis 8.6.3.
 */
export function addSkiplistWithMembers(
  members: number,
  { target, zsetBytes, zsetHeap }: TargetStats,
  bill: Bill,
): void {
  addSkiplistFrame(members, target, bill, false);
  bill.add(NODES, members, Math.round(zsetBytes.sum), Math.round(zsetHeap.sum));
  expectLevels(bill, members, target, zsetBytes.variance);
}

/**
 * The same where nodes and dict point to the members. Derived from Redis 8.0.6, t_zset.c, with sizes tracked as
 * redis/redis#14363 describes.
 */
export function addSkiplistAndMembers(members: number, on: TargetStats, bill: Bill): void {
  const { target, zsetBytes, zsetHeap } = on;
  const { mean, variance } = target.zslNode;
  const nodes = Math.round(members * mean);
  addSkiplistFrame(members, target, bill, true);
  bill.add(POINTING_NODES, members, nodes, nodes);
  bill.add(MEMBERS, members, zsetBytes.sum, zsetHeap.sum);
  expectLevels(bill, members, target, members * variance);
}

function addSkiplistFrame(members: number, target: Target, bill: Bill, valued: boolean): void {
  const { allocator, profile } = target;
  const { zset, zskiplist } = profile.sizes;
  const list = allocator.goodSize(zskiplist);
  const header = allocator.goodSize(zslNodeRequestBytes(profile.sizes, ZSKIPLIST_MAXLEVEL));
  tables.first = dictNextSize(members);
  bill.encoding = ENCODING.skiplist;
  bill.add(ZSET, 1, zset, allocator.goodSize(zset));
  bill.add(ZSKIPLIST, 1, list, list);
  bill.add(HEADER, 1, header, header);
  addTrackedDict(bill, target, tables, members, 0, valued);
}

/** The band of nodes' levels and half a level more, as sizes come in steps of a level. */
function expectLevels(bill: Bill, members: number, target: Target, variance: number): void {
  const { profile, zslNode } = target;
  const half = profile.sizes.zskiplistLevel / 2;
  expectNodes(bill, members, zslNode, variance);
  bill.expect(half, half);
}
