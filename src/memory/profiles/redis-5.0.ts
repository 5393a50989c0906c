import { separatePair } from "../lanes.ts";
import { ERA_62, ziplistLoader } from "../loaders/ziplist-era.ts";
import { dictKey, EMBSTR_COUNTED } from "../models/dict-key.ts";
import { sdsElement } from "../models/sds.ts";
import { finishStream50 } from "../models/streams/stream.ts";
import { countRequest, requestedSds } from "../models/ziplist-era/sds-count.ts";
import type { Profile } from "./profile.ts";
import { redis62 } from "./redis-6.2.ts";

/**
 * Redis 5.0 with its vendored jemalloc 5.1.0: structs and defaults of 6.2, but every sds counted by what was
 * asked for. Defaults and struct sizes: server.h, dict.h, quicklist.h, stream.h, rax.h, 5.0.14. Exact.
 */
export const redis50: Profile = {
  ...redis62,
  name: "redis-5.0",
  from: [5, 0],
  to: [5, 0],
  rdbVersion: 9,
  measured: "5.0.14",
  elements: {
    set: { bytes: requestedSds, heap: sdsElement },
    zset: { bytes: requestedSds, heap: sdsElement },
    hash: { bytes: separatePair(requestedSds), heap: redis62.elements.hash.heap },
  },
  loader: ziplistLoader({
    ...ERA_62,
    stringCount: countRequest,
    maxLevel: 64,
    stream: finishStream50,
  }),
  key: dictKey({ version: "Redis 5.0.14", count: countRequest, embstrCounted: EMBSTR_COUNTED }),
  baselineBytes: 853648,
};
