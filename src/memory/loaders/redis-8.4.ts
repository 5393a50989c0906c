import type { Loader } from "../loader.ts";
import { hashLoadTables } from "../models/dict.ts";
import { metadataLoadTables } from "../models/listpack-era/hash-expiry.ts";
import { finishStream84 } from "../models/streams/stream.ts";
import { trackedHash } from "../models/tracked/hash.ts";
import { finishKvobjStringByExpiry } from "../models/tracked/kvobj.ts";
import { addSkiplistAndMembers, trackedZset } from "../models/tracked/zset.ts";
import { loader86 } from "./redis-8.6.ts";

/** As in 8.6 but for zsets and hash tables, which are still those of 8.0, and strings, which are as in 8.2. Derived. */
export const loader84: Loader = {
  ...loader86,
  string: finishKvobjStringByExpiry,
  stream: finishStream84,
  ...trackedZset(addSkiplistAndMembers),
  ...trackedHash({ plain: hashLoadTables, expiring: metadataLoadTables, valued: true }),
};
