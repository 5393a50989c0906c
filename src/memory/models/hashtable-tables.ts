import type { Part } from "../bill.ts";
import type { TableModel } from "../profiles/index.ts";
import type { Target } from "../target.ts";
import { BUCKET_BYTES, nextBuckets } from "./hashtable.ts";
import { childBuckets } from "./hashtable-chains.ts";

/** CLUSTER_SLOTS, cluster.h, Valkey 8.1.1. */
const CLUSTER_SLOTS = 16384;
/** Numbers of keys of a slot that are less likely are left out. */
const NEGLIGIBLE = 1e-12;

const MAIN: Part = { name: "buckets of the main table", source: "dbExpand(), db.c, Valkey 8.1.1" };
const EXPIRES: Part = {
  name: "buckets of the expires table",
  source: "dbExpandExpires(), db.c, Valkey 8.1.1",
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

/**
 * The tables of a database, whose arrays were made for the sizes that RESIZEDB announces; in cluster mode one of
 * `structBytes` for each slot. Mirrors dbExpandGeneric(), db.c, and createHashtableIfNeeded(), kvstore.c, Valkey 8.1.1. An
 * expectation: how many child buckets there are is random.
 */
export function hashtableTables(structBytes: number): TableModel {
  return (target, { keys, expires }, bill) => {
    const size = (entries: number) =>
      Math.round(
        target.config.clusterEnabled && entries > 0
          ? slotTablesBytes(target, entries, structBytes)
          : tableBytes(target, entries),
      );
    bill.add(MAIN, 1, 0, size(keys));
    bill.add(EXPIRES, 1, 0, size(expires));
  };
}
