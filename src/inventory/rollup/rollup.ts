import { expiryHourOf, sizeClassOf, sketchBucketOf } from "./buckets.ts";
import type { CounterExport } from "./counters.ts";
import { CounterTable } from "./counters.ts";
import { MAX_NAME_BYTES, type TopKey, TopKeys } from "./top-keys.ts";

/** Sums of a rollup entry, in this order; the last two are maxima. */
export const ROLLUP_SUMS = [
  "keys",
  "keys_without_ttl",
  "expired",
  "bytes",
  "heap_bytes",
  "expired_bytes",
  "serialized_bytes",
  "payload_bytes",
  "name_bytes",
  "elements",
  "max_bytes",
  "max_elements",
] as const;

export const SLOTS = 16384;
const BIG_KEYS = 100;
const HOT_KEYS = 100;

/** How composite names of counter entries are made of small numbers. */
export const KIND_LIMIT = 4096;
export const CLASS_LIMIT = 32;
export const PATTERN_LIMIT = 2 ** 23;
export const BUCKET_LIMIT = 4096;
export const MEASURES = ["bytes", "elements"] as const;

/** Numbers of one key, filled in by the worker and read by every aggregate. */
export interface KeyFacts {
  db: number;
  type: number;
  kind: number;
  pattern: number;
  nameBytes: number;
  bytes: number;
  heapBytes: number;
  serializedBytes: number;
  payloadBytes: number;
  /** -1 for types without elements. */
  elements: number;
  largestBytes: number;
  hasExpiry: boolean;
  expiresAt: number;
  expired: boolean;
  /** -1: none. */
  freq: number;
  slot: number;
  recordOffset: number;
}

/** What one worker knows of all its keys; small, whatever their number. */
export interface RollupExport {
  readonly rollup: CounterExport;
  readonly expiry: CounterExport;
  readonly typeSketch: CounterExport;
  readonly patternSketch: CounterExport;
  readonly slots: Float64Array;
  readonly bigByBytes: TopKey[][];
  readonly bigByElements: TopKey[][];
  readonly hot: TopKey[];
}

/** Counts keys into every summary of the inventory. */
export class Rollup {
  private readonly rollup = new CounterTable(ROLLUP_SUMS.length);
  private readonly expiry = new CounterTable(2);
  private readonly typeSketch = new CounterTable(1);
  private readonly patternSketch = new CounterTable(1);
  private readonly slots = new Float64Array(SLOTS * 2);
  private readonly bigByBytes: TopKeys[];
  private readonly bigByElements: TopKeys[];
  private readonly hot = new TopKeys(HOT_KEYS, "freq");
  private readonly createdAt: number;

  constructor(types: number, createdAt: number) {
    this.createdAt = createdAt;
    this.bigByBytes = Array.from({ length: types }, () => new TopKeys(BIG_KEYS, "bytes"));
    this.bigByElements = Array.from({ length: types }, () => new TopKeys(BIG_KEYS, "elements"));
  }

  add(k: KeyFacts, key: Uint8Array, largestName: Uint8Array, largestNameLength: number): void {
    this.count(k);
    if (k.hasExpiry) {
      const at = this.expiry.at(
        k.db,
        k.pattern + PATTERN_LIMIT * expiryIndex(expiryHourOf(k.expiresAt, this.createdAt)),
      );
      this.expiry.sums[at]! += 1;
      this.expiry.sums[at + 1]! += k.bytes;
    }
    this.sketch(k, 0, k.bytes);
    if (k.elements >= 0) this.sketch(k, 1, k.elements);
    this.slots[k.slot * 2]! += 1;
    this.slots[k.slot * 2 + 1]! += k.bytes;
    const byBytes = this.bigByBytes[k.type]!;
    const byElements = this.bigByElements[k.type]!;
    const big = k.bytes >= byBytes.threshold;
    const many = k.elements > 0 && k.elements >= byElements.threshold;
    const hot = k.freq > 0 && k.freq >= this.hot.threshold;
    if (!big && !many && !hot) return;
    const top = topKey(k, key, largestName.slice(0, largestNameLength));
    if (big) byBytes.add(top);
    if (many) byElements.add(top);
    if (hot) this.hot.add(top);
  }

  private count(k: KeyFacts): void {
    const at = this.rollup.at(k.db, (k.pattern * KIND_LIMIT + k.kind) * CLASS_LIMIT + sizeClassOf(k.bytes));
    const sums = this.rollup.sums;
    sums[at]! += 1;
    if (!k.hasExpiry) sums[at + 1]! += 1;
    sums[at + 3]! += k.bytes;
    sums[at + 4]! += k.heapBytes;
    if (k.expired) {
      sums[at + 2]! += 1;
      sums[at + 5]! += k.bytes;
    }
    sums[at + 6]! += k.serializedBytes;
    sums[at + 7]! += k.payloadBytes;
    sums[at + 8]! += k.nameBytes;
    if (k.elements > 0) sums[at + 9]! += k.elements;
    if (k.bytes > sums[at + 10]!) sums[at + 10] = k.bytes;
    if (k.elements > sums[at + 11]!) sums[at + 11] = k.elements;
  }

  private sketch(k: KeyFacts, measure: number, value: number): void {
    const bucket = measure * BUCKET_LIMIT + sketchBucketOf(value);
    // `at` may grow the table: `sums` must be looked up after it.
    const ofType = this.typeSketch.at(k.type, bucket);
    this.typeSketch.sums[ofType]! += 1;
    const ofPattern = this.patternSketch.at(k.pattern, bucket);
    this.patternSketch.sums[ofPattern]! += 1;
  }

  export(): RollupExport {
    return {
      rollup: this.rollup.export(),
      expiry: this.expiry.export(),
      typeSketch: this.typeSketch.export(),
      patternSketch: this.patternSketch.export(),
      slots: this.slots,
      bigByBytes: this.bigByBytes.map((top) => top.take()),
      bigByElements: this.bigByElements.map((top) => top.take()),
      hot: this.hot.take(),
    };
  }
}

/** Hours reach some 200 years before the epoch; shifted so that they are never negative. */
const HOUR_SHIFT = 2 ** 22;

function expiryIndex(hour: number): number {
  return hour + HOUR_SHIFT;
}

/** The pattern and hour of an expiry entry's second number. */
export function expiryParts(second: number): { pattern: number; hour: number } {
  return { pattern: second % PATTERN_LIMIT, hour: Math.floor(second / PATTERN_LIMIT) - HOUR_SHIFT };
}

/** The pattern, kind and size class of a rollup entry's second number. */
export function rollupParts(second: number): { pattern: number; kind: number; sizeClass: number } {
  const named = Math.floor(second / CLASS_LIMIT);
  return {
    pattern: Math.floor(named / KIND_LIMIT),
    kind: named % KIND_LIMIT,
    sizeClass: second % CLASS_LIMIT,
  };
}

function topKey(k: KeyFacts, key: Uint8Array, largestName: Uint8Array): TopKey {
  return {
    db: k.db,
    key: key.slice(0, Math.min(k.nameBytes, MAX_NAME_BYTES)),
    type: k.type,
    kind: k.kind,
    pattern: k.pattern,
    bytes: k.bytes,
    elements: k.elements,
    largestBytes: k.largestBytes,
    largestName,
    expiresAt: k.hasExpiry ? k.expiresAt : Number.NaN,
    freq: k.freq,
    recordOffset: k.recordOffset,
  };
}
