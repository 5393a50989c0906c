import type { Part } from "../../bill.ts";
import type { TableModel } from "../../profiles/index.ts";
import type { Target } from "../../target.ts";
import { dictNextSize, occupiedBuckets } from "../dict.ts";

const DICTS: Part = {
  name: "dicts of keys and expires",
  source: "createDictIfNeeded(), kvstore.c, Redis 8.6.3",
};
const KEYS: Part = { name: "bucket arrays of keys", source: "kvstoreExpand(), kvstore.c, Redis 8.6.3" };
const EXPIRES: Part = { name: "bucket arrays of expires", source: "kvstoreExpand(), kvstore.c, Redis 8.6.3" };
const ENTRIES: Part = {
  name: "dictEntryNoValue, what the keys' shares left out",
  source: "dictInsertKeyAtLink(), dict.c, Redis 8.6.3",
};

/**
 * A key's share of the entries of a dict: 16 bytes for the 29% of keys whose bucket is not empty, which is the mean
 * over all loads a table may have after loading (half full to full). The table model adds what it really is.
 */
export const KEYS_ENTRY_BYTES = 5;
export const EXPIRES_ENTRY_BYTES = 5;

/** sizeof(kvstoreDictMetadata), server.h, Redis 8.6.3: 5 words and 5 x 60 counters of a histogram. */
const KEYS_METADATA_BYTES = 40 + 5 * 60 * 8;
/** sizeof(kvstoreDictMetaBase), kvstore.h, Redis 8.6.3. */
const EXPIRES_METADATA_BYTES = 8;
/** CLUSTER_SLOTS, cluster.h, Redis 8.6.3. */
const CLUSTER_SLOTS = 16384;

interface Tables {
  /** Dicts that hold an entry. */
  dicts: number;
  bucketBytes: number;
  /** Entries with an allocation of their own. */
  chained: number;
}

/**
 * The dicts of a database: one for all keys, or in cluster mode one for each slot that has keys (their numbers are an
 * expectation, as if hashes spread the keys evenly). Bucket arrays were made for the sizes that RESIZEDB or SLOT_INFO
 * announces. Mirrors rdbLoadRioWithLoadingCtx(), rdb.c, and kvstoreExpand(), kvstore.c, Redis 8.6.3. An expectation.
 */
export const kvstoreTables: TableModel = (target, { keys, expires }, bill) => {
  const { allocator, config, profile } = target;
  const { dict, dictEntryNoValue } = profile.sizes;
  const tables = config.clusterEnabled ? slotTables : oneTable;
  const ofKeys = tables(target, keys);
  const ofExpires = tables(target, expires);
  const dicts =
    ofKeys.dicts * allocator.goodSize(dict + KEYS_METADATA_BYTES) +
    ofExpires.dicts * allocator.goodSize(dict + EXPIRES_METADATA_BYTES);
  const entries = (ofKeys.chained + ofExpires.chained) * allocator.goodSize(dictEntryNoValue);
  const shares = keys * KEYS_ENTRY_BYTES + expires * EXPIRES_ENTRY_BYTES;
  bill.add(DICTS, Math.round(ofKeys.dicts + ofExpires.dicts), 0, Math.round(dicts));
  bill.add(KEYS, 1, 0, Math.round(ofKeys.bucketBytes));
  bill.add(EXPIRES, 1, 0, Math.round(ofExpires.bucketBytes));
  bill.add(ENTRIES, 1, 0, Math.round(entries - shares));
};

function oneTable({ allocator }: Target, entries: number): Tables {
  if (entries === 0) return { dicts: 0, bucketBytes: 0, chained: 0 };
  const buckets = dictNextSize(entries);
  return {
    dicts: 1,
    bucketBytes: allocator.goodSize(8 * buckets),
    chained: entries - occupiedBuckets(buckets, entries),
  };
}

/** Expectation over slots whose numbers of entries are Poisson distributed. */
function slotTables(target: Target, entries: number): Tables {
  const mean = entries / CLUSTER_SLOTS;
  const last = Math.ceil(mean + 10 * Math.sqrt(mean) + 10);
  const sum: Tables = { dicts: 0, bucketBytes: 0, chained: 0 };
  if (entries === 0) return sum;
  let logChance = -mean;
  for (let count = 1; count <= last; count++) {
    logChance += Math.log(mean / count);
    const slots = CLUSTER_SLOTS * Math.exp(logChance);
    const one = oneTable(target, count);
    sum.dicts += slots;
    sum.bucketBytes += slots * one.bucketBytes;
    sum.chained += slots * one.chained;
  }
  return sum;
}
