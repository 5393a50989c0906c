import type { Allocator } from "../allocators/index.ts";
import { raxNumbersBytes } from "./rax-numbers.ts";

/** EB_LIST_MAX_ITEMS and EB_SEG_MAX_ITEMS, ebuckets.c, Redis 7.4.1. */
const EB_SEG_MAX_ITEMS = 16;
/** EB_KEY_SIZE, ebuckets.c, Redis 7.4.1: bytes of a bucket's key in its rax. */
const EB_KEY_SIZE = 6;
/** EB_EXPIRE_TIME_MAX, ebuckets.h, Redis 7.4.1: the latest that fits a key; later times are taken for it. */
const EB_EXPIRE_TIME_MAX = 2 ** 48 - 1;
/** sizeof(FirstSegHdr), sizeof(NextSegHdr), ebuckets.c, Redis 7.4.1. */
const FIRST_SEG_HDR_BYTES = 16;
const NEXT_SEG_HDR_BYTES = 24;
/** sizeof(rax), rax.h, Redis 7.4.1, and its one word of metadata: ebConvertListToRax(), ebuckets.c. */
const RAX_BYTES = 24;
const RAX_METADATA_BYTES = 8;
/** So many items are followed one by one; more take their share of what these take. */
const MAX_ITEMS = 8192;

/** Expiries of a hash's fields in the order they are registered; beyond `MAX_ITEMS` only their number. */
export class FieldExpiries {
  count = 0;
  private times = new Float64Array(EB_SEG_MAX_ITEMS);

  reset(): void {
    this.count = 0;
  }

  add(atMs: number): void {
    if (this.count < MAX_ITEMS) {
      if (this.count === this.times.length) this.grow();
      this.times[this.count] = Math.min(atMs, EB_EXPIRE_TIME_MAX);
    }
    this.count++;
  }

  /**
   * What the allocator holds for the ebuckets of these fields: nothing for a list, which runs through the
   * fields themselves; beyond `EB_LIST_MAX_ITEMS` a rax of segments. MEMORY USAGE does not look at it.
   * Mirrors ebAdd(), ebuckets.c, Redis 7.4.1. Exact up to `MAX_ITEMS` items, in proportion beyond.
   */
  heapBytes(allocator: Allocator, raxBytes = RAX_BYTES): number {
    const { count } = this;
    if (count <= EB_SEG_MAX_ITEMS) return 0;
    const known = Math.min(count, MAX_ITEMS);
    shared ??= new Ebuckets();
    shared.fill(this.times, known);
    return Math.round((shared.heapBytes(allocator, raxBytes) * count) / known);
  }

  private grow(): void {
    const times = new Float64Array(2 * this.times.length);
    times.set(this.times);
    this.times = times;
  }
}

let shared: Ebuckets | undefined;

/**
 * The buckets of an ebuckets rax: up to 16 items in order of time, or more of one and
 * the same time in several segments. Mirrors ebAddToRax(), ebAddToBucket(),
 * ebTrySegSplit() and ebSegAddExtended(), ebuckets.c, Redis 7.4.1.
 */
class Ebuckets {
  private buckets = 0;
  private nextSegments = 0;
  /** Buckets in order of their keys. */
  private readonly order = new Int32Array(MAX_ITEMS);
  private readonly keys = new Float64Array(MAX_ITEMS);
  private readonly sorted = new Float64Array(MAX_ITEMS);
  private readonly segments = new Int32Array(MAX_ITEMS);
  /** Items of a bucket's first segment. */
  private readonly counts = new Uint8Array(MAX_ITEMS);
  private readonly items = new Float64Array(MAX_ITEMS * EB_SEG_MAX_ITEMS);

  /** `count` items, more than a list takes. */
  fill(times: Float64Array, count: number): void {
    this.buckets = 0;
    this.nextSegments = 0;
    const first = times.slice(0, EB_SEG_MAX_ITEMS).sort();
    this.items.set(first);
    this.insertBucket(0, EB_SEG_MAX_ITEMS);
    for (let i = EB_SEG_MAX_ITEMS; i < count; i++) this.add(times[i] as number);
  }

  private add(time: number): void {
    const place = this.lastUpTo(time);
    if (place < 0) {
      this.newBucket(0, time);
      return;
    }
    const bucket = this.order[place] as number;
    if (this.segments[bucket] !== 1) this.addExtended(place, bucket, time);
    else if ((this.counts[bucket] as number) < EB_SEG_MAX_ITEMS) this.insertItem(bucket, time);
    else {
      const middle = this.splitIndex(bucket);
      if (middle === 0) this.addExtended(place, bucket, time);
      else this.split(place, bucket, middle, time);
    }
  }

  /** The bucket's items are all of one time. */
  private addExtended(place: number, bucket: number, time: number): void {
    const only = this.items[bucket * EB_SEG_MAX_ITEMS] as number;
    if (time !== only) {
      if (time < only) this.keys[bucket] = only;
      this.newBucket(time < only ? place : place + 1, time);
    } else if ((this.counts[bucket] as number) < EB_SEG_MAX_ITEMS) this.insertItem(bucket, time);
    else {
      this.keys[bucket] = only;
      this.counts[bucket] = 1;
      (this.segments[bucket] as number)++;
      this.nextSegments++;
    }
  }

  private split(place: number, bucket: number, middle: number, time: number): void {
    const from = bucket * EB_SEG_MAX_ITEMS;
    const added = this.buckets;
    this.items.copyWithin(added * EB_SEG_MAX_ITEMS, from + middle, from + EB_SEG_MAX_ITEMS);
    this.counts[bucket] = middle;
    this.insertBucket(place + 1, EB_SEG_MAX_ITEMS - middle);
    this.insertItem(time < (this.keys[added] as number) ? bucket : added, time);
  }

  /** First item of the second part: where times differ, nearest to the middle; 0 when all are the same. */
  private splitIndex(bucket: number): number {
    const half = EB_SEG_MAX_ITEMS / 2;
    const from = bucket * EB_SEG_MAX_ITEMS;
    let best = 0;
    let distance = half;
    for (let i = 0; i < EB_SEG_MAX_ITEMS - 1; i++) {
      if ((this.items[from + i + 1] as number) <= (this.items[from + i] as number)) continue;
      const away = i < half ? half - i : i + 1 - half;
      if (i < half || away < distance) {
        best = i + 1;
        distance = away;
      }
    }
    return best;
  }

  private newBucket(place: number, time: number): void {
    this.items[this.buckets * EB_SEG_MAX_ITEMS] = time;
    this.insertBucket(place, 1);
  }

  /**
   * Puts the bucket whose items were just stored, the next one in memory, at `place` in the order of keys.
   */
  private insertBucket(place: number, count: number): void {
    const bucket = this.buckets++;
    this.keys[bucket] = this.items[bucket * EB_SEG_MAX_ITEMS] as number;
    this.counts[bucket] = count;
    this.segments[bucket] = 1;
    this.order.copyWithin(place + 1, place, bucket);
    this.order[place] = bucket;
  }

  private insertItem(bucket: number, time: number): void {
    const from = bucket * EB_SEG_MAX_ITEMS;
    let at = from + (this.counts[bucket] as number)++;
    for (; at > from && (this.items[at - 1] as number) > time; at--) {
      this.items[at] = this.items[at - 1] as number;
    }
    this.items[at] = time;
  }

  /** Place of the last bucket whose key is `time` or less, -1 if there is none. */
  private lastUpTo(time: number): number {
    let low = 0;
    let high = this.buckets;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.keys[this.order[middle] as number] as number) <= time) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  heapBytes(allocator: Allocator, raxBytes: number): number {
    const { buckets, sorted } = this;
    const { goodSize } = allocator;
    for (let place = 0; place < buckets; place++)
      sorted[place] = this.keys[this.order[place] as number] as number;
    return (
      buckets * goodSize(FIRST_SEG_HDR_BYTES) +
      this.nextSegments * goodSize(NEXT_SEG_HDR_BYTES) +
      goodSize(raxBytes + RAX_METADATA_BYTES) +
      raxNumbersBytes(sorted, buckets, EB_KEY_SIZE, allocator)
    );
  }
}
