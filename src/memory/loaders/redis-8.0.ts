import type { Loader } from "../loader.ts";
import { LIST_80, listpacksOrQuicklists } from "../models/list.ts";
import { finishVectorSet } from "../models/vector-set.ts";
import { loader74 } from "./redis-7.4.ts";

/** What rdbLoadObject(), rdb.c, Redis 8.0.6, makes of each layout. */
export const loader80: Loader = {
  ...loader74,
  ...listpacksOrQuicklists(LIST_80),
  module: finishVectorSet,
};
