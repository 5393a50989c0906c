import type { Part } from "../../bill.ts";
import type { Loader } from "../../loader.ts";
import { ENCODING, EXACTNESS } from "../../types.ts";
import { DICT_72 } from "../dict.ts";
import {
  dictHashes,
  type ExpiringHashRules,
  expiringHashes,
  type PlainHashRules,
  presizedDictHash,
} from "../hash.ts";
import { expandForLeft, expandForLeftFirst } from "../hash-load.ts";
import type { HashLayout, PlainHashLayout } from "../loading/hash.ts";
import { type Packed, packedByHeap } from "../packed.ts";

const LISTPACK: Part = { name: "listpack", source: "hashTypeTryConversion(), t_hash.c, Redis 7.2.6" };

/** Redis 7.0 to 8.2, and every Valkey. */
export const HASH_LISTPACK_72: Packed = packedByHeap(ENCODING.listpack, LISTPACK);

/** Redis 7.0 to 8.2, Valkey 7.2 and 8.0. */
const PLAIN: PlainHashRules = {
  table: {
    fields: { name: "fields and values (sds)", source: "rdbLoadObject(), rdb.c, Redis 7.2.6" },
    dict: DICT_72,
    valued: true,
    metadataBytes: 0,
  },
  listpack: HASH_LISTPACK_72,
  load: expandForLeft,
};

/** Redis 7.4 to 8.2. Sizes: sizeof(dictExpireMetadata) and sizeof(listpackEx), server.h, rax.h, 7.4.1. */
const EXPIRING: ExpiringHashRules = {
  table: { ...PLAIN.table, metadataBytes: 32 },
  listpack: packedByHeap(ENCODING.listpackex, {
    name: "listpack of fields, values and expiries",
    source: "listpackExAddNew(), t_hash.c; rdbLoadObject(), rdb.c, Redis 7.4.1",
  }),
  listpackEx: packedByHeap(ENCODING.listpackex, {
    name: "listpackEx",
    source: "listpackExCreate(), t_hash.c, Redis 7.4.1",
  }),
  listpackExBytes: 32,
  load: expandForLeftFirst,
  ebuckets: { name: "ebuckets of the fields' expiries", source: "ebAdd(), ebuckets.c, Redis 7.4.1" },
  raxBytes: 24,
};

/** Hashes without field expiries, of Redis 7.0 to 8.2, Valkey 7.2 and 8.0. */
export const plainHashes72: Pick<Loader, PlainHashLayout> = dictHashes(PLAIN);

const table = presizedDictHash(PLAIN.table);
const listpackEx = packedByHeap(ENCODING.listpackex, LISTPACK);

/** Hashes of servers that cannot load field expiries: sized without them, as a lower bound. */
export const hashes72: Pick<Loader, HashLayout> = {
  ...plainHashes72,
  hashExpiry: (stats, on, bill) => {
    table(stats, on, bill);
    bill.exactness = EXACTNESS.lowerBound;
  },
  hashListpackExpiry: (stats, on, bill) => {
    listpackEx(bill, on.target, stats.blobBytes);
    bill.exactness = EXACTNESS.lowerBound;
  },
};

/** Hashes of Redis 7.4 to 8.2. */
export const hashes74: Pick<Loader, HashLayout> = { ...plainHashes72, ...expiringHashes(EXPIRING) };
