import type { Allocator } from "../allocators/index.ts";
import type { Bill, Part } from "../bill.ts";
import type { TableModel } from "../profiles/index.ts";
import type { Target } from "../target.ts";
import { dictNextSize } from "./dict-load.ts";
import { FieldExpiries } from "./ebuckets.ts";

/** CLUSTER_SLOTS, cluster.h, Redis 7.4.1. */
export const CLUSTER_SLOTS = 16384;

/** What differs between the kvstores of servers. */
export interface KvstoreSizes {
  /** Metadata of each dict of the main kvstore, and of that of expiries: bytes behind sizeof(dict). */
  readonly keysMetadata: number;
  readonly expiresMetadata: number;
  /** sizeof(rax) where hashes are kept by the time their first field expires. */
  readonly hashExpiriesRax?: number;
}

/** Times at which hashes expire are taken to be spread over so many ms: a month. */
const EXPIRIES_SPAN = 30 * 86_400_000;
/** Multiples of this are spread evenly, as fractions. */
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;

const SLOTS: Part = {
  name: "kvstore: pointers and counts of slots",
  source: "kvstoreCreate(), kvstore.c, Redis 7.4.1",
};
const KEYS: Part = { name: "kvstore: dicts of keys", source: "createDictIfNeeded(), kvstore.c, Redis 7.4.1" };
const EXPIRES: Part = {
  name: "kvstore: dicts of expiries",
  source: "createDictIfNeeded(), kvstore.c, Redis 7.4.1",
};
const KEYS_BUCKETS: Part = { name: "bucket arrays of keys", source: "dictExpand(), dict.c, Redis 7.4.1" };
const EXPIRES_BUCKETS: Part = {
  name: "bucket arrays of expiries",
  source: "dictExpand(), dict.c, Redis 7.4.1",
};

const HASH_EXPIRIES: Part = {
  name: "ebuckets of hashes with expiring fields (estimated)",
  source: "ebAdd(), ebuckets.c, Redis 7.4.1",
};

/**
 * The kvstores of a database: a dict for all keys, or one for each slot in cluster mode, made with its first
 * key. RESIZEDB and slot information find no dict to expand, so that arrays grow as keys come; taken as they
 * are when rehashing is done; in cluster mode without hashes by their expiries. Mirrors kvstoreDictAddRaw(),
 * kvstoreExpand(), kvstore.c, Redis 7.4.1. Exact, but for hashes by their expiries, and an expectation in
 * cluster mode without `counts.slots`; the bus of the cluster is not in it.
 */
export function kvstoreTables({ keysMetadata, expiresMetadata, hashExpiriesRax }: KvstoreSizes): TableModel {
  return (target, { keys, expires, slots, expiringHashes = 0 }, bill) => {
    if (!target.config.clusterEnabled) {
      if (hashExpiriesRax !== undefined && expiringHashes > 0) {
        const bytes = spreadExpiries(expiringHashes).heapBytes(target.allocator, hashExpiriesRax);
        bill.add(HASH_EXPIRIES, 1, 0, bytes);
      }
      addDicts(bill, KEYS, KEYS_BUCKETS, target, keysMetadata, [keys]);
      addDicts(bill, EXPIRES, EXPIRES_BUCKETS, target, expiresMetadata, [expires]);
      return;
    }
    const arrays = slotArraysBytes(target.allocator);
    bill.add(SLOTS, 2, 0, 2 * arrays);
    addDicts(bill, KEYS, KEYS_BUCKETS, target, keysMetadata, slots?.keys ?? spread(keys));
    addDicts(bill, EXPIRES, EXPIRES_BUCKETS, target, expiresMetadata, slots?.expires ?? spread(expires));
  };
}

/** Hashes that expire one after another, in no order: what the snapshot says of each is not kept. */
function spreadExpiries(hashes: number): FieldExpiries {
  const expiries = new FieldExpiries();
  for (let i = 0; i < hashes; i++) expiries.add(Math.floor(((i * GOLDEN_RATIO) % 1) * EXPIRIES_SPAN));
  return expiries;
}

/** A kvstore's array of dicts and its binary indexed tree, less the array of one that it has anyway. */
export function slotArraysBytes({ goodSize }: Allocator): number {
  return goodSize(8 * CLUSTER_SLOTS) + goodSize(8 * (CLUSTER_SLOTS + 1)) - goodSize(8);
}

/** Keys by slot when nothing is known of their slots. */
export function spread(keys: number): ArrayLike<number> {
  const even = Math.floor(keys / CLUSTER_SLOTS);
  const more = keys % CLUSTER_SLOTS;
  return Array.from({ length: CLUSTER_SLOTS }, (_, slot) => (slot < more ? even + 1 : even));
}

/** Adds the dicts that hold `counts` entries each; empty ones do not exist. */
function addDicts(
  bill: Bill,
  dicts: Part,
  arrays: Part,
  { allocator, profile }: Target,
  metadata: number,
  counts: ArrayLike<number>,
): void {
  const dict = allocator.goodSize(profile.sizes.dict + metadata);
  let made = 0;
  let buckets = 0;
  for (let i = 0; i < counts.length; i++) {
    const entries = counts[i] as number;
    if (entries === 0) continue;
    made++;
    buckets += allocator.goodSize(8 * dictNextSize(entries));
  }
  bill.add(dicts, made, 0, made * dict);
  bill.add(arrays, made, 0, buckets);
}
