import type { Part } from "../../bill.ts";
import type { Finish } from "../../loader.ts";
import { ENCODING } from "../../types.ts";
import { spreadOf } from "../spread.ts";
import { childBuckets } from "./chains.ts";
import { type EntryLane, MOST_TIMES } from "./entry.ts";
import { addHashtable, BUCKET_BYTES, expectChildren, nextBuckets } from "./hashtable.ts";
import { type VsetSize, vsetSize } from "./vset.ts";

const FIELDS: Part = { name: "fields with values", source: "entryCreate(), entry.c, Valkey 9.1.2" };
const VSET: Part = { name: "vset of expiring fields", source: "vsetMemUsage(), vset.c, Valkey 9.1.2" };

/** What a set takes for a field at least. */
const POINTER_BYTES = 8;

const vset: VsetSize = { bytes: 0, childMean: 0, childVariance: 0 };

/**
 * A hash with fields that expire: a table of `structBytes` from the start, made for all fields of the
 * snapshot (`pointerTableBytes`: sizeof(hashtable) in its vset); those past their time are left out. Mirrors
 * rdbLoadObject(), rdb.c, hashTypeTrackEntry(), t_hash.c, and objectComputeSize(), object.c, Valkey 9.1.2.
 * Child buckets are expected; so is the vset beyond `MOST_TIMES` fields, in proportion to that of the first.
 */
export function hashExpiryBy(structBytes: number, pointerTableBytes: number): Finish {
  return (stats, on, bill) => {
    const { target } = on;
    const lane = on.hashBytes as EntryLane;
    const declared = Math.ceil(stats.reported / 2);
    const fields = declared - lane.dropped;
    const buckets = nextBuckets(declared);
    const children = childBuckets(buckets, fields);
    bill.encoding = ENCODING.hashtable;
    bill.add(FIELDS, fields, lane.sum, lane.sum);
    addHashtable(bill, target, structBytes, buckets, 0, children);
    const known = Math.min(lane.expiring, MOST_TIMES);
    vsetSize(lane.times, known, target.allocator, pointerTableBytes, vset);
    const share = known === 0 ? 0 : lane.expiring / known;
    const expected = Math.round(share * (vset.bytes + BUCKET_BYTES * vset.childMean));
    if (share > 1) bill.expect(expected - POINTER_BYTES * lane.expiring, expected);
    bill.add(VSET, lane.expiring, expected, expected);
    if (vset.childVariance === 0) expectChildren(bill, children);
    else {
      const { childMean, childVariance } = vset;
      expectChildren(bill, spreadOf(children.mean + childMean, children.variance + childVariance, 0));
    }
  };
}
