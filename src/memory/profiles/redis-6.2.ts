import { separatePair } from "../lanes.ts";
import { ZIPLIST_COUNTS, ziplistLoader } from "../loaders/ziplist-era.ts";
import { dictTables } from "../models/dict-tables.ts";
import { robjKey } from "../models/robj-key.ts";
import { sdsElement } from "../models/sds.ts";
import { sdsHeldSize } from "../models/sds-length.ts";
import { finishStream62 } from "../models/stream.ts";
import type { Profile } from "./profile.ts";

/**
 * Redis 6.2 with its vendored jemalloc 5.1.0. Defaults: config.c; struct sizes: server.h, dict.h, quicklist.h,
 * stream.h, rax.h, 6.2.16. Exact.
 */
export const redis62: Profile = {
  name: "redis-6.2",
  server: "redis",
  from: [6, 2],
  to: [6, 2],
  rdbVersion: 9,
  measured: "6.2.16",
  allocator: "jemalloc",
  config: {
    hashMaxListpackEntries: 512,
    hashMaxListpackValue: 64,
    setMaxIntsetEntries: 512,
    setMaxListpackEntries: 0,
    setMaxListpackValue: 0,
    zsetMaxListpackEntries: 128,
    zsetMaxListpackValue: 64,
    listMaxListpackSize: -2,
    listCompressDepth: 0,
    clusterEnabled: false,
  },
  sizes: {
    robj: 16,
    dict: 96,
    dictEntry: 24,
    dictEntryNoValue: 0,
    quicklist: 40,
    quicklistNode: 32,
    zset: 16,
    zskiplist: 32,
    zskiplistNode: 24,
    zskiplistLevel: 16,
  },
  elements: {
    set: { bytes: sdsElement, heap: sdsElement },
    zset: { bytes: sdsElement, heap: sdsElement },
    hash: { bytes: separatePair(sdsElement), heap: separatePair(sdsElement) },
  },
  loader: ziplistLoader({
    stringCount: sdsHeldSize,
    keepsEmbstr: false,
    presizedHashes: true,
    skiplists: { maxLevel: 32, presized: true, headsCounted: true },
    stream: finishStream62,
  }),
  counts: ZIPLIST_COUNTS,
  listNodes: "ziplist",
  key: robjKey(sdsHeldSize),
  tables: dictTables,
  baselineBytes: 874248,
};
