import { moduleTypeName } from "../../parsers/module.ts";
import type { RecordReader } from "../../parsers/records.ts";
import { ACCURACY } from "../inventory/schema.ts";
import { textOrBytes } from "../inventory/utf8.ts";
import {
  ENCODINGS,
  ItemisedBill,
  settingsByDirective,
  type Target,
  type TargetSpec,
  TYPE,
  TYPES,
  targetOf,
  ValueMeter,
} from "../memory/index.ts";
import type { Plan } from "./origin.ts";

/** One kind of structure that a key's bytes go to. */
export interface ExplainedPart {
  readonly part: string;
  readonly count: number;
  /** What MEMORY USAGE … SAMPLES 0 counts for all of them. */
  readonly bytes: number;
  /** What the allocator holds for all of them. */
  readonly heap_bytes: number;
  /** The server's function that allocates or counts it, its file and the version read. */
  readonly source: string;
}

/** Where every byte of a key goes. `parts` add up to `bytes` and to `heap_bytes`. */
export interface Explanation {
  readonly path: string;
  readonly db: number;
  readonly key: string | Buffer;
  readonly type: string;
  readonly encoding: string;
  readonly elements: number | null;
  readonly largest_element_bytes: number;
  /** Milliseconds since the epoch. */
  readonly expires_at: number | null;
  /** 1: the key was past its time when the snapshot was made; a server would drop it. */
  readonly expired: number;
  /** Known from an inventory only: it depends on all the keys there are. */
  readonly pattern: string | null;
  readonly record_offset: number;
  readonly serialized_bytes: number;
  readonly payload_bytes: number;
  readonly bytes: number;
  readonly heap_bytes: number;
  /** As in the view `keys`. */
  readonly accuracy: string;
  /** `bytes` lies between these in 98 of 100 loads; the same when it is exact. */
  readonly min_bytes: number;
  readonly max_bytes: number;
  readonly profile: string;
  readonly profile_measured: number;
  readonly allocator: string;
  /** By directive, as redis.conf spells them. */
  readonly settings: Readonly<Record<string, string>>;
  readonly parts: readonly ExplainedPart[];
}

const DAMAGED = ACCURACY.indexOf("damaged");

/** Sizes a record part by part. */
export class ExplainedRecord {
  readonly meter: ValueMeter;
  private readonly spec: TargetSpec;
  private readonly target: Target;
  private readonly bill = new ItemisedBill();

  constructor(spec: TargetSpec) {
    this.spec = spec;
    this.target = targetOf(spec);
    this.meter = new ValueMeter([this.target], { bills: () => this.bill });
  }

  /** Explains the record that was just read. */
  explanation(plan: Plan, reader: RecordReader, pattern: string | null): Explanation {
    const { meter, bill, target, spec } = this;
    const { hasExpiry, expiresAt, keyLength } = reader;
    meter.size(keyLength, hasExpiry);
    const type = meter.type < 0 ? TYPE.string : meter.type;
    const isModule = type === TYPE.module;
    const module = moduleTypeName(meter.moduleHigh, meter.moduleLow);
    return {
      path: plan.path,
      db: reader.db,
      key: textOrBytes(reader.key.subarray(0, keyLength)),
      type: isModule ? module : TYPES[type]!,
      encoding: isModule ? "module" : ENCODINGS[bill.encoding]!,
      elements: meter.elements < 0 ? null : meter.elements,
      largest_element_bytes: meter.largestBytes,
      expires_at: hasExpiry ? expiresAt : null,
      expired: Number(hasExpiry && expiresAt <= spec.loadedAt),
      pattern,
      record_offset: reader.recordOffset,
      serialized_bytes: reader.recordBytes,
      payload_bytes: meter.payloadBytes + keyLength,
      bytes: bill.bytes,
      heap_bytes: bill.heapBytes,
      accuracy: ACCURACY[reader.damage === undefined ? bill.exactness : DAMAGED]!,
      min_bytes: bill.bytes - bill.below,
      max_bytes: bill.bytes + bill.above,
      profile: target.profile.name,
      profile_measured: Number(target.profile.measured !== undefined),
      allocator: target.allocator.name,
      settings: settingsByDirective(target.config),
      parts: partsOf(bill),
    };
  }
}

/** A bill's lines without those of which there are none. */
function partsOf({ lines }: ItemisedBill): ExplainedPart[] {
  return lines
    .filter(({ count, bytes, heapBytes }) => count > 0 || bytes !== 0 || heapBytes !== 0)
    .map(({ part, count, bytes, heapBytes }) => ({
      part: part.name,
      count,
      bytes,
      heap_bytes: heapBytes,
      source: part.source,
    }));
}
