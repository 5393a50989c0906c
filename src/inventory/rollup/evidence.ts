import {
  ENCODING,
  RAISABLE_NAMES,
  type RaisableName,
  raisedTarget,
  type Target,
  TYPE,
  type ValueMeter,
} from "../../memory/index.ts";
import { ACCURACY } from "../schema.ts";
import { type CounterExport, CounterTable } from "./counters.ts";
import type { KeyFacts } from "./rollup.ts";

/** What is noticed of values besides their size: settings whose raising would pack them, and what strings hold. */
export const EVIDENCE = [...RAISABLE_NAMES, "compressible", "json", "formatted-integer"] as const;
export type EvidenceName = (typeof EVIDENCE)[number];

/** Sums of an evidence entry, in this order; the last is a maximum, one of its keys. */
export const EVIDENCE_SUMS = [
  "keys",
  "bytes",
  "heap_bytes",
  "saving_bytes",
  "saving_heap_bytes",
  "payload_bytes",
  "stored_bytes",
  "example_offset",
] as const;

const EVIDENCE_LIMIT = 64;
const DAMAGED = ACCURACY.indexOf("damaged");
/** Strings shorter than this are not worth compressing one by one. */
const COMPRESSIBLE_FROM = 1024;
const COMPRESSIBLE = EVIDENCE.indexOf("compressible");
const JSON_TEXT = EVIDENCE.indexOf("json");
const FORMATTED = EVIDENCE.indexOf("formatted-integer");

/** The setting that packs a value of a type, by which variant of the target did it. */
const BY_ENTRIES = 0;
const BY_VALUE = 1;
const SETTINGS: readonly Partial<Record<number, RaisableName>>[] = [
  {
    [TYPE.hash]: "hash-max-listpack-entries",
    [TYPE.set]: "set-max-listpack-entries",
    [TYPE.zset]: "zset-max-listpack-entries",
  },
  {
    [TYPE.hash]: "hash-max-listpack-value",
    [TYPE.set]: "set-max-listpack-value",
    [TYPE.zset]: "zset-max-listpack-value",
  },
];
const INTSET = EVIDENCE.indexOf("set-max-intset-entries");

/** The variants of a target that a meter has to be made with for `Evidence`. */
export function evidenceVariants(target: Target): readonly Target[] {
  return [raisedTarget(target, "entries"), raisedTarget(target, "value")];
}

/** Counts what is noticed of values, by database, pattern, type and kind of evidence. */
export class Evidence {
  private readonly counters = new CounterTable(EVIDENCE_SUMS.length);
  private readonly meter: ValueMeter;
  /** By type: more elements or longer ones are packed by no variant. */
  private readonly maxElements: number[] = [];
  private readonly maxBytes: number[] = [];

  /** `meter`: made with `evidenceVariants` of its first target. */
  constructor(meter: ValueMeter, target: Target) {
    this.meter = meter;
    const { config } = raisedTarget(raisedTarget(target, "entries"), "value");
    this.maxElements[TYPE.hash] = config.hashMaxListpackEntries;
    this.maxElements[TYPE.zset] = config.zsetMaxListpackEntries;
    this.maxElements[TYPE.set] = Math.max(config.setMaxListpackEntries, config.setMaxIntsetEntries);
    this.maxBytes[TYPE.hash] = config.hashMaxListpackValue;
    this.maxBytes[TYPE.zset] = config.zsetMaxListpackValue;
    this.maxBytes[TYPE.set] = Math.max(config.setMaxListpackValue, MAX_INTEGER_BYTES);
  }

  /**
   * Looks at the value that the meter sized last, which is gone afterwards. `storedBytes`: of a string that the snapshot
   * holds compressed, else 0.
   */
  look(k: KeyFacts, encoding: number, storedBytes: number): void {
    if (k.expired || k.accuracy === DAMAGED) return;
    if (k.type === TYPE.string) this.lookAtString(k, encoding, storedBytes);
    else if (
      (encoding === ENCODING.hashtable || encoding === ENCODING.skiplist) &&
      k.elements <= this.maxElements[k.type]! &&
      k.largestBytes <= this.maxBytes[k.type]!
    )
      this.lookAtTable(k, encoding);
  }

  private lookAtTable(k: KeyFacts, encoding: number): void {
    for (let variant = BY_ENTRIES; variant <= BY_VALUE; variant++) {
      const bill = this.meter.sizeVariant(variant);
      if (bill.encoding === encoding) continue;
      const setting = SETTINGS[variant]![k.type]!;
      const evidence = bill.encoding === ENCODING.intset ? INTSET : EVIDENCE.indexOf(setting);
      this.count(k, evidence, k.bytes - bill.bytes, k.heapBytes - bill.heapBytes, 0);
    }
  }

  private lookAtString(k: KeyFacts, encoding: number, storedBytes: number): void {
    const { meter } = this;
    const { json, formattedDigits } = meter.head;
    if (json) this.count(k, JSON_TEXT, 0, 0, storedBytes);
    if (storedBytes > 0 && k.largestBytes >= COMPRESSIBLE_FROM) {
      const bill = meter.sizeString(storedBytes, false);
      this.count(k, COMPRESSIBLE, k.bytes - bill.bytes, k.heapBytes - bill.heapBytes, storedBytes);
    } else if (formattedDigits > 0 && encoding !== ENCODING.int) {
      const bill = meter.sizeString(formattedDigits, true);
      if (bill.bytes < k.bytes)
        this.count(k, FORMATTED, k.bytes - bill.bytes, k.heapBytes - bill.heapBytes, 0);
    }
  }

  private count(k: KeyFacts, evidence: number, saving: number, heapSaving: number, stored: number): void {
    const at = this.counters.at(k.db, (k.pattern * EVIDENCE_LIMIT + k.type) * EVIDENCE_LIMIT + evidence);
    const { sums } = this.counters;
    sums[at]! += 1;
    sums[at + 1]! += k.bytes;
    sums[at + 2]! += k.heapBytes;
    sums[at + 3]! += saving;
    sums[at + 4]! += heapSaving;
    sums[at + 5]! += k.payloadBytes - k.nameBytes;
    sums[at + 6]! += stored;
    if (k.recordOffset > sums[at + 7]!) sums[at + 7] = k.recordOffset;
  }

  export(): CounterExport {
    return this.counters.export();
  }
}

/** Longest text of a 64-bit integer. */
const MAX_INTEGER_BYTES = 20;

/** The pattern, type and kind of an evidence entry's second number. */
export function evidenceParts(second: number): { pattern: number; type: number; evidence: number } {
  const named = Math.floor(second / EVIDENCE_LIMIT);
  return {
    pattern: Math.floor(named / EVIDENCE_LIMIT),
    type: named % EVIDENCE_LIMIT,
    evidence: second % EVIDENCE_LIMIT,
  };
}
