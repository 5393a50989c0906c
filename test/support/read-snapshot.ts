import { Crc64 } from "../../parsers/crc64.ts";
import { type RdbHeader, readHeader } from "../../parsers/header.ts";
import { moduleTypeName } from "../../parsers/module.ts";
import { RecordReader } from "../../parsers/records.ts";
import { type SnapshotFacts, Splitter } from "../../parsers/splitter.ts";
import { TemplateStore } from "../../parsers/templates.ts";
import { LAYOUT, type ValueVisitor } from "../../parsers/visitor.ts";
import type { ByteSource } from "../../parsers/window.ts";

/** A source in memory whose reads are as short as `readSizes` says, by turns. */
export function memorySource(bytes: Uint8Array, readSizes: readonly number[] = []): ByteSource {
  let turn = 0;
  return {
    size: bytes.length,
    read(target, targetStart, length, position) {
      const most = readSizes.length === 0 ? length : readSizes[turn++ % readSizes.length]!;
      const end = Math.min(bytes.length, position + Math.min(length, most));
      if (end <= position) return 0;
      target.set(bytes.subarray(position, end), targetStart);
      return end - position;
    },
  };
}

/** What the visitor's calls say of a value, in the words of an inventory. */
export interface ReadRow {
  readonly db: number;
  readonly key: Buffer;
  readonly typeByte: number;
  readonly type: string;
  readonly elements: number | null;
  readonly payloadBytes: number;
  readonly largestElementBytes: number;
  readonly fieldExpiries: readonly number[];
  readonly expiresAt: number | null;
  readonly idleSeconds: number | null;
  readonly freq: number | null;
  readonly recordOffset: number;
  readonly serializedBytes: number;
  readonly damage: string | null;
}

export interface ReadSnapshot {
  readonly header: RdbHeader;
  readonly facts: SnapshotFacts;
  readonly rows: readonly ReadRow[];
  readonly checksum: "ok" | "absent" | "mismatch";
}

const TYPE_OF_LAYOUT = new Map<number, string>(
  Object.entries(LAYOUT).map(([name, layout]) => [
    layout,
    name.startsWith("quicklist") ? "list" : name.replace(/[A-Z0-9].*$/, ""),
  ]),
);
const PACKED_SCORES: readonly number[] = [LAYOUT.zsetZiplist, LAYOUT.zsetListpack];
const PAIRED: readonly number[] = [
  LAYOUT.hash,
  LAYOUT.hashZipmap,
  LAYOUT.hashZiplist,
  LAYOUT.hashListpack,
  LAYOUT.hashExpiry,
  LAYOUT.hashListpackExpiry,
];

/** Counts what a walk calls out. */
class Tally implements ValueVisitor {
  layout = -1;
  texts = 0;
  bytes = 0;
  largest = 0;
  streamEntries = 0;
  moduleName = "";
  expiries: number[] = [];
  values: string[] = [];

  begin(layout: number): void {
    this.layout = layout;
    this.texts = 0;
    this.bytes = 0;
    this.largest = 0;
    this.expiries = [];
  }
  text(bytes: number, buffer: Uint8Array, start: number): void {
    if (start + Math.min(bytes, 256) > buffer.length)
      throw new Error("text: fewer readable bytes than promised");
    this.add(bytes);
  }
  integer(high: number, low: number): void {
    this.add(String((BigInt(high) << 32n) | BigInt(low >>> 0)).length);
  }
  private add(bytes: number): void {
    const skipped = PACKED_SCORES.includes(this.layout) && this.texts % 2 === 1;
    this.texts++;
    if (skipped) return;
    this.bytes += bytes;
    this.largest = Math.max(this.largest, bytes);
  }
  fieldExpiry(atMs: number): void {
    this.expiries.push(atMs);
  }
  streamLength(entries: number): void {
    this.streamEntries = entries;
  }
  module(high: number, low: number): void {
    this.moduleName = moduleTypeName(high, low);
  }
  template(_fields: number, nameBytes: number, largestNameBytes: number): void {
    this.bytes += nameBytes;
    this.largest = Math.max(this.largest, largestNameBytes);
  }
  blob(): void {}
  plainNode(): void {}
  score(): void {}
  streamNode(): void {}
  streamGroup(): void {}
  streamPending(): void {}
  streamConsumer(): void {}
  streamConsumerPending(): void {}
  streamProducer(): void {}
  streamProducerId(): void {}
  vectorNode(): void {}
  vectorSet(): void {}
  end(): void {}

  elements(): number | null {
    if (this.layout === LAYOUT.string || this.layout === LAYOUT.module || this.layout === LAYOUT.gcra)
      return null;
    if (this.layout === LAYOUT.stream) return this.streamEntries;
    return PAIRED.includes(this.layout) || PACKED_SCORES.includes(this.layout) ? this.texts / 2 : this.texts;
  }
}

/** Reads a whole snapshot through the splitter and the record reader, the way a worker does. */
export function readSnapshot(
  bytes: Uint8Array,
  options: {
    readonly readSizes?: readonly number[];
    readonly windowBytes?: number;
    readonly chunkBytes?: number;
  } = {},
): ReadSnapshot {
  const source = memorySource(bytes, options.readSizes);
  const header = readHeader(source);
  const windowBytes = options.windowBytes ?? 64 * 1024;
  const splitter = new Splitter(source, header, { windowBytes, chunkBytes: options.chunkBytes ?? 64 * 1024 });
  const templates = new TemplateStore();
  const tally = new Tally();
  const reader = new RecordReader(windowBytes, tally);
  reader.values.templates = templates;
  const rows: ReadRow[] = [];
  let known = 0;
  for (let chunk = splitter.next(); chunk !== undefined; chunk = splitter.next()) {
    templates.add(splitter.facts.templates.slice(known));
    known = splitter.facts.templates.length;
    reader.begin(source, header, chunk);
    while (reader.next()) rows.push(rowOf(reader, tally));
  }
  const crc = new Crc64();
  crc.update(bytes, 0, splitter.facts.checkedBytes);
  const written = splitter.facts.checksum;
  const absent = written === undefined || (written.high === 0 && written.low === 0);
  const same = !absent && written.high === crc.high && written.low === crc.low;
  return { header, facts: splitter.facts, rows, checksum: absent ? "absent" : same ? "ok" : "mismatch" };
}

function rowOf(reader: RecordReader, tally: Tally): ReadRow {
  return {
    db: reader.db,
    key: Buffer.from(reader.key.subarray(0, reader.keyLength)),
    typeByte: reader.typeCode,
    type: tally.layout === LAYOUT.module ? tally.moduleName : TYPE_OF_LAYOUT.get(tally.layout)!,
    elements: tally.elements(),
    payloadBytes: reader.keyLength + tally.bytes,
    largestElementBytes: tally.largest,
    fieldExpiries: tally.expiries,
    expiresAt: reader.hasExpiry ? reader.expiresAt : null,
    idleSeconds: reader.idleSeconds < 0 ? null : reader.idleSeconds,
    freq: reader.freq < 0 ? null : reader.freq,
    recordOffset: reader.recordOffset,
    serializedBytes: reader.recordBytes,
    damage: reader.damage === undefined ? null : reader.damage.message,
  };
}
