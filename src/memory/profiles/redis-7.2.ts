import { separatePair } from "../lanes.ts";
import { loader72 } from "../loaders/redis-7.2.ts";
import { dictTables } from "../models/dict-tables.ts";
import { DICT_METADATA_BYTES, slotListKey } from "../models/listpack-era/slot-list-key.ts";
import { sdsElement } from "../models/sds.ts";
import type { Profile } from "./profile.ts";

const sdsPair = separatePair(sdsElement);

/**
 * Redis 7.2 with its vendored jemalloc 5.3.0. Defaults: config.c; struct sizes: server.h, dict.c, dict.h,
 * quicklist.h, 7.2.6. Exact.
 */
export const redis72: Profile = {
  name: "redis-7.2",
  server: "redis",
  from: [7, 2],
  to: [7, 2],
  rdbVersion: 11,
  measured: "7.2.6",
  allocator: "jemalloc",
  config: {
    hashMaxListpackEntries: 512,
    hashMaxListpackValue: 64,
    setMaxIntsetEntries: 512,
    setMaxListpackEntries: 128,
    setMaxListpackValue: 64,
    zsetMaxListpackEntries: 128,
    zsetMaxListpackValue: 64,
    listMaxListpackSize: -2,
    listCompressDepth: 0,
    clusterEnabled: false,
    maxmemory: 0,
    maxmemoryPolicy: "noeviction",
  },
  sizes: {
    robj: 16,
    dict: 56,
    dictEntry: 24,
    dictEntryNoValue: 16,
    quicklist: 40,
    quicklistNode: 40,
    zset: 16,
    zskiplist: 32,
    zskiplistNode: 24,
    zskiplistLevel: 16,
  },
  elements: {
    set: { bytes: sdsElement, heap: sdsElement },
    zset: { bytes: sdsElement, heap: sdsElement },
    hash: { bytes: sdsPair, heap: sdsPair },
  },
  loader: loader72,
  key: slotListKey("Redis 7.2.6", DICT_METADATA_BYTES),
  tables: dictTables,
  baselineBytes: 938752,
};
