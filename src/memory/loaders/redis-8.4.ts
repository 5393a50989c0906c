import type { Loader } from "../loader.ts";
import { finishStream84 } from "../models/streams/stream.ts";
import { hashes84 } from "../models/tracked/hash.ts";
import { kvobjStringsByExpiry } from "../models/tracked/kvobj.ts";
import { zsets84 } from "../models/tracked/zset.ts";
import { loader86 } from "./redis-8.6.ts";

/**
 * As in 8.6 but for zsets and hash tables, which are still those of 8.0,
 * and strings, which are as in 8.2. Derived.
 */
export const loader84: Loader = {
  ...loader86,
  string: kvobjStringsByExpiry,
  ...zsets84,
  ...hashes84,
  stream: finishStream84,
};
