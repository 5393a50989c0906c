import type { Allocator } from "../../allocators/index.ts";
import { raxNumbersBytes } from "../rax-numbers.ts";
import type { Spread } from "../spread.ts";
import { BUCKET_BYTES, HashtableGrowth } from "./hashtable.ts";

/**
 * VOLATILESET_BUCKET_INTERVAL_MIN and _MAX, vset.c, Valkey 9.1.2: ms
 * that a bucket spans at least and at first.
 */
const INTERVAL_MIN = 16;
const INTERVAL_MAX = 8192;
/** VOLATILESET_VECTOR_BUCKET_MAX_SIZE, vset.c, Valkey 9.1.2. */
const VECTOR_MAX_SIZE = 127;
/** PV_HEADER_SIZE, vset.c, Valkey 9.1.2, and a pointer. */
const VECTOR_HEADER_BYTES = 8;
const POINTER_BYTES = 8;
/** sizeof(rax) with its count of allocated bytes, rax.h, Valkey 8.1.1, and a key of it: a 64-bit number. */
const RAX_BYTES = 32;
const KEY_BYTES = 8;

/**
 * Fields that expire before `end` (ms since the epoch) and after the bucket before: a vector, or a hashtable.
 */
interface Bucket {
  end: number;
  times: number[];
  isHashtable: boolean;
}

/**
 * What a set of expiring fields takes: the server's own count, which is
 * what is allocated for more than two fields.
 */
export interface VsetSize {
  bytes: number;
  /** Child buckets of its hashtables: their variance, and whether there are any. */
  childMean: number;
  childVariance: number;
}

/**
 * The set that holds the fields of a hash by the time they expire: nothing for one field, a vector up to 127,
 * then a radix tree of vectors by time, a hashtable where more than 127 share 16 ms. Mirrors vsetAddEntry()
 * and vsetMemUsage(), vset.c, Valkey 9.1.2. Exact but for the hashtables' child buckets (their hash is of an
 * address) and for allocators where 24 is no size class.
 */
export function vsetSize(
  times: Float64Array,
  count: number,
  allocator: Allocator,
  structBytes: number,
  out: VsetSize,
): void {
  out.bytes = 0;
  out.childMean = 0;
  out.childVariance = 0;
  if (count <= 1) return;
  if (count <= VECTOR_MAX_SIZE) out.bytes = vectorBytes(count, allocator);
  else addTree(timeBuckets(times, count), allocator, structBytes, out);
}

/**
 * Mirrors pvNew() and pvMakeRoomFor(), vset.c, Valkey 9.1.2: a vector
 * of two is counted by what was asked for.
 */
function vectorBytes(count: number, allocator: Allocator): number {
  const bytes = VECTOR_HEADER_BYTES + POINTER_BYTES * count;
  return count <= 2 ? bytes : allocator.goodSize(bytes);
}

function addTree(buckets: readonly Bucket[], allocator: Allocator, structBytes: number, out: VsetSize): void {
  const ends = buckets.map(({ end }) => end);
  out.bytes += allocator.goodSize(RAX_BYTES) + raxNumbersBytes(ends, ends.length, KEY_BYTES, allocator);
  for (const { times, isHashtable } of buckets) {
    if (!isHashtable) out.bytes += times.length === 1 ? 0 : vectorBytes(times.length, allocator);
    else addPointerTable(times.length, structBytes, out);
  }
}

function addPointerTable(entries: number, structBytes: number, out: VsetSize): void {
  const table = new HashtableGrowth();
  table.reset(0, 0);
  table.add(entries);
  const children: Spread = table.children();
  out.bytes += structBytes + BUCKET_BYTES * (table.first + table.second);
  out.childMean += children.mean;
  out.childVariance += children.variance;
}

/**
 * The buckets after all fields were added in the order given. Mirrors
 * insertToBucket_RAX(), vset.c, Valkey 9.1.2.
 */
function timeBuckets(times: Float64Array, count: number): Bucket[] {
  const sorted = Array.from(times.subarray(0, VECTOR_MAX_SIZE)).sort((a, b) => a - b);
  const buckets: Bucket[] = [];
  const end = windowEnd(sorted.at(-1) as number, INTERVAL_MAX);
  if (windowEnd(sorted[0] as number, INTERVAL_MAX) === end) {
    buckets.push({ end, times: sorted, isHashtable: false });
  } else for (const time of sorted) insert(buckets, time);
  for (let i = VECTOR_MAX_SIZE; i < count; i++) insert(buckets, times[i] as number);
  return buckets;
}

/**
 * End of the window of `interval` ms that holds a time: get_bucket_ts(),
 * get_max_bucket_ts(), vset.c, Valkey 9.1.2.
 */
function windowEnd(time: number, interval: number): number {
  return Math.floor(time / interval) * interval + interval;
}

function insert(buckets: Bucket[], time: number): void {
  for (;;) {
    const at = firstAfter(buckets, time);
    const bucket = buckets[at];
    if (bucket === undefined || windowEnd(time, INTERVAL_MAX) < bucket.end) {
      buckets.splice(at, 0, { end: windowEnd(time, INTERVAL_MAX), times: [time], isHashtable: false });
      return;
    }
    if (bucket.isHashtable || bucket.times.length < VECTOR_MAX_SIZE || !split(buckets, at, bucket)) {
      bucket.isHashtable ||= bucket.times.length === VECTOR_MAX_SIZE;
      bucket.times.push(time);
      return;
    }
  }
}

/** Index of the first bucket that ends after `time`. */
function firstAfter(buckets: readonly Bucket[], time: number): number {
  let low = 0;
  let high = buckets.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((buckets[middle] as Bucket).end > time) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Makes room in a full vector, if its times are not all of one window. Mirrors
 * splitBucketIfPossible(), vset.c, Valkey 9.1.2.
 */
function split(buckets: Bucket[], at: number, bucket: Bucket): boolean {
  const times = bucket.times.sort((a, b) => a - b);
  const last = windowEnd(times.at(-1) as number, INTERVAL_MIN);
  if (last < bucket.end) {
    bucket.end = last;
    return true;
  }
  if (windowEnd(times[0] as number, INTERVAL_MIN) === last) return false;
  const index = splitPosition(times);
  const end = windowEnd(times[index - 1] as number, INTERVAL_MIN);
  buckets.splice(at, 0, { end, times: times.slice(0, index), isHashtable: false });
  bucket.times = times.slice(index);
  return true;
}

/** Where two windows meet, next to the middle. Mirrors findSplitPosition(), vset.c, Valkey 9.1.2. */
function splitPosition(times: readonly number[]): number {
  const middle = times.length >> 1;
  for (let offset = 0; ; offset++) {
    if (meet(times, middle - offset)) return middle - offset;
    if (meet(times, middle + offset)) return middle + offset;
  }
}

function meet(times: readonly number[], at: number): boolean {
  if (at <= 0 || at >= times.length) return false;
  return windowEnd(times[at - 1] as number, INTERVAL_MIN) < windowEnd(times[at] as number, INTERVAL_MIN);
}
