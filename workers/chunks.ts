import { Crc64 } from "../parsers/crc64.ts";
import { RdbError } from "../parsers/errors.ts";
import { RecordReader } from "../parsers/records.ts";
import { TemplateStore } from "../parsers/templates.ts";
import type { ValueVisitor } from "../parsers/visitor.ts";
import { toErrorRecord } from "../src/errors.ts";
import type { NameHash } from "../src/inventory/name-hash.ts";
import { quoted } from "../src/inventory/utf8.ts";
import { FileSource } from "../src/io/file-source.ts";
import { Inbox } from "./inbox.ts";
import type { Answer, ChunkDone, ChunkOrder, ChunkTask, Damages, LostRecords } from "./protocol.ts";

/** What a thread does with each chunk, and what it says in the end. */
export interface ChunkWorker<R> {
  read(order: NonNullable<ChunkOrder>): ChunkDone;
  result(): R;
  close(): void;
}

/** Takes chunks from the task's port until there are no more. `explain` makes more of an error than it says itself. */
export async function takeChunks<R>(
  task: ChunkTask,
  make: () => ChunkWorker<R>,
  explain: (error: unknown) => unknown = (error) => error,
): Promise<Answer<R>> {
  const orders = new Inbox<ChunkOrder>(task.port);
  try {
    const worker = make();
    try {
      for (let order = await orders.next(); order !== undefined; order = await orders.next()) {
        task.port.postMessage(worker.read(order));
      }
      return { value: worker.result() };
    } finally {
      worker.close();
    }
  } catch (error) {
    return { error: toErrorRecord(explain(error)) };
  } finally {
    task.port.close();
  }
}

/** The records of a thread's chunks, and the checksum of each chunk's bytes. */
export class ChunkRecords {
  readonly records: RecordReader;
  private readonly task: ChunkTask;
  private readonly source: FileSource;
  private readonly templates = new TemplateStore();
  private readonly crc = new Crc64();
  /** Records whose keys could not be read. */
  readonly lost: LostRecords = { first: [], count: 0, bytes: 0 };

  constructor(task: ChunkTask, visitor: ValueVisitor) {
    this.task = task;
    this.source = new FileSource(task.path, task.identity);
    this.records = new RecordReader(task.windowBytes, visitor);
    this.records.values.templates = this.templates;
  }

  /** Reads a chunk; `visit` is called after each record, whose fields stand in `records`. */
  each({ chunk, templates }: NonNullable<ChunkOrder>, visit: () => void): ChunkDone {
    const { crc, records, task } = this;
    this.templates.add(templates);
    crc.reset();
    const onBytes = task.checksum
      ? (bytes: Uint8Array, start: number, end: number) => crc.update(bytes, start, end)
      : undefined;
    if (chunk.lost === true) records.pass(this.source, chunk, onBytes);
    else {
      records.begin(this.source, task.header, chunk, onBytes);
      readAll(records, visit, task.salvage ? this.lost : undefined);
    }
    const bytes = chunk.end - chunk.start;
    return { index: chunk.index, bytes, keys: chunk.keys, crcHigh: crc.high, crcLow: crc.low };
  }

  close(): void {
    this.source.close();
  }
}

/**
 * Reads the records of a chunk; `visit` is called after each. With `lost`, those of which the name is damaged are passed
 * over and counted there.
 */
export function readAll(records: RecordReader, visit: () => void, lost: LostRecords | undefined): void {
  for (;;) {
    try {
      while (records.next()) visit();
      return;
    } catch (error) {
      const end = lost !== undefined && error instanceof RdbError ? records.stepOver() : undefined;
      if (lost === undefined || end === undefined) throw error;
      noteLost(lost, { start: records.recordOffset, end, error: error as RdbError });
    }
  }
}

function noteLost(
  lost: LostRecords,
  { start, end, error }: { start: number; end: number; error: RdbError },
): void {
  lost.count++;
  lost.bytes += end - start;
  if (lost.first.length < MAX_LOST) lost.first.push({ start, end, error: toErrorRecord(error) });
}

/** As many as are named of a whole snapshot: readers go forward, so the first of all are among the first of each. */
const MAX_KEPT = 100;
/** Records without a key that are listed, a thread. */
const MAX_LOST = 1000;

/** Counts what is wrong inside the value just read; keeps the first, with the key's name, or that hashed. */
export function noteDamage(damages: Damages, records: RecordReader, hash?: NameHash): void {
  if (records.damage === undefined) return;
  damages.count++;
  if (damages.first.length >= MAX_KEPT) return;
  const { code, offset, message } = records.damage;
  const name =
    hash?.text(records.key, records.keyLength) ?? quoted(records.key.subarray(0, records.keyLength));
  damages.first.push({ code, offset, message: `${message}, in the value of ${name}` });
}
