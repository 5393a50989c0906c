import type { Profile } from "./profile.ts";
import { redis72 } from "./redis-7.2.ts";

/**
 * Valkey 7.2: its object.c, dict.c, rdb.c, t_*.c, sds.c, quicklist.c and
 * listpack.c size as Redis 7.2 does (7.2.7 read). Derived.
 */
export const valkey72: Profile = { ...redis72, name: "valkey-7.2", server: "valkey", measured: undefined };
