import type { Loader } from "../loader.ts";
import { embeddedStrings } from "../models/hashtable/embedded-key.ts";
import { embedding81 } from "../models/hashtable/embedding-rules.ts";
import { hashtableHashes, hashtableSets } from "../models/hashtable/values.ts";
import { hashtableZsets } from "../models/hashtable/zset.ts";
import { finishStreamValkey81 } from "../models/streams/stream.ts";
import { loader72 } from "./redis-7.2.ts";

/** sizeof(hashtable), hashtable.c, Valkey 8.1.1. */
const HASHTABLE_BYTES = 72;

/** What rdbLoadObject(), rdb.c, Valkey 8.1.1, makes of each layout. */
export const loaderValkey81: Loader = {
  ...loader72,
  string: embeddedStrings(embedding81),
  ...hashtableSets(HASHTABLE_BYTES),
  ...hashtableHashes(HASHTABLE_BYTES),
  ...hashtableZsets(HASHTABLE_BYTES),
  stream: finishStreamValkey81,
};
