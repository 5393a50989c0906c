import { loader88 } from "../loaders/redis-8.8.ts";
import { kvobjKeyByRequest } from "../models/tracked/kvobj.ts";
import type { Profile } from "./profile.ts";
import { redis86 } from "./redis-8.6.ts";

/**
 * Redis 8.8, not measured: as 8.6, but MEMORY USAGE counts a kvobj by what was asked for (redis/redis#14704),
 * and there are arrays (#15162). Derived from 8.6.3; used_memory at start is that of 8.6.3.
 */
export const redis88: Profile = {
  ...redis86,
  name: "redis-8.8",
  from: [8, 8],
  to: [8, 8],
  rdbVersion: 14,
  measured: undefined,
  loader: loader88,
  key: kvobjKeyByRequest,
};
