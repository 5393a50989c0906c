import { separatePair } from "../lanes.ts";
import { loaderValkey80 } from "../loaders/valkey-8.0.ts";
import { kvstoreTables } from "../models/kvstore.ts";
import { dictEmbeddedKey } from "../models/listpack-era/dict-embedded-key.ts";
import { largeByFill } from "../models/quicklist.ts";
import { sdsnewlenBytes, sdsUsableElement } from "../models/sds-usable.ts";
import type { Profile } from "./profile.ts";
import { redis72 } from "./redis-7.2.ts";

const sdsPair = separatePair(sdsUsableElement);

/**
 * Valkey 8.0 with its vendored jemalloc 5.3.0: the structures of Redis
 * 7.2, but for the entry of a key. 8.0.1. Exact.
 */
export const valkey80: Profile = {
  ...redis72,
  name: "valkey-8.0",
  server: "valkey",
  from: [8, 0],
  to: [8, 0],
  rdbVersion: 11,
  measured: "8.0.1",
  sdsBytes: sdsnewlenBytes,
  elements: {
    set: { bytes: sdsUsableElement, heap: sdsUsableElement },
    zset: { bytes: sdsUsableElement, heap: sdsUsableElement },
    hash: { bytes: sdsPair, heap: sdsPair },
  },
  loader: loaderValkey80,
  largeElement: largeByFill,
  key: dictEmbeddedKey,
  tables: kvstoreTables({ keysMetadata: 16, expiresMetadata: 16 }),
  baselineBytes: 964464,
};
