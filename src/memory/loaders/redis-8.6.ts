import type { Loader } from "../loader.ts";
import { LIST_86, listpacksOrQuicklists } from "../models/list.ts";
import { dictSets } from "../models/set.ts";
import { finishStream86 } from "../models/streams/stream.ts";
import { hashes86 } from "../models/tracked/hash.ts";
import { kvobjStrings } from "../models/tracked/kvobj.ts";
import { SET_86 } from "../models/tracked/set.ts";
import { zsets86 } from "../models/tracked/zset.ts";
import { finishCountedVectorSet } from "../models/vector-set.ts";
import { loader72 } from "./redis-7.2.ts";

/** What rdbLoadObject(), rdb.c, Redis 8.6.3, makes of each layout. */
export const loader86: Loader = {
  ...loader72,
  string: kvobjStrings,
  ...listpacksOrQuicklists(LIST_86),
  ...dictSets(SET_86),
  ...zsets86,
  ...hashes86,
  stream: finishStream86,
  module: finishCountedVectorSet,
};
