import type { Loader } from "../loader.ts";
import { embeddedStrings } from "../models/hashtable/embedded-key.ts";
import { embedding91 } from "../models/hashtable/embedding-rules.ts";
import { hashtableHashes, hashtableSets } from "../models/hashtable/values.ts";
import { hashExpiryBy } from "../models/hashtable/volatile-hash.ts";
import { embeddedZsets } from "../models/hashtable/zset.ts";
import { loaderValkey90 } from "./valkey-9.0.ts";

/** sizeof(hashtable), hashtable.c, Valkey 9.1.2, and the same with a pointer to the vset of a hash. */
const HASHTABLE_BYTES = 80;
const HASH_BYTES = HASHTABLE_BYTES + 8;

/** What rdbLoadObject(), rdb.c, Valkey 9.1.2, makes of each layout. */
export const loaderValkey91: Loader = {
  ...loaderValkey90,
  string: embeddedStrings(embedding91),
  ...hashtableSets(HASHTABLE_BYTES),
  ...hashtableHashes(HASH_BYTES),
  ...embeddedZsets(HASHTABLE_BYTES),
  hashExpiry: hashExpiryBy(HASH_BYTES, HASHTABLE_BYTES),
};
