import type { Allocator } from "../../allocators/index.ts";
import type { Part } from "../../bill.ts";
import type { TableModel } from "../../profiles/index.ts";
import type { Target } from "../../target.ts";
import { CLUSTER_SLOTS, slotArraysBytes } from "../kvstore.ts";
import { childBuckets, ENTRIES_PER_BUCKET } from "./chains.ts";
import { BUCKET_BYTES, nextBuckets } from "./hashtable.ts";

/** Numbers of keys of a slot that are less likely are left out. */
const NEGLIGIBLE = 1e-12;

const SLOTS: Part = {
  name: "kvstore: pointers and counts of slots",
  source: "kvstoreCreate(), kvstore.c, Valkey 8.1.1",
};
const MAIN: Part = { name: "hashtable of keys", source: "dbExpand(), db.c, Valkey 8.1.1" };
const EXPIRES: Part = {
  name: "hashtable of expiries",
  source: "dbExpandExpires(), db.c, Valkey 8.1.1",
};
const VOLATILE: Part = {
  name: "hashtable of hashes with expiring fields",
  source: "dbTrackKeyWithVolatileItems(), db.c, Valkey 9.1.2",
};

/** What differs between the kvstores of servers. */
interface KvstoreRules {
  /** sizeof(hashtable) with the metadata of a kvstore. */
  readonly structBytes: number;
  /** Kvstores of a database, all with an array of slots in cluster mode. */
  readonly stores: number;
}

/** A hashtable made for `entries`, its child buckets as expected; none exists for none. */
function tableBytes({ allocator }: Target, structBytes: number, entries: number): number {
  if (entries === 0) return 0;
  return allocator.goodSize(structBytes) + bucketBytes(allocator, nextBuckets(entries), entries);
}

/** The same when entries were added to it one by one, after the cron job has moved all. */
function grownTableBytes({ allocator }: Target, structBytes: number, entries: number): number {
  if (entries === 0) return 0;
  let buckets = 1;
  while (entries > ENTRIES_PER_BUCKET * buckets) buckets *= 2;
  return allocator.goodSize(structBytes) + bucketBytes(allocator, buckets, entries);
}

function bucketBytes(allocator: Allocator, buckets: number, entries: number): number {
  return allocator.goodSize(BUCKET_BYTES * buckets) + BUCKET_BYTES * childBuckets(buckets, entries).mean;
}

/** A table a slot that has keys, the keys spread over the slots at random. */
function spreadSlotsBytes(target: Target, structBytes: number, entries: number): number {
  const load = entries / CLUSTER_SLOTS;
  const last = load + 12 * Math.sqrt(load) + 12;
  let logChance = -load;
  let expected = 0;
  for (let keys = 1; keys <= last; keys++) {
    logChance += Math.log(load / keys);
    const chance = Math.exp(logChance);
    if (chance > NEGLIGIBLE) expected += chance * tableBytes(target, structBytes, keys);
  }
  return CLUSTER_SLOTS * expected;
}

function knownSlotsBytes(target: Target, structBytes: number, slots: ArrayLike<number>): number {
  let bytes = 0;
  for (let slot = 0; slot < slots.length; slot++)
    bytes += tableBytes(target, structBytes, slots[slot] as number);
  return bytes;
}

/**
 * The hashtables of a database, made for the sizes that RESIZEDB announces; in cluster mode one for
 * each slot that has keys. Mirrors dbExpandGeneric(), db.c, kvstoreCreate() and
 * createHashtableIfNeeded(), kvstore.c, Valkey 8.1.1. An expectation: how many child buckets there are
 * is random; in cluster mode the bus is not in it.
 */
export function hashtableTables({ structBytes, stores }: KvstoreRules): TableModel {
  return (target, { keys, expires, slots, expiringHashes = 0 }, bill) => {
    const { clusterEnabled } = target.config;
    const size = (entries: number, bySlot: ArrayLike<number> | undefined): number => {
      if (!clusterEnabled || entries === 0) return tableBytes(target, structBytes, entries);
      if (bySlot !== undefined) return knownSlotsBytes(target, structBytes, bySlot);
      return spreadSlotsBytes(target, structBytes, entries);
    };
    if (clusterEnabled) bill.add(SLOTS, stores, 0, stores * slotArraysBytes(target.allocator));
    bill.add(MAIN, 1, 0, Math.round(size(keys, slots?.keys)));
    bill.add(EXPIRES, 1, 0, Math.round(size(expires, slots?.expires)));
    if (expiringHashes > 0) {
      bill.add(VOLATILE, 1, 0, Math.round(grownTableBytes(target, structBytes, expiringHashes)));
    }
  };
}
