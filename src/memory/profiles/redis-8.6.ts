import { loader86 } from "../loaders/redis-8.6.ts";
import { largeByFill } from "../models/quicklist.ts";
import { sdsElement } from "../models/sds.ts";
import { sdsnewlenBytes, sdsReqSize, trackedSds } from "../models/sds-usable.ts";
import { zslNodeWithMember } from "../models/skiplist.ts";
import { heapEntry, trackedEntry } from "../models/tracked/entry.ts";
import { kvobjKey } from "../models/tracked/kvobj.ts";
import { kvobjTables } from "../models/tracked/kvstore.ts";
import type { Profile } from "./profile.ts";
import { redis72 } from "./redis-7.2.ts";

/** sizeof(kvstoreDictMetadata), server.h: five words and counts of keys by size. */
const KEYS_METADATA_BYTES = 40 + 5 * 60 * 8;
const node = { zskiplistNode: 16, zskiplistLevel: 16 };
const member = zslNodeWithMember(node, sdsReqSize);

/**
 * Redis 8.6 with its vendored jemalloc 5.3.0. MEMORY USAGE answers sizes that the server
 * tracks, and takes no samples. Defaults: config.c; struct sizes: object.h, server.h, dict.c,
 * dict.h, quicklist.h, stream.h, rax.h, 8.6.3. Exact.
 */
export const redis86: Profile = {
  ...redis72,
  name: "redis-8.6",
  from: [8, 6],
  to: [8, 6],
  rdbVersion: 13,
  measured: "8.6.3",
  sizes: {
    ...redis72.sizes,
    ...node,
    quicklist: 48,
    zskiplist: 40,
  },
  sdsBytes: sdsnewlenBytes,
  elements: {
    set: { bytes: trackedSds, heap: sdsElement },
    zset: { bytes: member, heap: member },
    hash: { bytes: trackedEntry, heap: heapEntry },
  },
  loader: loader86,
  largeElement: largeByFill,
  key: kvobjKey,
  tables: kvobjTables({ keysMetadata: KEYS_METADATA_BYTES, expiresMetadata: 8, hashExpiriesRax: 32 }),
  baselineBytes: 778864,
};
