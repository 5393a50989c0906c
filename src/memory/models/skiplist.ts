import type { Allocator } from "../allocators/index.ts";
import type { Bill, Part } from "../bill.ts";
import type { ElementCost } from "../lanes.ts";
import type { StructSizes } from "../profiles/index.ts";
import type { TargetStats } from "../stats.ts";
import type { Target } from "../target.ts";
import { BAND_DEVIATIONS } from "./spread.ts";

/** What a node takes without its levels, and each level. */
type NodeSizes = Pick<StructSizes, "zskiplistNode" | "zskiplistLevel">;

/** ZSKIPLIST_MAXLEVEL, server.h, Redis 7.2.6. */
export const ZSKIPLIST_MAXLEVEL = 32;
/** ZSKIPLIST_P, server.h, Redis 7.2.6. */
const ZSKIPLIST_P = 0.25;
/** The share of loads that may lie below the band. */
const BAND_TAIL = 0.01;
/** The first term for skewness of the Cornish-Fisher expansion at the band's quantiles. */
const BAND_SKEW = (BAND_DEVIATIONS ** 2 - 1) / 6;

/** Bytes requested for a skiplist node of `level` levels. Mirrors zslCreateNode(), t_zset.c, Redis 7.2.6. */
export function zslNodeRequestBytes(sizes: NodeSizes, level: number): number {
  return sizes.zskiplistNode + level * sizes.zskiplistLevel;
}

/** The allocation of a node over the random level a server draws at load. */
export interface NodeExpectation {
  readonly mean: number;
  /** Of a node with one level. */
  readonly least: number;
  readonly variance: number;
  /** Third central moment by variance: high levels are rare and large. */
  readonly skew: number;
}

/** Mirrors zslRandomLevel(), t_zset.c, Redis 7.2.6. An expectation: the level is random(). */
export function zslNodeExpectation(sizes: NodeSizes, allocator: Allocator): NodeExpectation {
  const moment = (center: number, power: number): number => {
    let sum = 0;
    let reach = 1;
    for (let level = 1; level <= ZSKIPLIST_MAXLEVEL; level++) {
      const chance = level === ZSKIPLIST_MAXLEVEL ? reach : reach * (1 - ZSKIPLIST_P);
      sum += chance * (allocator.goodSize(zslNodeRequestBytes(sizes, level)) - center) ** power;
      reach *= ZSKIPLIST_P;
    }
    return sum;
  };
  const mean = moment(0, 1);
  const variance = moment(mean, 2);
  const least = allocator.goodSize(zslNodeRequestBytes(sizes, 1));
  return { mean, least, variance, skew: moment(mean, 3) / variance };
}

/**
 * A skiplist node that holds its member, `memberBytes` for one of a length. An expectation, as the level is
 * random. Mirrors zslCreateNode(), t_zset.c, Redis 8.6.3 and Valkey 9.1.2.
 */
export function zslNodeWithMember(sizes: NodeSizes, memberBytes: (length: number) => number): ElementCost {
  const node = (length: number, allocator: Allocator) =>
    zslNodeExpectation({ ...sizes, zskiplistNode: sizes.zskiplistNode + memberBytes(length) }, allocator);
  return {
    bytes: (length, allocator) => node(length, allocator).mean,
    variance: (length, allocator) => node(length, allocator).variance,
  };
}

/** The parts of a zset as skiplist, as the sources of one generation of servers name them. */
export interface SkiplistParts {
  readonly zset: Part;
  readonly zskiplist: Part;
  readonly header: Part;
  readonly nodes: Part;
  readonly members: Part;
}

export function skiplistParts(version: string, createHeader = "zslCreate()"): SkiplistParts {
  return {
    zset: { name: "zset", source: `createZsetObject(), object.c, ${version}` },
    zskiplist: { name: "zskiplist", source: `zslCreate(), t_zset.c, ${version}` },
    header: { name: "zskiplistNode, header", source: `${createHeader}, t_zset.c, ${version}` },
    nodes: { name: "zskiplistNode", source: `zslCreateNode(), t_zset.c, ${version}` },
    members: { name: "members (sds)", source: `rdbLoadObject(), rdb.c, ${version}` },
  };
}

/** What MEMORY USAGE counts of a zskiplist and its header. */
type CountedHeads = "none" | "sizeof" | "heap";

/** Adds a zset and the heads of its skiplist. Mirrors zslCreate(), t_zset.c, Redis 4.0.14 to 8.6.3. Exact. */
export function addSkiplistHeads(
  bill: Bill,
  { allocator, profile }: Target,
  parts: SkiplistParts,
  counted: CountedHeads,
  maxLevel = ZSKIPLIST_MAXLEVEL,
): void {
  const { zset, zskiplist } = profile.sizes;
  const list = allocator.goodSize(zskiplist);
  const header = allocator.goodSize(zslNodeRequestBytes(profile.sizes, maxLevel));
  const listCounted = counted === "none" ? 0 : counted === "sizeof" ? zskiplist : list;
  bill.add(parts.zset, 1, zset, allocator.goodSize(zset));
  bill.add(parts.zskiplist, 1, listCounted, list);
  bill.add(parts.header, 1, counted === "none" ? 0 : header, header);
}

/** Adds nodes that point to their members, and the members. An expectation, whole: levels are random. */
export function addPointingNodes(
  bill: Bill,
  { target, zsetBytes, zsetHeap }: TargetStats,
  parts: SkiplistParts,
  members: number,
): void {
  const nodes = Math.round(members * target.zslNode.mean);
  bill.add(parts.nodes, members, nodes, nodes);
  bill.add(parts.members, members, zsetBytes.sum, zsetHeap.sum);
}

/** Adds nodes that hold their members, by the sum of `zslNodeWithMember`. */
export function addWholeNodes(
  bill: Bill,
  { zsetBytes, zsetHeap }: TargetStats,
  part: Part,
  members: number,
): void {
  bill.add(part, members, Math.round(zsetBytes.sum), Math.round(zsetHeap.sum));
}

/**
 * Gives the bill the band of `members` nodes. An approximation: the sum of their sizes is nearly normal; few
 * nodes are often all as small as can be. `sumVariance`: where members stand in their nodes.
 */
export function expectNodes(
  bill: Bill,
  members: number,
  { mean, least, variance, skew }: NodeExpectation,
  sumVariance = members * variance,
): void {
  const band = BAND_DEVIATIONS * Math.sqrt(sumVariance);
  const shift = BAND_SKEW * skew;
  const lowest = (1 - ZSKIPLIST_P) ** members > BAND_TAIL ? members * (mean - least) : 0;
  bill.expect(Math.ceil(Math.max(band - shift, lowest)), Math.ceil(band + shift));
}
