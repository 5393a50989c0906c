import { Crc64 } from "../parsers/crc64.ts";
import { HEADER_BYTES } from "../parsers/header.ts";
import { RecordReader } from "../parsers/records.ts";
import { findGaps, type Gap } from "../parsers/salvage/gaps.ts";
import { type Chunk, Splitter } from "../parsers/splitter.ts";
import { TemplateStore } from "../parsers/templates.ts";
import type { ByteSource } from "../parsers/window.ts";
import { toErrorRecord } from "../src/errors.ts";
import { FileSource } from "../src/io/file-source.ts";
import { TYPE, targetOf, ValueMeter } from "../src/memory/index.ts";
import { compileFilter } from "../src/pipeline/filter.ts";
import { ValueEvents } from "../src/values/events.ts";
import { type RecordWriter, VALUE_FORMATS } from "../src/values/formats.ts";
import { Output } from "../src/values/output.ts";
import type { ValueSink } from "../src/values/sink.ts";
import { began } from "./began.ts";
import { noteDamage, readAll } from "./chunks.ts";
import { lostRanges } from "./places.ts";
import type { Answer, Damages, LostRecords, ValuesProgress, ValuesResult, ValuesTask } from "./protocol.ts";

const WINDOW_BYTES = 2 ** 20;
/** For records that are read besides: much smaller, as it is filled anew for each. */
const SMALL_WINDOW_BYTES = 64 * 1024;
/** How often a thread that waits looks whether it may go on, should nobody wake it. */
const LOOK_MS = 1000;

/** Writes the values of a whole snapshot, in its order, no faster than they are taken. */
export default function values(task: ValuesTask): Answer<ValuesResult> {
  began();
  const source = new FileSource(task.path, task.identity);
  try {
    return { value: new ValueExport(task, source).run() };
  } catch (error) {
    return { error: toErrorRecord(error) };
  } finally {
    source.close();
    task.port.postMessage(null);
    task.port.close();
  }
}

class ValueExport {
  private readonly task: ValuesTask;
  private readonly source: ByteSource;
  private readonly splitter: Splitter;
  private readonly templates = new TemplateStore();
  private readonly out: Output;
  private readonly writer: RecordWriter;
  private readonly events: ValueEvents;
  private readonly reader: RecordReader;
  private readonly crc = new Crc64();
  private readonly damages: Damages = { first: [], count: 0 };
  private chunk: Pick<Chunk, "start" | "end" | "db"> = { start: 0, end: 0, db: 0 };
  /** Whether the record that is read passes the filter. */
  private isChosen = false;
  private keys = 0;
  private readonly gaps: readonly Gap[];
  /** Where the name of the last key before each gap stands. */
  private readonly keysBefore: number[] = [];
  private readonly lost: LostRecords = { first: [], count: 0, bytes: 0 };

  constructor(task: ValuesTask, source: ByteSource) {
    const { header, port, credits } = task;
    this.task = task;
    this.source = source;
    const sizes = { windowBytes: WINDOW_BYTES, chunkBytes: WINDOW_BYTES };
    this.gaps = task.salvage ? findGaps(source, header) : [];
    const { templates, gaps } = this;
    this.splitter = new Splitter(source, header, { ...sizes, templates, gaps });
    const left = new Int32Array(credits);
    this.out = new Output((piece) => {
      while (Atomics.load(left, 0) === 0) Atomics.wait(left, 0, 0, LOOK_MS);
      if (Atomics.load(left, 0) < 0) throw new Error("nobody takes what is written");
      Atomics.sub(left, 0, 1);
      port.postMessage(piece, [piece.buffer]);
    });
    const again = (record: RecordReader, sink: ValueSink) => this.again(record, sink);
    this.writer = VALUE_FORMATS[task.format]({ out: this.out, source, header, again });
    this.events = new ValueEvents(source, this.writer.sink);
    this.reader = new RecordReader(WINDOW_BYTES, this.events, this.events);
    this.reader.values.templates = this.templates;
    this.events.record = this.reader;
    const choose = this.chooser();
    this.reader.wanted = () => {
      this.isChosen = choose();
      return this.isChosen && this.writer.begin(this.reader);
    };
  }

  /** @throws {RdbError} at the first byte that makes no sense, unless it is passed over; what stands before it was written */
  run(): ValuesResult {
    const { splitter, writer, crc, out } = this;
    const magic = new TextEncoder().encode(this.task.header.magic);
    crc.update(magic, 0, HEADER_BYTES);
    writer.start();
    try {
      for (let chunk = splitter.next(); chunk !== undefined; chunk = splitter.next()) this.read(chunk);
      writer.finish();
    } finally {
      out.flush();
    }
    return {
      facts: splitter.facts,
      crcHigh: crc.high,
      crcLow: crc.low,
      keys: this.keys,
      opaqueValues: writer.opaqueValues,
      restoredValues: writer.restoredValues,
      damages: this.damages,
      gaps: lostRanges(this.source, this.task.header, this.gaps, this.keysBefore),
      lost: this.lost,
    };
  }

  private read(chunk: Chunk): void {
    const { reader, crc, task } = this;
    this.chunk = chunk;
    const onBytes = task.header.hasChecksum
      ? (bytes: Uint8Array, start: number, end: number) => crc.update(bytes, start, end)
      : undefined;
    if (chunk.lost === true) {
      this.keysBefore.push(this.splitter.lastKeyAt);
      reader.pass(this.source, chunk, onBytes);
    } else {
      reader.begin(this.source, task.header, chunk, onBytes);
      readAll(reader, () => this.write(), task.salvage ? this.lost : undefined);
    }
    task.port.postMessage({ bytesDone: chunk.end, keys: this.keys } satisfies ValuesProgress);
  }

  private write(): void {
    const { reader } = this;
    if (!this.isChosen) return;
    this.keys++;
    this.writer.end(reader, this.events);
    noteDamage(this.damages, reader);
  }

  /** Tells which records are chosen; sizes and types are found by a walk of their own where they are asked for. */
  private chooser(): () => boolean {
    const { reader, task } = this;
    const { filter, createdAt, target } = task;
    const compiled = compileFilter(filter, createdAt);
    const isSized = [filter.minBytes, filter.maxBytes, filter.types].some((one) => one !== undefined);
    const meter = new ValueMeter([targetOf(target)]);
    const sizer = new RecordReader(SMALL_WINDOW_BYTES, meter);
    sizer.values.templates = this.templates;
    return () => {
      if (compiled.everything) return true;
      const { db, keyLength: nameBytes, hasExpiry, expiresAt, recordOffset: start } = reader;
      let type: number = TYPE.string;
      if (isSized) {
        sizer.begin(this.source, task.header, { start, end: this.chunk.end, db });
        sizer.next();
        meter.size(nameBytes, hasExpiry);
        if (meter.type >= 0) type = meter.type;
      }
      const { bytes } = meter.bills[0]!;
      return compiled.accepts({ db, nameBytes, hasExpiry, expiresAt, type, bytes }, reader.key, meter);
    };
  }

  /** Tells a record once more, to another sink. */
  private again({ recordOffset, recordBytes, db }: RecordReader, sink: ValueSink): void {
    const events = new ValueEvents(this.source, sink);
    const reader = new RecordReader(SMALL_WINDOW_BYTES, events, events);
    reader.values.templates = this.templates;
    reader.begin(this.source, this.task.header, { start: recordOffset, end: recordOffset + recordBytes, db });
    reader.next();
  }
}
