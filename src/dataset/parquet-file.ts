import { createHash } from "node:crypto";
import fs from "node:fs";
import { ReadableStream, type ReadableStreamDefaultController } from "node:stream/web";
import {
  Compression,
  EnabledStatistics,
  Encoding,
  initSync,
  type RecordBatch,
  Table,
  transformParquetStream,
  WriterPropertiesBuilder,
  WriterVersion,
} from "parquet-wasm/esm";
import { RunError, reasonOf } from "../errors.ts";
import { GROUP_ROWS } from "./part-sizes.ts";
import type { ColumnType, DatasetColumn } from "./tables.ts";

const PAGE_BYTES = 2 ** 20;

/** A file that was written. */
export interface WrittenFile {
  readonly rows: number;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/**
 * How columns are stored. What a compressor finds in numbers is gone when they are packed as differences. Servers order keys by hashes, so
 * that every row group has names from first to last: least and largest ones would tell nothing, and take a fifth of the time.
 */
const { Chunk, None } = EnabledStatistics;
const NUMBERS = { compression: Compression.UNCOMPRESSED, statistics: Chunk };
const STORED: Readonly<
  Record<ColumnType, { readonly compression: Compression; readonly statistics: EnabledStatistics }>
> = {
  BINARY: { compression: Compression.SNAPPY, statistics: None },
  STRING: { compression: Compression.SNAPPY, statistics: None },
  INT32: NUMBERS,
  INT64: NUMBERS,
  TIMESTAMP: NUMBERS,
  DOUBLE: { compression: Compression.SNAPPY, statistics: Chunk },
  BOOLEAN: NUMBERS,
};

let isLoaded = false;

/** Loads the writer, Rust's as WebAssembly, once a thread; `code` is where it is. */
export function loadParquet(code: URL): void {
  if (!isLoaded) initSync({ module: fs.readFileSync(code) });
  isLoaded = true;
}

/**
 * Writes batches, Arrow IPC streams of one schema, as a new Parquet file, and syncs it; holds no more than a row group. Messages call
 * the folder `folder`.
 * @throws {RunError} when it cannot be written. @throws what `batches` throws
 */
export async function writeParquet(
  file: string,
  folder: string,
  columns: readonly DatasetColumn[],
  batches: Iterable<Uint8Array>,
): Promise<WrittenFile> {
  const source = new Source(batches);
  const sink = new Sink(file, folder);
  try {
    // The types of the package are those of browsers.
    const given = source.stream as unknown as Parameters<typeof transformParquetStream>[0];
    const taken = (await transformParquetStream(given, properties(columns))) as unknown as ReadableStream;
    const reader = taken.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      sink.write(value as Uint8Array);
    }
    return { rows: source.rows, ...sink.finish() };
  } catch (error) {
    throw source.failure ?? error;
  } finally {
    sink.close();
  }
}

/** Hands batches to the writer, one whenever it asks. */
class Source {
  rows = 0;
  readonly stream: ReadableStream;
  /** What the batches threw: on its way through the writer an error becomes another one. */
  failure: unknown;

  constructor(batches: Iterable<Uint8Array>) {
    const iterator = batches[Symbol.iterator]();
    const pull = (controller: ReadableStreamDefaultController) => {
      try {
        const next = iterator.next();
        if (next.done === true) controller.close();
        else controller.enqueue(this.batch(next.value));
      } catch (error) {
        this.failure = error;
        controller.error(error);
      }
    };
    this.stream = new ReadableStream({ pull }, { highWaterMark: 0 });
  }

  private batch(ipc: Uint8Array): RecordBatch {
    const table = Table.fromIPCStream(ipc);
    const batch = table.recordBatch(table.numBatches - 1)!;
    table.free();
    this.rows += batch.numRows;
    return batch;
  }
}

/** A new file, hashed as it is written. */
class Sink {
  private readonly folder: string;
  private readonly fd: number;
  private readonly hash = createHash("sha256");
  private bytes = 0;

  constructor(file: string, folder: string) {
    this.folder = folder;
    this.fd = this.guarded(() => fs.openSync(file, "wx"));
  }

  write(piece: Uint8Array): void {
    this.hash.update(piece);
    this.guarded(() => {
      for (let at = 0; at < piece.length; ) at += fs.writeSync(this.fd, piece, at);
    });
    this.bytes += piece.length;
  }

  /** Syncs the file. */
  finish(): Pick<WrittenFile, "bytes" | "sha256"> {
    this.guarded(() => fs.fsyncSync(this.fd));
    return { bytes: this.bytes, sha256: this.hash.digest("hex") };
  }

  close(): void {
    fs.closeSync(this.fd);
  }

  private guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      throw new RunError(`cannot write in ${this.folder}: ${reasonOf(cause)}`, { cause });
    }
  }
}

function properties(columns: readonly DatasetColumn[]) {
  let builder = new WriterPropertiesBuilder()
    .setWriterVersion(WriterVersion.V2)
    .setCreatedBy("rdbscope")
    .setDictionaryEnabled(false)
    .setMaxRowGroupSize(GROUP_ROWS)
    .setDataPageSizeLimit(PAGE_BYTES);
  for (const { name, type } of columns) {
    const { compression, statistics } = STORED[type];
    builder = builder
      .setColumnCompression(name, compression)
      .setColumnStatisticsEnabled(name, statistics)
      .setColumnDictionaryEnabled(name, type === "STRING");
    if (type === "BINARY") builder = builder.setColumnEncoding(name, Encoding.DELTA_LENGTH_BYTE_ARRAY);
  }
  return builder.build();
}
