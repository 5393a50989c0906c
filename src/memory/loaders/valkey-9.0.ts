import type { Loader } from "../loader.ts";
import { embeddedStrings, keyObjectBytes } from "../models/hashtable/embedded-key.ts";
import { embedding90 } from "../models/hashtable/embedding-rules.ts";
import { hashtableHashes } from "../models/hashtable/values.ts";
import { hashExpiryBy } from "../models/hashtable/volatile-hash.ts";
import { LIST_72, listpacksOrQuicklists } from "../models/list.ts";
import { loaderValkey81 } from "./valkey-8.1.ts";

/** sizeof(hashtable) as in Valkey 8.1, and the same with a pointer to the vset of a hash. */
const HASHTABLE_BYTES = 72;
const HASH_BYTES = HASHTABLE_BYTES + 8;

/** What rdbLoadObject(), rdb.c, Valkey 9.0, makes of each layout. */
export const loaderValkey90: Loader = {
  ...loaderValkey81,
  string: embeddedStrings(embedding90),
  ...listpacksOrQuicklists({ ...LIST_72, objectBytes: keyObjectBytes }),
  ...hashtableHashes(HASH_BYTES),
  hashExpiry: hashExpiryBy(HASH_BYTES, HASHTABLE_BYTES),
};
