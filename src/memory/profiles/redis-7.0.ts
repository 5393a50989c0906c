import { COUNTS_70, loader70 } from "../loaders/redis-7.0.ts";
import { SLOT_LIST_BYTES, slotListKey } from "../models/listpack-era/slot-list-key.ts";
import type { Profile } from "./profile.ts";
import { redis72 } from "./redis-7.2.ts";

/**
 * Redis 7.0 with its vendored jemalloc 5.2.1: structs of 7.2 but for a stream's consumer,
 * and no listpacks for sets and lists. Defaults: config.c; struct sizes: server.h,
 * dict.h, quicklist.h, stream.h, rax.h, 7.0.15. Exact.
 */
export const redis70: Profile = {
  ...redis72,
  name: "redis-7.0",
  from: [7, 0],
  to: [7, 0],
  rdbVersion: 10,
  measured: "7.0.15",
  config: { ...redis72.config, setMaxListpackEntries: 0, setMaxListpackValue: 0 },
  sizes: { ...redis72.sizes, dictEntryNoValue: 0 },
  loader: loader70,
  counts: COUNTS_70,
  key: slotListKey("Redis 7.0.15", SLOT_LIST_BYTES),
  baselineBytes: 931424,
};
