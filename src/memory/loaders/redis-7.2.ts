import type { Loader } from "../loader.ts";
import { LIST_72, listpacksOrQuicklists } from "../models/list.ts";
import { hashes72 } from "../models/listpack-era/hash.ts";
import { SET_72 } from "../models/listpack-era/set.ts";
import { zsets72 } from "../models/listpack-era/zset.ts";
import { opaqueTypes } from "../models/opaque.ts";
import { dictSets } from "../models/set.ts";
import { finishStream72 } from "../models/streams/stream.ts";
import { robjStrings } from "../models/string.ts";
import { sdsZmallocSize } from "../target.ts";

/** What rdbLoadObject(), rdb.c, Redis 7.2.6, makes of each layout. */
export const loader72: Loader = {
  ...opaqueTypes,
  string: robjStrings({ version: "Redis 7.2.6", count: sdsZmallocSize }),
  ...listpacksOrQuicklists(LIST_72),
  ...dictSets(SET_72),
  ...zsets72,
  ...hashes72,
  stream: finishStream72,
};
