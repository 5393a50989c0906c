import type { Bill, Part } from "../../bill.ts";
import type { Loader } from "../../loader.ts";
import type { TargetStats } from "../../stats.ts";
import type { Target } from "../../target.ts";
import { ENCODING } from "../../types.ts";
import { addDictTables, addEntries, DICT_86 } from "../dict.ts";
import { DictLoad } from "../dict-load.ts";
import { type SkiplistFinish, type ZsetLayout, zsetLayouts } from "../loading/zset.ts";
import { packedByLength } from "../packed.ts";
import {
  addPointingNodes,
  addSkiplistHeads,
  addWholeNodes,
  expectNodes,
  type SkiplistParts,
  skiplistParts,
} from "../skiplist.ts";

const PARTS: SkiplistParts = skiplistParts("Redis 8.6.3", "zslCreateHeaderNode()");
const WHOLE_NODES: Part = {
  name: "zskiplistNode with member",
  source: "zslCreateNode(), t_zset.c, Redis 8.6.3",
};
/** Where nodes point to their members, they are those of Redis 8.0. */
const POINTING: SkiplistParts = skiplistParts("Redis 8.0.6");

const listpack = packedByLength(ENCODING.listpack, {
  name: "listpack",
  source: "zsetAllocSize(), t_zset.c, Redis 8.6.3",
});

const dict = new DictLoad();

/**
 * A skiplist whose nodes hold the members, and a dict of nodes.
 * Mirrors zsetAllocSize(), t_zset.c, Redis 8.6.3.
 */
const addWhole: SkiplistFinish = (members, on, bill) => {
  addFrame(members, on, bill, false);
  addWholeNodes(bill, on, WHOLE_NODES, members);
  expectLevels(members, on.target, bill, on.zsetBytes.variance);
};

/**
 * A skiplist and a dict that point to the members. Derived from Redis 8.0.6, t_zset.c, with sizes tracked as
 * redis/redis#14363 describes.
 */
const addPointing: SkiplistFinish = (members, on, bill) => {
  addFrame(members, on, bill, true);
  addPointingNodes(bill, on, POINTING, members);
  expectLevels(members, on.target, bill, members * on.target.zslNode.variance);
};

function addFrame(members: number, { target }: TargetStats, bill: Bill, valued: boolean): void {
  dict.fill(members);
  bill.encoding = ENCODING.skiplist;
  addSkiplistHeads(bill, target, PARTS, "heap");
  addDictTables(bill, target, DICT_86, dict);
  addEntries(bill, target, DICT_86, dict, members, valued);
}

/** The band of nodes' levels and half a level more, as sizes come in steps of a level. */
function expectLevels(members: number, { profile, zslNode }: Target, bill: Bill, variance: number): void {
  const half = profile.sizes.zskiplistLevel / 2;
  expectNodes(bill, members, zslNode, variance);
  bill.expect(half, half);
}

/** Zsets of Redis 8.4. */
export const zsets84: Pick<Loader, ZsetLayout> = zsetLayouts({
  listpack,
  saved: addPointing,
  converted: addPointing,
});

/** Zsets of Redis 8.6 and later. */
export const zsets86: Pick<Loader, ZsetLayout> = zsetLayouts({
  listpack,
  saved: addWhole,
  converted: addWhole,
});
