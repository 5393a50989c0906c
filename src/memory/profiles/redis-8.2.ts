import { loader82 } from "../loaders/redis-8.2.ts";
import { kvobjKey } from "../models/tracked/kvobj.ts";
import { kvobjTables } from "../models/tracked/kvstore.ts";
import type { Profile } from "./profile.ts";
import { redis80 } from "./redis-8.0.ts";

/**
 * Redis 8.2, not measured: as 8.0, but a key with its expiry and a short value is one kvobj in dicts without
 * values (redis/redis#13806), and MEMORY USAGE counts that kvobj by its allocation (#14288, a fix within
 * 8.2). Derived from object.c of that time and 8.0.6; used_memory at start is that of 8.0.6.
 */
export const redis82: Profile = {
  ...redis80,
  name: "redis-8.2",
  from: [8, 2],
  to: [8, 2],
  rdbVersion: 12,
  measured: undefined,
  loader: loader82,
  key: kvobjKey,
  tables: kvobjTables({ keysMetadata: 8 + 5 * 60 * 8, expiresMetadata: 8, hashExpiriesRax: 24 }),
};
