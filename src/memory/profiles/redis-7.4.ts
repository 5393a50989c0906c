import { loader74 } from "../loaders/redis-7.4.ts";
import { dictKey } from "../models/dict-key.ts";
import { kvstoreTables } from "../models/kvstore.ts";
import { mstrPair } from "../models/listpack-era/mstr.ts";
import { largeByFill } from "../models/quicklist.ts";
import { sdsZmallocSize } from "../target.ts";
import type { Profile } from "./profile.ts";
import { redis72 } from "./redis-7.2.ts";

/**
 * Redis 7.4 with its vendored jemalloc 5.3.0: hash fields are mstr and may expire, a
 * database is a kvstore. Defaults and struct sizes as in 7.2: config.c, server.h, dict.c,
 * dict.h, quicklist.h, stream.h, rax.h, 7.4.1. Exact.
 */
export const redis74: Profile = {
  ...redis72,
  name: "redis-7.4",
  from: [7, 4],
  to: [7, 4],
  rdbVersion: 12,
  measured: "7.4.1",
  elements: { ...redis72.elements, hash: { bytes: mstrPair, heap: mstrPair } },
  loader: loader74,
  largeElement: largeByFill,
  key: dictKey({ version: "Redis 7.4.1", count: sdsZmallocSize }),
  tables: kvstoreTables({ keysMetadata: 8, expiresMetadata: 8, hashExpiriesRax: 24 }),
  baselineBytes: 1019200,
};
