import { type ExtraFlags, FLAG } from "../layouts.ts";
import type { Finish, Loader } from "../loader.ts";
import { finishArray, finishGcra, finishModule, finishTemplate } from "../models/opaque.ts";
import { addPackedLength } from "../models/packed-length.ts";
import { robjString } from "../models/string-robj.ts";
import { ziplistHashes } from "../models/ziplist-era/hash.ts";
import { finishZiplistNodes } from "../models/ziplist-era/list.ts";
import type { SdsCount } from "../models/ziplist-era/sds-count.ts";
import { intsetOrTable } from "../models/ziplist-era/set.ts";
import type { SkiplistRules } from "../models/ziplist-era/skiplist.ts";
import { ziplistZsets } from "../models/ziplist-era/zset.ts";

/** How the servers that pack values as ziplists differ. */
export interface ZiplistEra {
  /** What MEMORY USAGE adds for a string that is an sds. */
  readonly stringCount: SdsCount;
  /** An integer read as text stays in the object made for the text, as before Redis 5.0. */
  readonly keepsEmbstr: boolean;
  /** Hashes saved pair by pair find a dict made for them, as since Redis 5.0. */
  readonly presizedHashes: boolean;
  readonly skiplists: SkiplistRules;
  readonly stream: Finish;
}

/**
 * What rdbLoadObject(), rdb.c, Redis 4.0.14 to 6.2.16, makes of each layout. Layouts that came later are sized as if
 * their elements were saved one by one.
 */
export function ziplistLoader(era: ZiplistEra): Loader {
  const { set, setIntset } = intsetOrTable(addPackedLength);
  return {
    string: robjString(era.stringCount, era.keepsEmbstr),
    list: finishZiplistNodes,
    listZiplist: finishZiplistNodes,
    quicklistZiplist: finishZiplistNodes,
    quicklist2: finishZiplistNodes,
    set,
    setIntset,
    setListpack: set,
    ...ziplistZsets(era.skiplists),
    ...ziplistHashes(era.presizedHashes),
    hashTemplateListpack: finishTemplate,
    hashTemplateArray: finishTemplate,
    stream: era.stream,
    array: finishArray,
    module: finishModule,
    gcra: finishGcra,
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
