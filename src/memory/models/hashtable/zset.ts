import type { Bill, Part } from "../../bill.ts";
import type { Loader } from "../../loader.ts";
import type { Target } from "../../target.ts";
import { ENCODING } from "../../types.ts";
import { ZSET_LISTPACK_72 } from "../listpack-era/zset.ts";
import { type SkiplistFinish, type ZsetLayout, zsetLayouts } from "../loading/zset.ts";
import {
  addPointingNodes,
  addSkiplistHeads,
  addWholeNodes,
  type SkiplistParts,
  skiplistParts,
  ZSKIPLIST_MAXLEVEL,
  zslNodeRequestBytes,
} from "../skiplist.ts";
import { BAND_DEVIATIONS, type Spread } from "../spread.ts";
import { childBuckets } from "./chains.ts";
import { addHashtable, BUCKET_BYTES, nextBuckets } from "./hashtable.ts";

const PARTS: SkiplistParts = skiplistParts("Valkey 8.1.1");
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

const loaderOf = (skiplist: SkiplistFinish): Pick<Loader, ZsetLayout> =>
  zsetLayouts({ listpack: ZSET_LISTPACK_72, saved: skiplist, converted: skiplist });

/**
 * Zsets as a skiplist whose nodes point to their members, and a hashtable of `structBytes`
 * that holds the nodes. Levels and child buckets are random: an expectation, with its band.
 * Mirrors objectComputeSize(), object.c, Valkey 8.1.1.
 */
export function hashtableZsets(structBytes: number): Pick<Loader, ZsetLayout> {
  return loaderOf((members, on, bill) => {
    const { target } = on;
    bill.encoding = ENCODING.skiplist;
    addSkiplistHeads(bill, target, PARTS, "sizeof");
    const children = addTable(members, structBytes, target, bill);
    addPointingNodes(bill, on, PARTS, members);
    expectNodes(bill, members, members * target.zslNode.variance, children);
  });
}

/** The same with each member in its node and the header in the zskiplist. Mirrors Valkey 9.1.2. */
export function embeddedZsets(structBytes: number): Pick<Loader, ZsetLayout> {
  return loaderOf((members, on, bill) => {
    const { target, zsetBytes } = on;
    const { allocator, profile } = target;
    const { zset } = profile.sizes;
    const list = zslNodeRequestBytes(profile.sizes, ZSKIPLIST_MAXLEVEL);
    bill.encoding = ENCODING.skiplist;
    bill.add(PARTS.zset, 1, zset, allocator.goodSize(zset));
    bill.add(WHOLE_ZSKIPLIST, 1, list, allocator.goodSize(list));
    const children = addTable(members, structBytes, target, bill);
    addWholeNodes(bill, on, WHOLE_NODES, members);
    expectNodes(bill, members, zsetBytes.variance, children);
  });
}

function addTable(members: number, structBytes: number, target: Target, bill: Bill): Spread {
  const buckets = nextBuckets(members);
  const children = childBuckets(buckets, members);
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
