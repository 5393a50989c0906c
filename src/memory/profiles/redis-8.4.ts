import { loader84 } from "../loaders/redis-8.4.ts";
import { mstrPair, trackedMstrPair } from "../models/listpack-era/mstr.ts";
import { sdsElement } from "../models/sds.ts";
import { trackedSds } from "../models/sds-usable.ts";
import type { Profile } from "./profile.ts";
import { redis82 } from "./redis-8.2.ts";
import { redis86 } from "./redis-8.6.ts";

/**
 * Redis 8.4, not measured: between 8.2 and 8.6. MEMORY USAGE answers tracked sizes as
 * in 8.6 (redis/redis#14363, taken to be in 8.4), while hash tables and skiplists are
 * those of 8.0, as #14595 and #14701, which change them, came with 8.6. Derived from
 * 8.0.6 and 8.6.3; used_memory at start is that of 8.0.6.
 */
export const redis84: Profile = {
  ...redis82,
  name: "redis-8.4",
  from: [8, 4],
  to: [8, 4],
  rdbVersion: 12,
  sizes: {
    ...redis86.sizes,
    zskiplistNode: redis82.sizes.zskiplistNode,
  },
  elements: {
    set: { bytes: trackedSds, heap: sdsElement },
    zset: { bytes: trackedSds, heap: sdsElement },
    hash: { bytes: trackedMstrPair, heap: mstrPair },
  },
  loader: loader84,
};
