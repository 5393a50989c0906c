import { LAYOUT } from "../../parsers/visitor.ts";
import { type Target, targetOf, ValueMeter } from "../memory/index.ts";
import { specOfStored } from "../pipeline/target-choice.ts";
import type { SnapshotRow } from "../queries/snapshots.ts";

/** A string key as a field of a hash. */
export interface Entry {
  readonly field: string;
  readonly valueBytes: number;
  readonly isInteger: boolean;
}

/** What hashes take that hold strings as their fields. */
interface Buckets {
  readonly count: number;
  readonly bytes: number;
  readonly heapBytes: number;
}

const MAX_VALUE_BYTES = 4096;
const TEXT = Buffer.alloc(MAX_VALUE_BYTES, "x");
/** Integers of some digits are taken to be in the middle of them: half of the listpack classes is a byte off at most. */
const DIGITS = Buffer.alloc(20, "5");

/** Bucketing is for names that end with an id: the rest is the bucket's name. */
export function isPrefixed(pattern: string): boolean {
  return pattern.indexOf("*") === pattern.length - 1 && pattern.length > 1;
}

/**
 * Sizes strings as fields of hashes of some `perBucket` fields each, spread by a hash of their names, as the snapshot's
 * target would hold them. `nameBytes`: of a hash's key without its number. Values are at most 4 KB.
 */
export function sizeBuckets(
  snapshot: SnapshotRow,
  entries: readonly Entry[],
  perBucket: number,
  nameBytes: number,
): Buckets {
  const target = targetOf(specOfStored(snapshot, {}));
  const count = Math.max(1, Math.ceil(entries.length / perBucket));
  const buckets = Array.from({ length: count }, (): Entry[] => []);
  for (const entry of entries) buckets[hashOf(entry.field) % count]!.push(entry);
  const sizer = new BucketSizer(target);
  let [bytes, heapBytes] = [0, 0];
  for (const [i, bucket] of buckets.entries()) {
    if (bucket.length === 0) continue;
    const bill = sizer.size(bucket, nameBytes + String(i).length);
    bytes += bill.bytes;
    heapBytes += bill.heapBytes;
  }
  return { count, bytes, heapBytes };
}

class BucketSizer {
  private readonly meter: ValueMeter;

  constructor(target: Target) {
    this.meter = new ValueMeter([target]);
  }

  size(entries: readonly Entry[], nameBytes: number) {
    const { meter } = this;
    meter.begin(LAYOUT.hash, entries.length);
    for (const { field, valueBytes, isInteger } of entries) {
      const name = Buffer.from(field);
      meter.text(name.length, name, 0);
      meter.text(valueBytes, isInteger ? DIGITS : TEXT, 0);
    }
    meter.end();
    meter.size(nameBytes, false);
    return meter.bills[0]!;
  }
}

/** FNV-1a: spreads names evenly, as any hash does that somebody would take. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}
