import { ERA_62, ziplistLoader } from "../loaders/ziplist-era.ts";
import { dictKey, EMBSTR_COUNTED } from "../models/dict-key.ts";
import { finishUnknownStream } from "../models/opaque.ts";
import { countArgument, countRequest } from "../models/ziplist-era/sds-count.ts";
import type { Profile } from "./profile.ts";
import { redis50 } from "./redis-5.0.ts";

/**
 * Redis 4.0 with its vendored jemalloc 4.0.3: no streams, no dict made for the hash or zset
 * to be loaded, and the key counted by the name the command gave. Defaults and struct
 * sizes: server.h, dict.h, quicklist.h, 4.0.14. Exact.
 */
export const redis40: Profile = {
  ...redis50,
  name: "redis-4.0",
  from: [4, 0],
  to: [4, 0],
  rdbVersion: 8,
  measured: "4.0.14",
  libc: "libc-prefixed",
  loader: ziplistLoader({
    ...ERA_62,
    stringCount: countRequest,
    keepsEmbstr: true,
    presized: false,
    headsCounted: false,
    stream: finishUnknownStream,
  }),
  key: dictKey({ version: "Redis 4.0.14", count: countArgument, embstrCounted: EMBSTR_COUNTED }),
  baselineBytes: 848824,
};
