import type { Loader } from "../loader.ts";
import { hashes74 } from "../models/listpack-era/hash.ts";
import { loader72 } from "./redis-7.2.ts";

/** What rdbLoadObject(), rdb.c, Redis 7.4.1, makes of each layout. */
export const loader74: Loader = { ...loader72, ...hashes74 };
