import { ERA_62, ZIPLIST_COUNTS, ziplistLoader } from "../loaders/ziplist-era.ts";
import { dictKey, EMBSTR_COUNTED } from "../models/dict-key.ts";
import { finishStream62 } from "../models/streams/stream.ts";
import { sdsZmallocSize } from "../target.ts";
import type { Profile } from "./profile.ts";
import { redis72 } from "./redis-7.2.ts";

/**
 * Redis 6.2 with its vendored jemalloc 5.1.0: what 7.2 packs as listpacks are ziplists, and sets are never
 * packed. Defaults: config.c; struct sizes: server.h, dict.h, quicklist.h, stream.h, rax.h, 6.2.16. Exact.
 */
export const redis62: Profile = {
  ...redis72,
  name: "redis-6.2",
  from: [6, 2],
  to: [6, 2],
  rdbVersion: 9,
  measured: "6.2.16",
  config: { ...redis72.config, setMaxListpackEntries: 0, setMaxListpackValue: 0 },
  sizes: { ...redis72.sizes, dict: 96, dictEntryNoValue: 0, quicklistNode: 32 },
  loader: ziplistLoader({ ...ERA_62, stream: finishStream62 }),
  counts: ZIPLIST_COUNTS,
  listNodes: "ziplist",
  key: dictKey({ version: "Redis 6.2.16", count: sdsZmallocSize, embstrCounted: EMBSTR_COUNTED }),
  baselineBytes: 874248,
};
