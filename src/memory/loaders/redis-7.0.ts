import { type ExtraFlags, FLAG } from "../layouts.ts";
import type { Loader } from "../loader.ts";
import { finishHash } from "../models/listpack-era/hash.ts";
import { finishListZiplist } from "../models/listpack-era/list.ts";
import { addPacked } from "../models/packed.ts";
import { finishStream70 } from "../models/streams/stream.ts";
import { listpackZsets } from "../models/ziplist-era/listpack-zset.ts";
import { intsetOrTable } from "../models/ziplist-era/set.ts";
import { loader72 } from "./redis-7.2.ts";

const { set, setIntset } = intsetOrTable(addPacked);

/**
 * What rdbLoadObject(), rdb.c, Redis 7.0.15, makes of each layout: hashes are those of 7.2, lists are always
 * quicklists, sets never listpacks. Layouts that came later are sized as if their elements were saved one by one.
 */
export const loader70: Loader = {
  ...loader72,
  list: finishListZiplist,
  listZiplist: finishListZiplist,
  quicklistZiplist: finishListZiplist,
  quicklist2: finishListZiplist,
  set,
  setIntset,
  setListpack: set,
  ...listpackZsets({ maxLevel: 32, presized: true, headsCounted: true }),
  stream: finishStream70,
  hashExpiry: finishHash,
  hashListpackExpiry: finishHash,
};

/** What that loader needs counted. */
export const COUNTS_70: ExtraFlags = {
  setListpack: FLAG.entry,
  zset: FLAG.printfScores,
  hashExpiry: FLAG.entry,
  hashListpackExpiry: FLAG.entry,
};
