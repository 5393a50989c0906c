import type { Loader } from "../loader.ts";
import { finishListByElements, finishListZiplistByElements } from "../models/listpack-era/list.ts";
import { finishVectorSet } from "../models/vector-set.ts";
import { loader74 } from "./redis-7.4.ts";

/** What rdbLoadObject(), rdb.c, Redis 8.0.6, makes of each layout. */
export const loader80: Loader = {
  ...loader74,
  module: finishVectorSet,
  list: finishListByElements,
  listZiplist: finishListZiplistByElements,
  quicklistZiplist: finishListByElements,
  quicklist2: finishListByElements,
};
