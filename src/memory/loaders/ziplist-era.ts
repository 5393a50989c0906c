import { type ExtraFlags, FLAG } from "../layouts.ts";
import type { Finish, Loader } from "../loader.ts";
import { DICT_62 } from "../models/dict.ts";
import { LIST_62, quicklists } from "../models/list.ts";
import { opaqueTypes } from "../models/opaque.ts";
import { packedByLength } from "../models/packed.ts";
import type { SdsCount } from "../models/sds.ts";
import { ZSKIPLIST_MAXLEVEL } from "../models/skiplist.ts";
import { robjStrings } from "../models/string.ts";
import { ziplistHashes } from "../models/ziplist-era/hash.ts";
import { intsetsOrTables } from "../models/ziplist-era/set.ts";
import { ziplistZsets } from "../models/ziplist-era/zset.ts";
import { dictSkiplist } from "../models/zset.ts";
import { sdsZmallocSize } from "../target.ts";
import { ENCODING } from "../types.ts";

/** How the servers that pack values as ziplists differ. */
interface ZiplistEra {
  /** What MEMORY USAGE adds for a string that is an sds. */
  readonly stringCount: SdsCount;
  /** An integer read as text stays in the object made for the text, as before Redis 5.0. */
  readonly keepsEmbstr: boolean;
  /** Hashes and zsets saved one by one find a dict made for them, as since Redis 5.0. */
  readonly presized: boolean;
  /** Heads of skiplists and their dicts are counted, as since Redis 5.0. */
  readonly headsCounted: boolean;
  /** ZSKIPLIST_MAXLEVEL, server.h. */
  readonly maxLevel: number;
  readonly stream: Finish;
}

/** Redis 6.0 and 6.2. */
export const ERA_62: Omit<ZiplistEra, "stream"> = {
  stringCount: sdsZmallocSize,
  keepsEmbstr: false,
  presized: true,
  headsCounted: true,
  maxLevel: ZSKIPLIST_MAXLEVEL,
};

const intset = packedByLength(ENCODING.intset, {
  name: "intset",
  source: "intsetResize(), intset.c, Redis 6.2.16",
});

/**
 * What rdbLoadObject(), rdb.c, Redis 4.0.14 to 6.2.16, makes of each layout. Layouts that came later are
 * sized as if their elements were saved one by one.
 */
export function ziplistLoader(era: ZiplistEra): Loader {
  const { stringCount, keepsEmbstr, presized, headsCounted, maxLevel, stream } = era;
  const version = "Redis 6.2.16";
  return {
    ...opaqueTypes,
    string: robjStrings({ version, count: stringCount, keepsEmbstr }),
    ...quicklists(LIST_62),
    ...intsetsOrTables({ version, dict: DICT_62, intset }),
    ...ziplistZsets(
      dictSkiplist({
        version,
        dict: DICT_62,
        maxLevel,
        presized: { saved: presized, converted: false },
        headsCounted,
      }),
    ),
    ...ziplistHashes(presized),
    stream,
  };
}

/** What that loader needs counted. */
export const ZIPLIST_COUNTS: ExtraFlags = {
  list: FLAG.ziplist,
  listZiplist: FLAG.ziplist,
  quicklist2: FLAG.ziplist,
  setListpack: FLAG.entry,
  zset: FLAG.ziplist,
  zsetListpack: FLAG.ziplist,
  hash: FLAG.ziplist,
  hashZipmap: FLAG.ziplist,
  hashListpack: FLAG.ziplist,
  hashExpiry: FLAG.ziplist,
  hashListpackExpiry: FLAG.ziplist,
};
