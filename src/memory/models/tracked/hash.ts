import type { Part } from "../../bill.ts";
import type { Loader } from "../../loader.ts";
import { ENCODING } from "../../types.ts";
import { DICT_86 } from "../dict.ts";
import { type DictHashRules, dictHashes, type ExpiringHashRules, expiringHashes } from "../hash.ts";
import {
  expandForAll,
  expandForAllFirst,
  expandForLeft,
  expandForLeftFirst,
  type HashLoad,
} from "../hash-load.ts";
import type { HashLayout } from "../loading/hash.ts";
import { packedByLength } from "../packed.ts";

const LISTPACK: Part = { name: "listpack", source: "hashTypeAllocSize(), t_hash.c, Redis 8.6.3" };

/** Metadata: hashDictMetadataBytes(), t_hash.c, Redis 8.6.3. */
const TABLE_86: DictHashRules = {
  fields: { name: "entries of fields and values", source: "entryCreate(), entry.c, Redis 8.6.3" },
  dict: DICT_86,
  valued: false,
  metadataBytes: 8,
};

const TABLE_84: DictHashRules = {
  ...TABLE_86,
  fields: { name: "fields and values (mstr, sds)", source: "hashTypeSet(), t_hash.c, Redis 8.0.6" },
  valued: true,
};

function trackedHashes(
  table: DictHashRules,
  load: HashLoad,
  loadExpiring: HashLoad,
): Pick<Loader, HashLayout> {
  const expiring: ExpiringHashRules = {
    /** sizeof(htMetadataEx), server.h, Redis 8.6.3. */
    table: { ...table, metadataBytes: 32 },
    listpack: packedByLength(ENCODING.listpackex, LISTPACK),
    listpackEx: packedByLength(ENCODING.listpackex, {
      name: "listpackEx",
      source: "listpackExCreate(), t_hash.c, Redis 8.6.3",
    }),
    /** sizeof(listpackEx), server.h, Redis 8.6.3: an ExpireMeta and a pointer. */
    listpackExBytes: 24,
    load: loadExpiring,
    ebuckets: { name: "ebuckets of the fields' expiries", source: "ebAdd(), ebuckets.c, Redis 8.6.3" },
    /** A rax knows its own size: rax.h, Redis 8.6.3. */
    raxBytes: 32,
  };
  const listpack = packedByLength(ENCODING.listpack, LISTPACK);
  return { ...dictHashes({ table, listpack, load }), ...expiringHashes(expiring) };
}

/** Hashes of Redis 8.4: tracked as in 8.6, but dicts of mstr and sds as in 8.0. Derived. */
export const hashes84: Pick<Loader, HashLayout> = trackedHashes(TABLE_84, expandForLeft, expandForLeftFirst);

/** Hashes of Redis 8.6 and later. Mirrors hashTypeAllocSize(), t_hash.c, Redis 8.6.3. */
export const hashes86: Pick<Loader, HashLayout> = trackedHashes(TABLE_86, expandForAll, expandForAllFirst);
