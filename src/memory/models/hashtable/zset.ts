import type { Allocator } from "../../allocators/index.ts";
import type { Bill, Part } from "../../bill.ts";
import type { ElementCost } from "../../lanes.ts";
import type { Loader } from "../../loader.ts";
import type { StructSizes } from "../../profiles/index.ts";
import type { TargetStats } from "../../stats.ts";
import { ENCODING } from "../../types.ts";
import { type SkiplistFinish, zsetBy, zsetListpackBy, zsetZiplistBy } from "../listpack-era/zset.ts";
import { sdsReqSize } from "../sds-usable.ts";
import { ZSKIPLIST_MAXLEVEL, zslNodeExpectation, zslNodeRequestBytes } from "../skiplist.ts";
import { BAND_DEVIATIONS, type Spread } from "../spread.ts";
import { childBuckets } from "./chains.ts";
import { addHashtable, BUCKET_BYTES, nextBuckets } from "./hashtable.ts";

const ZSET: Part = { name: "zset", source: "createZsetObject(), object.c, Valkey 8.1.1" };
const ZSKIPLIST: Part = { name: "zskiplist", source: "zslCreate(), t_zset.c, Valkey 8.1.1" };
const HEADER: Part = { name: "zskiplistNode, header", source: "zslCreate(), t_zset.c, Valkey 8.1.1" };
const NODES: Part = { name: "zskiplistNode", source: "zslCreateNode(), t_zset.c, Valkey 8.1.1" };
const MEMBERS: Part = { name: "members (sds)", source: "rdbLoadObject(), rdb.c, Valkey 8.1.1" };
const WHOLE_ZSKIPLIST: Part = {
  name: "zskiplist with header",
  source: "zslGetAllocSize(), t_zset.c, Valkey 9.1.2",
};
const WHOLE_NODES: Part = {
  name: "zskiplistNode with member",
  source: "zslCreateNode(), t_zset.c, Valkey 9.1.2",
};

/** Skewness of a node's level, geometric with a chance of 1/4 for one more: (1 + p) / sqrt(p). */
const LEVEL_SKEWNESS = 2.5;

type ZsetLoader = Pick<Loader, "zset" | "zsetZiplist" | "zsetListpack">;

const loaderOf = (finish: SkiplistFinish): ZsetLoader => ({
  zset: zsetBy(finish),
  zsetZiplist: zsetZiplistBy(finish),
  zsetListpack: zsetListpackBy(finish),
});

/**
 * Zsets as a skiplist whose nodes point to their members, and a hashtable of `structBytes` that holds the nodes. Levels
 * and child buckets are random: an expectation, with its band. Mirrors objectComputeSize(), object.c, Valkey 8.1.1.
 */
export function hashtableZsets(structBytes: number): ZsetLoader {
  return loaderOf((members, on, bill) => {
    const { target, zsetBytes, zsetHeap } = on;
    const { allocator, profile, zslNode } = target;
    const { zskiplist } = profile.sizes;
    const header = allocator.goodSize(zslNodeRequestBytes(profile.sizes, ZSKIPLIST_MAXLEVEL));
    const nodes = Math.round(members * zslNode.mean);
    const children = addZset(members, structBytes, on, bill);
    bill.add(ZSKIPLIST, 1, zskiplist, allocator.goodSize(zskiplist));
    bill.add(HEADER, 1, header, header);
    bill.add(NODES, members, nodes, nodes);
    bill.add(MEMBERS, members, zsetBytes.sum, zsetHeap.sum);
    expectNodes(bill, members, members * zslNode.variance, children);
  });
}

/** The same with each member in its node and the header in the zskiplist. Mirrors Valkey 9.1.2. */
export function embeddedZsets(structBytes: number): ZsetLoader {
  return loaderOf((members, on, bill) => {
    const { target, zsetBytes, zsetHeap } = on;
    const { allocator, profile } = target;
    const list = zslNodeRequestBytes(profile.sizes, ZSKIPLIST_MAXLEVEL);
    const children = addZset(members, structBytes, on, bill);
    bill.add(WHOLE_ZSKIPLIST, 1, list, allocator.goodSize(list));
    bill.add(WHOLE_NODES, members, Math.round(zsetBytes.sum), Math.round(zsetHeap.sum));
    expectNodes(bill, members, zsetBytes.variance, children);
  });
}

function addZset(members: number, structBytes: number, { target }: TargetStats, bill: Bill): Spread {
  const { zset } = target.profile.sizes;
  const buckets = nextBuckets(members);
  const children = childBuckets(buckets, members);
  bill.encoding = ENCODING.skiplist;
  bill.add(ZSET, 1, zset, target.allocator.goodSize(zset));
  addHashtable(bill, target, structBytes, buckets, 0, children);
  return children;
}

/** The band of node levels and child buckets, which are independent of each other. */
function expectNodes(bill: Bill, members: number, variance: number, children: Spread): void {
  const deviation = Math.sqrt(variance);
  const skew = ((BAND_DEVIATIONS ** 2 - 1) * LEVEL_SKEWNESS * deviation) / (6 * Math.sqrt(members));
  bill.expect(
    Math.ceil(Math.hypot(BAND_DEVIATIONS * deviation, BUCKET_BYTES * (children.mean - children.low))),
    Math.ceil(Math.hypot(BAND_DEVIATIONS * deviation + skew, BUCKET_BYTES * (children.high - children.mean))),
  );
}

/** A node of a random level with its member: zslCreateNode(), t_zset.c, Valkey 9.1.2. An expectation: the level is random. */
export function embeddedNode(sizes: StructSizes): ElementCost {
  const node = (length: number, allocator: Allocator) =>
    zslNodeExpectation({ ...sizes, zskiplistNode: sizes.zskiplistNode + 1 + sdsReqSize(length) }, allocator);
  return {
    name: "zskiplistNode with member",
    bytes: (length, allocator) => node(length, allocator).mean,
    variance: (length, allocator) => node(length, allocator).variance,
  };
}
