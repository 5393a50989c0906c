import { ERA_62, ziplistLoader } from "../loaders/ziplist-era.ts";
import { finishStream60 } from "../models/streams/stream.ts";
import type { Profile } from "./profile.ts";
import { redis62 } from "./redis-6.2.ts";

/**
 * Redis 6.0 with its vendored jemalloc 5.1.0, by its source: what 6.2 does but for
 * streams. Defaults: config.c; struct sizes: server.h, dict.h, quicklist.h,
 * stream.h, rax.h, 6.0.20. The baseline is that of 6.2.
 */
export const redis60: Profile = {
  ...redis62,
  name: "redis-6.0",
  from: [6, 0],
  to: [6, 0],
  rdbVersion: 9,
  measured: undefined,
  loader: ziplistLoader({ ...ERA_62, stream: finishStream60 }),
};
