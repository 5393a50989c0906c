import type { DatabaseCounts } from "../../memory/profiles/index.ts";
import { ACCURACY } from "../schema.ts";
import { SLOTS } from "../slot.ts";
import { AccessCounts, type AccessExport } from "./access.ts";
import { expiryBucketOf, sizeClassOf, sketchBucketOf } from "./buckets.ts";
import type { CounterExport } from "./counters.ts";
import { CounterTable } from "./counters.ts";
import { type NameForm, plainName, type TopKey, TopKeys } from "./top-keys.ts";

/** Sums of a rollup entry, in this order; the last two are maxima, and sums of squares of drawn keys before them. */
export const ROLLUP_SUMS = [
  "keys",
  "keys_without_ttl",
  "expired",
  "bytes",
  "heap_bytes",
  "expired_bytes",
  "expired_heap_bytes",
  "serialized_bytes",
  "payload_bytes",
  "name_bytes",
  "elements",
  "lower_bound_keys",
  "lower_bound_bytes",
  "damaged_keys",
  "bytes_squares",
  "heap_squares",
  "payload_squares",
  "max_bytes",
  "max_elements",
] as const;

const FIRST_SQUARE = ROLLUP_SUMS.indexOf("bytes_squares");

/** Sums of an expiry entry, in this order. */
export const EXPIRY_SUMS = ["keys", "bytes", "lower_bound_keys", "bytes_squares"] as const;

/** Databases that are counted by slot: clusters have one, or those of `cluster-databases`, 16 at most by default. */
const SLOT_DATABASES = 16;
/** Sizes from here on in `ACCURACY` are no less than: lower bounds, and what could be read of damaged values. */
const LOWER_BOUND = ACCURACY.indexOf("lower bound");
const DAMAGED = ACCURACY.indexOf("damaged");
const NO_NAME = new Uint8Array(0);
const BIG_KEYS = 100;

/** How composite names of counter entries are made of small numbers. */
export const KIND_LIMIT = 4096;
export const CLASS_LIMIT = 32;
export const PATTERN_LIMIT = 2 ** 23;
export const BUCKET_LIMIT = 4096;
export const MEASURES = ["bytes", "elements"] as const;
const BUCKETS_OF_TYPE = MEASURES.length * BUCKET_LIMIT;

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
  /** A hash with at least one field that expires. */
  expiringFields: boolean;
  /** -1: none, as of `idleSeconds`. */
  freq: number;
  idleSeconds: number;
  slot: number;
  /** Index in `ACCURACY`. */
  accuracy: number;
  recordOffset: number;
}

/** What one worker knows of all its keys; small, whatever their number. */
export interface RollupExport {
  readonly rollup: CounterExport;
  readonly expiry: CounterExport;
  /** What `Evidence` counted. */
  readonly evidence: CounterExport;
  readonly typeSketch: CounterExport;
  readonly patternSketch: CounterExport;
  readonly slots: Float64Array;
  /** By database, when they are wanted: keys and expires of each slot that a server would load. */
  readonly loadedSlots: ReadonlyMap<number, Float64Array> | undefined;
  /** By database: hashes with fields that expire, among the keys that a server would load. */
  readonly expiringHashes: ReadonlyMap<number, number>;
  readonly bigByBytes: TopKey[][];
  readonly bigByElements: TopKey[][];
  readonly access: AccessExport;
}

/** What is counted, and how names are kept. */
export interface RollupOptions {
  readonly bySlot?: boolean;
  readonly nameForm?: NameForm;
  readonly isDrawn?: boolean;
  readonly totalsOnly?: boolean;
}

/** Counts keys into every summary of the inventory. */
export class Rollup {
  private readonly rollup = new CounterTable(ROLLUP_SUMS.length);
  private readonly expiry = new CounterTable(EXPIRY_SUMS.length);
  /** By pattern, and by type, measure and bucket. */
  private readonly sketches = new CounterTable(2);
  private readonly slots = new Float64Array(SLOTS * 2);
  private readonly expiringHashes = new Map<number, number>();
  private readonly bigByBytes: TopKeys[];
  private readonly bigByElements: TopKeys[];
  private readonly access = new AccessCounts();
  private readonly createdAt: number;
  private readonly nameForm: NameForm;
  private readonly loadedSlots: Map<number, Float64Array> | undefined;
  private readonly isDrawn: boolean;
  private readonly totalsOnly: boolean;

  /**
   * `bySlot`: keys are to be counted by database and slot too, as a cluster's tables are made. `isDrawn`: keys are a
   * sample, of which squares are summed too. `totalsOnly`: no lists and distributions.
   */
  constructor(
    types: number,
    createdAt: number,
    { bySlot = false, nameForm = plainName, isDrawn = false, totalsOnly = false }: RollupOptions = {},
  ) {
    this.isDrawn = isDrawn;
    this.totalsOnly = totalsOnly;
    this.createdAt = createdAt;
    this.nameForm = nameForm;
    this.loadedSlots = bySlot ? new Map() : undefined;
    this.bigByBytes = Array.from({ length: types }, () => new TopKeys(BIG_KEYS, "bytes"));
    this.bigByElements = Array.from({ length: types }, () => new TopKeys(BIG_KEYS, "elements"));
  }

  /** `largest`: the longest element of the key, `bytes[0, length)`. */
  add(k: KeyFacts, key: Uint8Array, largest: { readonly bytes: Uint8Array; readonly length: number }): void {
    this.count(k);
    if (this.loadedSlots !== undefined && !k.expired) countLoaded(this.loadedSlots, k);
    if (k.expiringFields && !k.expired) {
      this.expiringHashes.set(k.db, (this.expiringHashes.get(k.db) ?? 0) + 1);
    }
    if (this.totalsOnly) return;
    if (k.hasExpiry) {
      const at = this.expiry.at(
        k.db,
        k.pattern + PATTERN_LIMIT * (expiryBucketOf(k.expiresAt, this.createdAt) + HOUR_SHIFT),
      );
      this.expiry.sums[at]! += 1;
      this.expiry.sums[at + 1]! += k.bytes;
      if (k.accuracy >= LOWER_BOUND) this.expiry.sums[at + 2]! += 1;
      if (this.isDrawn) this.expiry.sums[at + 3]! += k.bytes * k.bytes;
    }
    this.sketch(k, 0, k.bytes);
    if (k.elements >= 0) this.sketch(k, 1, k.elements);
    this.slots[k.slot * 2]! += 1;
    this.slots[k.slot * 2 + 1]! += k.bytes;
    const byBytes = this.bigByBytes[k.type]!;
    const byElements = this.bigByElements[k.type]!;
    const big = k.bytes > byBytes.threshold;
    const many = k.elements > 0 && k.elements > byElements.threshold;
    const used = this.access.count(k);
    if (!big && !many && !used) return;
    const largestName = largest.length === 0 ? NO_NAME : this.nameForm(largest.bytes, largest.length);
    const top = topKey(k, this.nameForm(key, k.nameBytes), largestName);
    if (big) byBytes.add(top);
    if (many) byElements.add(top);
    if (used) this.access.list(top);
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
      sums[at + 6]! += k.heapBytes;
    }
    sums[at + 7]! += k.serializedBytes;
    sums[at + 8]! += k.payloadBytes;
    sums[at + 9]! += k.nameBytes;
    if (k.elements > 0) sums[at + 10]! += k.elements;
    if (k.accuracy >= LOWER_BOUND) {
      sums[at + 11]! += 1;
      sums[at + 12]! += k.bytes;
      if (k.accuracy === DAMAGED) sums[at + 13]! += 1;
    }
    if (this.isDrawn) countSquares(sums, at + FIRST_SQUARE, k);
    if (k.bytes > sums[at + 17]!) sums[at + 17] = k.bytes;
    if (k.elements > sums[at + 18]!) sums[at + 18] = k.elements;
  }

  private sketch(k: KeyFacts, measure: number, value: number): void {
    const bucket = (k.type * MEASURES.length + measure) * BUCKET_LIMIT + sketchBucketOf(value);
    const at = this.sketches.at(k.pattern, bucket);
    this.sketches.sums[at]! += 1;
    this.sketches.sums[at + 1]! += value;
  }

  /** Sketches of types, or of patterns: sums of those of both, by bucket of each measure. */
  private sketchesOf(name: (pattern: number, type: number) => number): CounterExport {
    const { first, second, sums, size, width } = this.sketches;
    const table = new CounterTable(width);
    for (let entry = 0; entry < size; entry++) {
      const bucket = second[entry]! % BUCKETS_OF_TYPE;
      const at = table.at(name(first[entry]!, Math.floor(second[entry]! / BUCKETS_OF_TYPE)), bucket);
      for (let i = 0; i < width; i++) table.sums[at + i]! += sums[entry * width + i]!;
    }
    return table.export();
  }

  export(): Omit<RollupExport, "evidence"> {
    return {
      rollup: this.rollup.export(),
      expiry: this.expiry.export(),
      typeSketch: this.sketchesOf((_, type) => type),
      patternSketch: this.sketchesOf((pattern) => pattern),
      slots: this.slots,
      loadedSlots: this.loadedSlots,
      expiringHashes: this.expiringHashes,
      bigByBytes: this.bigByBytes.map((top) => top.take()),
      bigByElements: this.bigByElements.map((top) => top.take()),
      access: this.access.export(),
    };
  }
}

function countSquares(sums: Float64Array, at: number, k: KeyFacts): void {
  sums[at]! += k.bytes * k.bytes;
  sums[at + 1]! += k.heapBytes * k.heapBytes;
  sums[at + 2]! += k.payloadBytes * k.payloadBytes;
}

/** Counts a key under its slot: two sums a slot, keys and those among them that expire. */
export function countLoaded(
  slots: Map<number, Float64Array>,
  { db, slot, hasExpiry }: Pick<KeyFacts, "db" | "slot" | "hasExpiry">,
): void {
  if (db >= SLOT_DATABASES) return;
  let sums = slots.get(db);
  if (sums === undefined) {
    sums = new Float64Array(SLOTS * 2);
    slots.set(db, sums);
  }
  sums[slot * 2]! += 1;
  if (hasExpiry) sums[slot * 2 + 1]! += 1;
}

/**
 * Sums of all threads for one database as counts by slot; undefined when none were made. Each key stands for as many as its
 * part's weight says, 1 by default.
 */
export function slotCounts(
  parts: readonly (ReadonlyMap<number, Float64Array> | undefined)[],
  db: number,
  weights: readonly number[] = [],
): { readonly slots: NonNullable<DatabaseCounts["slots"]> } | undefined {
  if (db >= SLOT_DATABASES || parts.every((part) => part === undefined)) return undefined;
  const keys = new Float64Array(SLOTS);
  const expires = new Float64Array(SLOTS);
  for (const [i, part] of parts.entries()) {
    const sums = part?.get(db);
    const weight = weights[i] ?? 1;
    for (let slot = 0; sums !== undefined && slot < SLOTS; slot++) {
      keys[slot]! += weight * sums[slot * 2]!;
      expires[slot]! += weight * sums[slot * 2 + 1]!;
    }
  }
  return { slots: { keys: rounded(keys), expires: rounded(expires) } };
}

function rounded(counts: Float64Array): Uint32Array {
  return Uint32Array.from(counts, Math.round);
}

/** Hours reach some 200 years before the snapshot; shifted so that they are never negative. */
const HOUR_SHIFT = 2 ** 22;

/** The pattern of an expiry entry's second number, and the bucket as `expiryBucketOf` names it. */
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
    key,
    type: k.type,
    kind: k.kind,
    pattern: k.pattern,
    bytes: k.bytes,
    elements: k.elements,
    largestBytes: k.largestBytes,
    largestName,
    expiresAt: k.hasExpiry ? k.expiresAt : Number.NaN,
    freq: k.freq,
    idleSeconds: k.idleSeconds,
    recency: -k.idleSeconds,
    accuracy: k.accuracy,
    recordOffset: k.recordOffset,
  };
}
