import { type ExtraFlags, FLAG } from "../layouts.ts";
import type { Loader } from "../loader.ts";
import { DICT_70 } from "../models/dict.ts";
import { LIST_70, quicklists } from "../models/list.ts";
import { plainHashes72 } from "../models/listpack-era/hash.ts";
import { zsets70 } from "../models/listpack-era/zset-7.0.ts";
import { packedByHeap } from "../models/packed.ts";
import { finishStream70 } from "../models/streams/stream.ts";
import { intsetsOrTables } from "../models/ziplist-era/set.ts";
import { ENCODING } from "../types.ts";
import { loader72 } from "./redis-7.2.ts";

const intset = packedByHeap(ENCODING.intset, {
  name: "intset",
  source: "intsetResize(), intset.c, Redis 7.0.15",
});

/**
 * What rdbLoadObject(), rdb.c, Redis 7.0.15, makes of each layout: hashes are those of
 * 7.2, lists are always quicklists, sets never listpacks. Layouts that came later are
 * sized as if their elements were saved one by one.
 */
export const loader70: Loader = {
  ...loader72,
  ...quicklists(LIST_70),
  ...intsetsOrTables({ version: "Redis 7.0.15", dict: DICT_70, intset }),
  ...zsets70,
  stream: finishStream70,
  hashExpiry: plainHashes72.hash,
  hashListpackExpiry: plainHashes72.hash,
};

/** What that loader needs counted. */
export const COUNTS_70: ExtraFlags = {
  setListpack: FLAG.entry,
  zset: FLAG.printfScores,
  hashExpiry: FLAG.entry,
  hashListpackExpiry: FLAG.entry,
};
