import { loaderValkey81 } from "../loaders/valkey-8.1.ts";
import { embeddedKey } from "../models/hashtable/embedded-key.ts";
import { embedding81 } from "../models/hashtable/embedding-rules.ts";
import { hashEntryPair } from "../models/hashtable/entry.ts";
import { hashtableTables } from "../models/hashtable/tables.ts";
import { sdsUsableElement } from "../models/sds-usable.ts";
import type { Profile } from "./profile.ts";
import { valkey80 } from "./valkey-8.0.ts";

/** sizeof(hashtable) with kvstoreHashtableMetadata, hashtable.c and kvstore.c, Valkey 8.1.1. */
const KVSTORE_TABLE_BYTES = 72 + 16;

/**
 * Valkey 8.1 with its vendored jemalloc 5.3.0: hashtables in place of
 * dicts, keys in their objects. 8.1.1. Exact.
 */
export const valkey81: Profile = {
  ...valkey80,
  name: "valkey-8.1",
  from: [8, 1],
  to: [8, 1],
  rdbVersion: 11,
  measured: "8.1.1",
  sizes: { ...valkey80.sizes, dict: 0, dictEntry: 0, dictEntryNoValue: 0 },
  elements: {
    set: { bytes: sdsUsableElement, heap: sdsUsableElement },
    zset: { bytes: sdsUsableElement, heap: sdsUsableElement },
    hash: { bytes: hashEntryPair, heap: hashEntryPair },
  },
  loader: loaderValkey81,
  key: embeddedKey(embedding81),
  tables: hashtableTables({ structBytes: KVSTORE_TABLE_BYTES, stores: 2 }),
  baselineBytes: 931264,
};
