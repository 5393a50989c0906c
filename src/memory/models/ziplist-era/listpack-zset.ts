import type { Part } from "../../bill.ts";
import type { Finish, Loader } from "../../loader.ts";
import { ENCODING } from "../../types.ts";
import { LP_EMPTY_BYTES } from "../listpack.ts";
import { addPacked } from "../packed.ts";
import { packsZset, type SkiplistRules, skiplistZsets } from "./skiplist.ts";

const LISTPACK: Part = { name: "listpack", source: "zsetConvert(), t_zset.c, Redis 7.0.15" };

/**
 * Zsets of a server that packs them as listpacks, but prints scores by "%.17g" and converts packed ones without
 * making the dict for them. Mirrors rdbLoadObject(), rdb.c, Redis 7.0.15. Exact when packed.
 */
export function listpackZsets(rules: SkiplistRules): Pick<Loader, "zset" | "zsetZiplist" | "zsetListpack"> {
  const { saved, converted } = skiplistZsets(rules);
  const zset: Finish = (stats, on, bill) => {
    if (!packsZset(stats.reported, stats.largestBytes, on.target)) saved(stats.reported, on, bill);
    else {
      const bytes = LP_EMPTY_BYTES + stats.entryBytes + stats.printfExtraBytes;
      addPacked(bill, LISTPACK, bytes, ENCODING.listpack, on.target);
    }
  };
  const zsetZiplist: Finish = (stats, on, bill) => {
    const members = stats.reported / 2;
    if (members > on.target.config.zsetMaxListpackEntries) converted(members, on, bill);
    else addPacked(bill, LISTPACK, LP_EMPTY_BYTES + stats.entryBytes, ENCODING.listpack, on.target);
  };
  const zsetListpack: Finish = (stats, on, bill) => {
    const members = stats.reported / 2;
    if (members > on.target.config.zsetMaxListpackEntries) converted(members, on, bill);
    else addPacked(bill, LISTPACK, stats.blobBytes, ENCODING.listpack, on.target);
  };
  return { zset, zsetZiplist, zsetListpack };
}
