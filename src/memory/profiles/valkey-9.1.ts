import { loaderValkey91 } from "../loaders/valkey-9.1.ts";
import { embeddedKey } from "../models/hashtable/embedded-key.ts";
import { embedding91 } from "../models/hashtable/embedding-rules.ts";
import { hashtableTables } from "../models/hashtable/tables.ts";
import { embeddedSdsBytes } from "../models/sds-usable.ts";
import { zslNodeWithMember } from "../models/skiplist.ts";
import type { Profile } from "./profile.ts";
import { valkey90 } from "./valkey-9.0.ts";

/** sizeof(hashtable) with kvstoreHashtableMetadata, hashtable.c and kvstore.c, Valkey 9.1.2. */
const KVSTORE_TABLE_BYTES = 80 + 16;

/**
 * Score and tail pointer of a node, and a level: zskiplistNode without
 * its first level, server.h, Valkey 9.1.2.
 */
const sizes = { ...valkey90.sizes, zskiplist: 0, zskiplistNode: 16, zskiplistLevel: 16 };
const node = zslNodeWithMember(sizes, embeddedSdsBytes);

/**
 * Valkey 9.1 with its vendored jemalloc 5.3.0: members in skiplist
 * nodes, longer values in objects. 9.1.2. Exact.
 */
export const valkey91: Profile = {
  ...valkey90,
  name: "valkey-9.1",
  from: [9, 1],
  to: [9, 1],
  rdbVersion: 80,
  measured: "9.1.2",
  sizes,
  elements: { ...valkey90.elements, zset: { bytes: node, heap: node } },
  loader: loaderValkey91,
  key: embeddedKey(embedding91),
  tables: hashtableTables({ structBytes: KVSTORE_TABLE_BYTES, stores: 3 }),
  baselineBytes: 979120,
};
