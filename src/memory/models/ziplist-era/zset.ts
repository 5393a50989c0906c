import type { Bill, Part } from "../../bill.ts";
import type { Finish, Loader } from "../../loader.ts";
import type { TargetStats, ValueStats } from "../../stats.ts";
import { ENCODING } from "../../types.ts";
import { addPackedLength } from "../packed-length.ts";
import { packsZset, type SkiplistRules, skiplistZsets } from "./skiplist.ts";

const ZIPLIST: Part = { name: "ziplist", source: "zsetConvert(), t_zset.c, Redis 6.2.16" };

/**
 * Zsets of servers that pack them as ziplists. A listpack, which such a server cannot read, is sized as if its
 * members came one by one. Mirrors rdbLoadObject(), rdb.c, Redis 4.0.14 to 6.2.16. Exact when packed.
 */
export function ziplistZsets(rules: SkiplistRules): Pick<Loader, "zset" | "zsetZiplist" | "zsetListpack"> {
  const { saved, converted } = skiplistZsets(rules);
  const byMembers = (members: number, stats: ValueStats, on: TargetStats, bill: Bill): void => {
    if (!packsZset(members, stats.largestBytes, on.target)) saved(members, on, bill);
    else addPackedLength(bill, ZIPLIST, stats.ziplist.bytes, ENCODING.ziplist, on.target);
  };
  const zsetZiplist: Finish = (stats, on, bill) => {
    const members = stats.reported / 2;
    if (members > on.target.config.zsetMaxListpackEntries) converted(members, on, bill);
    else addPackedLength(bill, ZIPLIST, stats.blobBytes, ENCODING.ziplist, on.target);
  };
  return {
    zset: (stats, on, bill) => byMembers(stats.reported, stats, on, bill),
    zsetZiplist,
    zsetListpack: (stats, on, bill) => byMembers(stats.reported / 2, stats, on, bill),
  };
}
