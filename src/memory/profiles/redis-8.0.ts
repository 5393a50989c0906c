import { loader80 } from "../loaders/redis-8.0.ts";
import { kvstoreTables } from "../models/kvstore.ts";
import type { Profile } from "./profile.ts";
import { redis74 } from "./redis-7.4.ts";

/**
 * Counts of keys by size that each dict of keys has: MAX_KEYSIZES_TYPES
 * rows of MAX_KEYSIZES_BINS, kvstore.h, 8.0.6.
 */
const KEYSIZES_BYTES = 5 * 60 * 8;

/**
 * Redis 8.0 with its vendored jemalloc 5.3.0. Defaults and struct sizes as
 * in 7.4, after the same files of 8.0.6. Exact.
 */
export const redis80: Profile = {
  ...redis74,
  name: "redis-8.0",
  from: [8, 0],
  to: [8, 0],
  rdbVersion: 12,
  measured: "8.0.6",
  loader: loader80,
  tables: kvstoreTables({ keysMetadata: 8 + KEYSIZES_BYTES, expiresMetadata: 8, hashExpiriesRax: 24 }),
  baselineBytes: 725584,
};
