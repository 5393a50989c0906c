import { readHeader } from "../../parsers/header.ts";
import { RecordReader } from "../../parsers/records.ts";
import { type SnapshotFacts, Splitter } from "../../parsers/splitter.ts";
import { TemplateStore } from "../../parsers/templates.ts";
import type { Bill } from "../../src/memory/bill.ts";
import { ValueMeter } from "../../src/memory/meter.ts";
import type { Target } from "../../src/memory/target.ts";
import { ENCODINGS, EXACTNESS, TYPES } from "../../src/memory/types.ts";
import { memorySource } from "../support/read-snapshot.ts";

const WINDOW_BYTES = 1024 * 1024;

/** One key as the model sizes it on one target. */
export interface SizedKey {
  readonly db: number;
  readonly key: Buffer;
  readonly type: string;
  readonly encoding: string;
  readonly bytes: number;
  readonly heapBytes: number;
  /** A random size should lie between these. */
  readonly min: number;
  readonly max: number;
  readonly lowerBound: boolean;
  readonly hasExpiry: boolean;
  /** A hash with at least one field that expires. */
  readonly expiringFields: boolean;
  readonly expiresAt: number;
  /** Where `bytes` and `heapBytes` go, when the bills are itemised. */
  readonly bill: Bill;
}

/** Walks every key of a snapshot; `each` sees it with the meter's bills made, before the next one is read. */
export function walkSnapshot(
  bytes: Uint8Array,
  meter: ValueMeter,
  each: (reader: RecordReader) => void,
): SnapshotFacts {
  const source = memorySource(bytes);
  const header = readHeader(source);
  const splitter = new Splitter(source, header, { windowBytes: WINDOW_BYTES, chunkBytes: WINDOW_BYTES });
  const templates = new TemplateStore();
  const reader = new RecordReader(WINDOW_BYTES, meter);
  reader.values.templates = templates;
  let known = 0;
  for (let chunk = splitter.next(); chunk !== undefined; chunk = splitter.next()) {
    templates.add(splitter.facts.templates.slice(known));
    known = splitter.facts.templates.length;
    reader.begin(source, header, chunk);
    while (reader.next()) {
      meter.size(reader.keyLength, reader.hasExpiry);
      each(reader);
    }
  }
  return splitter.facts;
}

/** Sizes every key of a snapshot for one target. */
export function sizeSnapshot(
  bytes: Uint8Array,
  target: Target,
  each: (key: SizedKey) => void,
  bills?: () => Bill,
): SnapshotFacts {
  const meter = new ValueMeter([target], bills === undefined ? {} : { bills });
  const bill = meter.bills[0]!;
  return walkSnapshot(bytes, meter, (reader) =>
    each({
      db: reader.db,
      key: Buffer.from(reader.key.subarray(0, reader.keyLength)),
      type: TYPES[meter.type]!,
      encoding: ENCODINGS[bill.encoding]!,
      bytes: bill.bytes,
      heapBytes: bill.heapBytes,
      min: bill.bytes - bill.below,
      max: bill.bytes + bill.above,
      lowerBound: bill.exactness === EXACTNESS.lowerBound,
      hasExpiry: reader.hasExpiry,
      expiringFields: meter.stats.fieldsWithExpiry > 0,
      expiresAt: reader.expiresAt,
      bill,
    }),
  );
}
