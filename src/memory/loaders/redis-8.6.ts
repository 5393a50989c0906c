import type { Loader } from "../loader.ts";
import { finishStream86 } from "../models/streams/stream.ts";
import { expandAfter, expandBefore, trackedHash } from "../models/tracked/hash.ts";
import { finishKvobjString } from "../models/tracked/kvobj.ts";
import { finishTrackedList, finishTrackedListZiplist } from "../models/tracked/list.ts";
import { finishTrackedSet, finishTrackedSetIntset, finishTrackedSetListpack } from "../models/tracked/set.ts";
import { addSkiplistWithMembers, trackedZset } from "../models/tracked/zset.ts";
import { finishVectorSet } from "../models/vector-set.ts";
import { loader72 } from "./redis-7.2.ts";

/** What rdbLoadObject(), rdb.c, Redis 8.6.3, makes of each layout. */
export const loader86: Loader = {
  ...loader72,
  string: finishKvobjString,
  list: finishTrackedList,
  listZiplist: finishTrackedListZiplist,
  quicklistZiplist: finishTrackedList,
  quicklist2: finishTrackedList,
  set: finishTrackedSet,
  setIntset: finishTrackedSetIntset,
  setListpack: finishTrackedSetListpack,
  ...trackedZset(addSkiplistWithMembers),
  stream: finishStream86,
  module: finishVectorSet,
  ...trackedHash({ plain: expandAfter, expiring: expandBefore, valued: false }),
};
