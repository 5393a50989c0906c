import { loader810 } from "../loaders/redis-8.10.ts";
import type { Profile } from "./profile.ts";
import { redis88 } from "./redis-8.8.ts";

/**
 * Redis 8.10, not measured: as 8.8, but hashes may share their fields' names (redis/redis#15364). Derived
 * from 8.6.3; used_memory at start is that of 8.6.3.
 */
export const redis810: Profile = {
  ...redis88,
  name: "redis-8.10",
  from: [8, 10],
  to: [8, 10],
  rdbVersion: 15,
  loader: loader810,
};
