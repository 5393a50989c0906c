import { separatePair } from "../lanes.ts";
import { ziplistLoader } from "../loaders/ziplist-era.ts";
import { robjKey } from "../models/robj-key.ts";
import { sdsElement } from "../models/sds.ts";
import { sdsAllocElement, sdsAllocSize } from "../models/sds-length.ts";
import { finishStream50 } from "../models/stream.ts";
import type { Profile } from "./profile.ts";
import { redis62 } from "./redis-6.2.ts";

/**
 * Redis 5.0 with its vendored jemalloc 5.1.0: structs and defaults of 6.2, but every sds counted by what was asked for.
 * Defaults and struct sizes: server.h, dict.h, quicklist.h, stream.h, rax.h, 5.0.14. Exact.
 */
export const redis50: Profile = {
  ...redis62,
  name: "redis-5.0",
  from: [5, 0],
  to: [5, 0],
  rdbVersion: 9,
  measured: "5.0.14",
  elements: {
    set: { bytes: sdsAllocElement, heap: sdsElement },
    zset: { bytes: sdsAllocElement, heap: sdsElement },
    hash: { bytes: separatePair(sdsAllocElement), heap: separatePair(sdsElement) },
  },
  loader: ziplistLoader({
    stringCount: sdsAllocSize,
    keepsEmbstr: false,
    presizedHashes: true,
    skiplists: { maxLevel: 64, presized: true, headsCounted: true },
    stream: finishStream50,
  }),
  key: robjKey(sdsAllocSize),
  baselineBytes: 853648,
};
