import type { Part } from "../bill.ts";
import type { TableModel } from "../profiles/index.ts";
import type { Target } from "../target.ts";
import { BUCKET_BYTES, nextBuckets } from "./hashtable.ts";
import { childBuckets, ENTRIES_PER_BUCKET } from "./hashtable-chains.ts";

/** CLUSTER_SLOTS, cluster.h, Valkey 8.1.1. */
const CLUSTER_SLOTS = 16384;
/** Numbers of keys of a slot that are less likely are left out. */
const NEGLIGIBLE = 1e-12;

const MAIN: Part = { name: "buckets of the main table", source: "dbExpand(), db.c, Valkey 8.1.1" };
const EXPIRES: Part = {
  name: "buckets of the expires table",
  source: "dbExpandExpires(), db.c, Valkey 8.1.1",
};
const VOLATILE: Part = {
  name: "buckets of the table of hashes with expiring fields",
  source: "dbTrackKeyWithVolatileItems(), db.c, Valkey 9.1.2",
};

/** A table made for `entries`, its child buckets as expected. */
function tableBytes({ allocator }: Target, entries: number): number {
  if (entries === 0) return 0;
  const buckets = nextBuckets(entries);
  return allocator.goodSize(BUCKET_BYTES * buckets) + BUCKET_BYTES * childBuckets(buckets, entries).mean;
}

/** One table a slot that has keys, the keys spread over the slots at random. An estimate. */
function slotTablesBytes(target: Target, entries: number, structBytes: number): number {
  const struct = target.allocator.goodSize(structBytes);
  const load = entries / CLUSTER_SLOTS;
  const last = load + 12 * Math.sqrt(load) + 12;
  let logChance = -load;
  let expected = 0;
  for (let keys = 1; keys <= last; keys++) {
    logChance += Math.log(load / keys);
    const chance = Math.exp(logChance);
    if (chance > NEGLIGIBLE) expected += chance * (struct + tableBytes(target, keys));
  }
  return CLUSTER_SLOTS * expected;
}

/** A table that entries were added to one by one, after the cron job has moved all. */
function grownTableBytes({ allocator }: Target, entries: number): number {
  if (entries === 0) return 0;
  let buckets = 1;
  while (entries > ENTRIES_PER_BUCKET * buckets) buckets *= 2;
  return allocator.goodSize(BUCKET_BYTES * buckets) + BUCKET_BYTES * childBuckets(buckets, entries).mean;
}

function knownSlotsBytes(target: Target, slots: ArrayLike<number>, structBytes: number): number {
  const struct = target.allocator.goodSize(structBytes);
  let bytes = 0;
  for (let slot = 0; slot < slots.length; slot++) {
    const entries = slots[slot] as number;
    if (entries > 0) bytes += struct + tableBytes(target, entries);
  }
  return bytes;
}

/**
 * The tables of a database, whose arrays were made for the sizes that RESIZEDB announces; in cluster mode one of
 * `structBytes` for each slot. Mirrors dbExpandGeneric(), db.c, and createHashtableIfNeeded(), kvstore.c, Valkey 8.1.1. An
 * expectation: how many child buckets there are is random.
 */
export function hashtableTables(structBytes: number): TableModel {
  return (target, { keys, expires, slots, expiringHashes = 0 }, bill) => {
    const size = (entries: number, bySlot: ArrayLike<number> | undefined): number => {
      if (!target.config.clusterEnabled || entries === 0) return tableBytes(target, entries);
      if (bySlot !== undefined) return knownSlotsBytes(target, bySlot, structBytes);
      return slotTablesBytes(target, entries, structBytes);
    };
    bill.add(MAIN, 1, 0, Math.round(size(keys, slots?.keys)));
    bill.add(EXPIRES, 1, 0, Math.round(size(expires, slots?.expires)));
    if (expiringHashes > 0) bill.add(VOLATILE, 1, 0, Math.round(grownTableBytes(target, expiringHashes)));
  };
}
