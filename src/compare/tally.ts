import { type CounterExport, CounterTable } from "../inventory/rollup/counters.ts";
import { CLASS_LIMIT, countLoaded } from "../inventory/rollup/rollup.ts";
import { SLOTS } from "../inventory/slot.ts";
import { type Bill, ENCODINGS, EXACTNESS } from "../memory/index.ts";
import { Heaviest, type HeaviestKey } from "./heaviest-key.ts";
import { type ChangedKey, LargestChanges } from "./largest-changes.ts";
import { SlotPatterns } from "./slot-patterns.ts";

/** Numbers of one key that do not depend on a target. */
export interface ComparedKey {
  db: number;
  type: number;
  pattern: number;
  nameBytes: number;
  hasExpiry: boolean;
  expiresAt: number;
  expired: boolean;
  /** A hash with at least one field that expires. */
  expiringFields: boolean;
  slot: number;
  /** Its value could not be read to its end. */
  damaged: boolean;
  recordOffset: number;
}

/** How composite names of counter entries are made of small numbers. */
const ENCODING_LIMIT = ENCODINGS.length;
const TYPE_LIMIT = CLASS_LIMIT;

/** Sums behind a (type, pattern) entry: keys, then bytes and heap bytes of each target. */
export const PER_TARGET = 2;
/** Sums behind a database: keys, expires and expiring hashes that a server would load, then heap bytes on each target. */
export const DATABASE_COUNTS = 3;

/** Sums behind a (target, type) entry of `lowerBounds`: keys, bytes and heap bytes. */
const LOWER_BOUND_SUMS = 3;
/** Sums behind a change: keys, bytes before and after, heap bytes before and after. */
const CHANGE_SUMS = 5;

/** What one thread knows of all its keys. */
export interface TallyExport {
  readonly groups: CounterExport;
  readonly databases: CounterExport;
  readonly loadedSlots: ReadonlyMap<number, Float64Array> | undefined;
  readonly changes: CounterExport;
  /** Keys whose size on a target is a lower bound, or that are damaged. */
  readonly lowerBounds: CounterExport;
  readonly largest: readonly (readonly ChangedKey[])[];
  /** By target, of the keys that a server would load; undefined where there was none. */
  readonly heaviest: readonly (HeaviestKey | undefined)[];
  /** By hash slot, of the keys that a server would load: how many, then their heap bytes on each target. */
  readonly slots: Float64Array;
  /** By pattern, of the keys that a server would not load: how many, then their heap bytes on each target. */
  readonly expired: CounterExport;
  /** As `SlotPatterns` has them; undefined: nobody asked. */
  readonly slotPatterns: CounterExport | null | undefined;
}

/** Patterns whose slots are wanted, and whether some of them may be hashes of names. */
export interface WantedPatterns {
  readonly patterns: readonly string[];
  readonly hashed: boolean;
}

/** Counts each key on all targets at once: numbers in typed arrays, nothing allocated a key. */
export class Tally {
  private readonly bills: readonly Bill[];
  private readonly groups: CounterTable;
  private readonly databases: CounterTable;
  private readonly changes = new CounterTable(CHANGE_SUMS);
  private readonly lowerBounds = new CounterTable(LOWER_BOUND_SUMS);
  private readonly loadedSlots: Map<number, Float64Array> | undefined;
  private readonly largest: readonly LargestChanges[];
  private readonly heaviest: readonly Heaviest[];
  private readonly slots: Float64Array;
  private readonly expired: CounterTable;
  private readonly slotPatterns: SlotPatterns | undefined;
  private lastDb = -1;
  private lastDbAt = 0;

  /** `largest`: how many of the keys that change encoding are kept, a target; `bySlot`: as in `Rollup`. */
  constructor(bills: readonly Bill[], largest: number, bySlot: boolean, slotsOf?: WantedPatterns) {
    this.bills = bills;
    this.groups = new CounterTable(1 + bills.length * PER_TARGET);
    this.databases = new CounterTable(DATABASE_COUNTS + bills.length);
    this.largest = bills.map(() => new LargestChanges(largest));
    this.heaviest = bills.map(() => new Heaviest());
    this.loadedSlots = bySlot ? new Map() : undefined;
    this.slots = new Float64Array(SLOTS * (1 + bills.length));
    this.expired = new CounterTable(1 + bills.length);
    this.slotPatterns = slotsOf && new SlotPatterns(bills, slotsOf.patterns, slotsOf.hashed);
  }

  add(k: ComparedKey, key: Uint8Array): void {
    const { bills } = this;
    const at = this.groups.at(k.type, k.pattern);
    const { sums } = this.groups;
    sums[at]! += 1;
    const first = bills[0]!;
    for (let t = 0, p = at + 1; t < bills.length; t++) {
      const bill = bills[t]!;
      sums[p++]! += bill.bytes;
      sums[p++]! += bill.heapBytes;
      if (k.damaged || bill.exactness === EXACTNESS.lowerBound) this.lowerBound(k, t, bill);
      if (bill.encoding !== first.encoding) this.change(k, key, t, bill);
    }
    if (k.expired) this.passOver(k);
    else this.load(k, key);
  }

  private passOver(k: ComparedKey): void {
    const { bills } = this;
    const at = this.expired.at(k.pattern, 0);
    const { sums } = this.expired;
    sums[at]! += 1;
    for (let t = 0; t < bills.length; t++) sums[at + 1 + t]! += bills[t]!.heapBytes;
  }

  private load(k: ComparedKey, key: Uint8Array): void {
    const { bills, databases } = this;
    if (k.db !== this.lastDb) {
      this.lastDb = k.db;
      this.lastDbAt = databases.at(k.db, 0);
    }
    const at = this.lastDbAt;
    databases.sums[at]! += 1;
    if (k.hasExpiry) databases.sums[at + 1]! += 1;
    if (k.expiringFields) databases.sums[at + 2]! += 1;
    const { slots } = this;
    const slot = k.slot * (1 + bills.length);
    slots[slot]! += 1;
    for (let t = 0; t < bills.length; t++) {
      const { heapBytes } = bills[t]!;
      databases.sums[at + DATABASE_COUNTS + t]! += heapBytes;
      slots[slot + 1 + t]! += heapBytes;
      this.heaviest[t]!.add(k, key, heapBytes);
    }
    if (this.loadedSlots !== undefined) countLoaded(this.loadedSlots, k);
    if (this.slotPatterns !== undefined) this.slotPatterns.add(k, key);
  }

  private lowerBound(k: ComparedKey, target: number, bill: Bill): void {
    const at = this.lowerBounds.at(target, k.type);
    const { sums } = this.lowerBounds;
    sums[at]! += 1;
    sums[at + 1]! += bill.bytes;
    sums[at + 2]! += bill.heapBytes;
  }

  private change(k: ComparedKey, key: Uint8Array, target: number, bill: Bill): void {
    const from = this.bills[0]!;
    const at = this.changes.at(target, changeId(k.type, from.encoding, bill.encoding));
    const { sums } = this.changes;
    sums[at]! += 1;
    sums[at + 1]! += from.bytes;
    sums[at + 2]! += bill.bytes;
    sums[at + 3]! += from.heapBytes;
    sums[at + 4]! += bill.heapBytes;
    this.largest[target]!.add(k, key, from, bill);
  }

  export(): TallyExport {
    return {
      groups: this.groups.export(),
      databases: this.databases.export(),
      loadedSlots: this.loadedSlots,
      changes: this.changes.export(),
      lowerBounds: this.lowerBounds.export(),
      largest: this.largest.map((one) => one.take()),
      heaviest: this.heaviest.map((one) => one.take()),
      slots: this.slots,
      expired: this.expired.export(),
      slotPatterns: this.slotPatterns?.export(),
    };
  }
}

function changeId(type: number, from: number, to: number): number {
  return (from * ENCODING_LIMIT + to) * TYPE_LIMIT + type;
}

/** The type and encodings of an entry of `changes`. */
export function changeParts(id: number): { type: number; from: number; to: number } {
  const encodings = Math.floor(id / TYPE_LIMIT);
  return {
    type: id % TYPE_LIMIT,
    from: Math.floor(encodings / ENCODING_LIMIT),
    to: encodings % ENCODING_LIMIT,
  };
}
