import type { Loader } from "../loader.ts";
import { shortEntries } from "../models/listpack-era/zset-short-entries.ts";
import { finishStream82 } from "../models/streams/stream.ts";
import { kvobjStringsByHeap } from "../models/tracked/kvobj.ts";
import { finishCountedVectorSet } from "../models/vector-set.ts";
import { loader80 } from "./redis-8.0.ts";

/**
 * As in 8.0 but for strings, and for zsets as MEMORY USAGE counts
 * them: kvobjComputeSize(), object.c. Derived.
 */
export const loader82: Loader = {
  ...loader80,
  string: kvobjStringsByHeap,
  module: finishCountedVectorSet,
  stream: finishStream82,
  zset: shortEntries(loader80.zset),
  zsetZiplist: shortEntries(loader80.zsetZiplist),
  zsetListpack: shortEntries(loader80.zsetListpack),
};
