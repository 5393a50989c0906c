import type { Allocator } from "../allocators/index.ts";
import type { StructSizes } from "../profiles/index.ts";

/** What a node takes without its levels, and each level. */
export type NodeSizes = Pick<StructSizes, "zskiplistNode" | "zskiplistLevel">;

/** ZSKIPLIST_MAXLEVEL, server.h, Redis 7.2.6. */
export const ZSKIPLIST_MAXLEVEL = 32;
/** ZSKIPLIST_P, server.h, Redis 7.2.6. */
const ZSKIPLIST_P = 0.25;

/** Bytes requested for a skiplist node of `level` levels. Mirrors zslCreateNode(), t_zset.c, Redis 7.2.6. */
export function zslNodeRequestBytes(sizes: NodeSizes, level: number): number {
  return sizes.zskiplistNode + level * sizes.zskiplistLevel;
}

/**
 * Mean and variance of a node's allocation, over the random level a server draws at load. Mirrors
 * zslRandomLevel(), t_zset.c, Redis 7.2.6. An expectation: the level is random().
 */
export function zslNodeExpectation(
  sizes: NodeSizes,
  allocator: Allocator,
): { mean: number; variance: number } {
  let mean = 0;
  let square = 0;
  let reach = 1;
  for (let level = 1; level <= ZSKIPLIST_MAXLEVEL; level++) {
    const chance = level === ZSKIPLIST_MAXLEVEL ? reach : reach * (1 - ZSKIPLIST_P);
    const bytes = allocator.goodSize(zslNodeRequestBytes(sizes, level));
    mean += chance * bytes;
    square += chance * bytes * bytes;
    reach *= ZSKIPLIST_P;
  }
  return { mean, variance: square - mean * mean };
}
