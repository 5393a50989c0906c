import type { Loader } from "../../loader.ts";
import { ENCODING } from "../../types.ts";
import { DICT_72 } from "../dict.ts";
import { type ZsetLayout, zsetLayouts } from "../loading/zset.ts";
import { type Packed, packedByHeap } from "../packed.ts";
import { dictSkiplist } from "../zset.ts";

/** Redis 7.2 to 8.2, and every Valkey. */
export const ZSET_LISTPACK_72: Packed = packedByHeap(ENCODING.listpack, {
  name: "listpack",
  source: "zsetConvertToListpackIfNeeded(), t_zset.c, Redis 7.2.6",
});

/** Zsets of Redis 7.2 to 8.2, Valkey 7.2 and 8.0. */
export const zsets72: Pick<Loader, ZsetLayout> = zsetLayouts({
  listpack: ZSET_LISTPACK_72,
  ...dictSkiplist({ version: "Redis 7.2.6", dict: DICT_72, presized: { saved: true, converted: true } }),
});
