import type { Allocator } from "../allocators/index.ts";
import type { Bill } from "../bill.ts";
import type { StructSizes } from "../profiles/index.ts";
import { BAND_DEVIATIONS } from "./spread.ts";

/** What a node takes without its levels, and each level. */
export type NodeSizes = Pick<StructSizes, "zskiplistNode" | "zskiplistLevel">;

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
 * Gives the bill the band of `members` nodes. An approximation: the sum of their sizes is nearly normal; few nodes are
 * often all as small as can be. `sumVariance`: where members stand in their nodes.
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
