import type { Loader } from "../../loader.ts";
import { ENCODING } from "../../types.ts";
import { DICT_70 } from "../dict.ts";
import { LP_EMPTY_BYTES } from "../listpack.ts";
import { packsZset, type ZsetEncodings, type ZsetLayout, zsetLayouts } from "../loading/zset.ts";
import { packedByHeap } from "../packed.ts";
import { dictSkiplist } from "../zset.ts";

const encodings: ZsetEncodings = {
  listpack: packedByHeap(ENCODING.listpack, {
    name: "listpack",
    source: "zsetConvert(), t_zset.c, Redis 7.0.15",
  }),
  ...dictSkiplist({ version: "Redis 7.0.15", dict: DICT_70, presized: { saved: true, converted: false } }),
};

/**
 * Zsets of Redis 7.0, which prints scores by "%.17g" and converts packed ones without making the dict for
 * them. Mirrors rdbLoadObject(), rdb.c, Redis 7.0.15. Exact when packed.
 */
export const zsets70: Pick<Loader, ZsetLayout> = {
  ...zsetLayouts(encodings),
  zset: (stats, on, bill) => {
    if (!packsZset(stats.reported, stats, on.target)) encodings.saved(stats.reported, on, bill);
    else encodings.listpack(bill, on.target, LP_EMPTY_BYTES + stats.entryBytes + stats.printfExtraBytes);
  },
};
