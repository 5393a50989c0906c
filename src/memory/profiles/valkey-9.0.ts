import { loaderValkey90 } from "../loaders/valkey-9.0.ts";
import { embeddedKey } from "../models/hashtable/embedded-key.ts";
import { embedding90 } from "../models/hashtable/embedding-rules.ts";
import { entryPair } from "../models/hashtable/entry.ts";
import { hashtableTables } from "../models/hashtable/tables.ts";
import type { Profile } from "./profile.ts";
import { valkey81 } from "./valkey-8.1.ts";

/** sizeof(hashtable) with kvstoreHashtableMetadata as in Valkey 8.1. */
const KVSTORE_TABLE_BYTES = 72 + 16;

/**
 * Valkey 9.0: Valkey 8.1 with hash fields that expire, and MEMORY USAGE that counts the key. Derived from the
 * pull requests between 8.1 and 9.1 and the sources of both, not measured; used_memory at start as of 8.1.
 */
export const valkey90: Profile = {
  ...valkey81,
  name: "valkey-9.0",
  from: [9, 0],
  to: [9, 0],
  rdbVersion: 80,
  measured: undefined,
  elements: { ...valkey81.elements, hash: { bytes: entryPair, heap: entryPair } },
  loader: loaderValkey90,
  key: embeddedKey(embedding90),
  tables: hashtableTables({ structBytes: KVSTORE_TABLE_BYTES, stores: 3 }),
};
