import type { Bill } from "../../bill.ts";
import type { Loader } from "../../loader.ts";
import type { TargetStats, ValueStats } from "../../stats.ts";
import { ENCODING } from "../../types.ts";
import { packsZset, type ZsetEncodings, type ZsetLayout } from "../loading/zset.ts";
import { packedByLength } from "../packed.ts";

const ziplist = packedByLength(ENCODING.ziplist, {
  name: "ziplist",
  source: "zsetConvert(), t_zset.c, Redis 6.2.16",
});

/**
 * Zsets of servers that pack them as ziplists. A listpack, which such a server cannot read, is sized as if
 * its members came one by one. Mirrors rdbLoadObject(), rdb.c, Redis 4.0.14 to 6.2.16. Exact when packed.
 */
export function ziplistZsets({
  saved,
  converted,
}: Pick<ZsetEncodings, "saved" | "converted">): Pick<Loader, ZsetLayout> {
  const byMembers = (members: number, stats: ValueStats, on: TargetStats, bill: Bill): void => {
    if (!packsZset(members, stats, on.target)) saved(members, on, bill);
    else ziplist(bill, on.target, stats.ziplist.bytes);
  };
  return {
    zset: (stats, on, bill) => byMembers(stats.reported, stats, on, bill),
    zsetZiplist: (stats, on, bill) => {
      const members = stats.reported / 2;
      if (members > on.target.config.zsetMaxListpackEntries) converted(members, on, bill);
      else ziplist(bill, on.target, stats.blobBytes);
    },
    zsetListpack: (stats, on, bill) => byMembers(stats.reported / 2, stats, on, bill),
  };
}
