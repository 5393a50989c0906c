import type { Loader } from "../loader.ts";
import {
  finishHash,
  finishHashExpiry,
  finishHashListpack,
  finishHashListpackExpiry,
  finishHashZiplist,
  finishHashZipmap,
} from "../models/listpack-era/hash.ts";
import { finishList, finishListZiplist } from "../models/listpack-era/list.ts";
import { finishSet, finishSetIntset, finishSetListpack } from "../models/listpack-era/set.ts";
import { finishZset, finishZsetListpack, finishZsetZiplist } from "../models/listpack-era/zset.ts";
import { finishArray, finishGcra, finishModule, finishTemplate } from "../models/opaque.ts";
import { finishStream72 } from "../models/streams/stream.ts";
import { finishString } from "../models/string.ts";

/** What rdbLoadObject(), rdb.c, Redis 7.2.6, makes of each layout. */
export const loader72: Loader = {
  string: finishString,
  list: finishList,
  listZiplist: finishListZiplist,
  quicklistZiplist: finishList,
  quicklist2: finishList,
  set: finishSet,
  setIntset: finishSetIntset,
  setListpack: finishSetListpack,
  zset: finishZset,
  zsetZiplist: finishZsetZiplist,
  zsetListpack: finishZsetListpack,
  hash: finishHash,
  hashZipmap: finishHashZipmap,
  hashZiplist: finishHashZiplist,
  hashListpack: finishHashListpack,
  hashExpiry: finishHashExpiry,
  hashListpackExpiry: finishHashListpackExpiry,
  hashTemplateListpack: finishTemplate,
  hashTemplateArray: finishTemplate,
  stream: finishStream72,
  array: finishArray,
  module: finishModule,
  gcra: finishGcra,
};
