import type { RdbHeader } from "../../parsers/header.ts";
import type { RecordReader } from "../../parsers/records.ts";
import { typesOf } from "../../parsers/types.ts";
import type { ByteSource } from "../../parsers/window.ts";
import { safeText } from "../reports/text.ts";
import type { ValueEvents } from "./events.ts";
import { writeJsonBytes, writeJsonName } from "./json-text.ts";
import { JsonValue } from "./json-value.ts";
import { JsonWriter } from "./json-writer.ts";
import type { Output } from "./output.ts";
import { RespValue } from "./resp-value.ts";
import { RespWriter } from "./resp-writer.ts";
import { RestoreWriter } from "./restore.ts";
import { IGNORE_VALUES, type ValueSink } from "./sink.ts";

/** Writes the records of a snapshot, one after another. */
export interface RecordWriter {
  readonly sink: ValueSink;
  start(): void;
  /** A record whose key was read; whether its value shall be told to `sink`, or stepped over. */
  begin(record: RecordReader): boolean;
  /** The record was read. `events` told its value. */
  end(record: RecordReader, events: ValueEvents): void;
  finish(): void;
  /** Values that are written as null, or not at all, as only their server can read them. */
  readonly opaqueValues: number;
  /** Values written as RESTORE, which asks for a server that knows them. */
  readonly restoredValues: number;
}

interface Surroundings {
  readonly out: Output;
  readonly source: ByteSource;
  readonly header: RdbHeader;
  /** Reads the expiries of a hash's fields once more. */
  readonly again: (record: RecordReader, sink: ValueSink) => void;
}

/** Every format of `export --values`. A new one: a class, and a line here. */
export const VALUE_FORMATS = {
  json: (around) => new JsonDocument(around),
  ndjson: (around) => new JsonLines(around),
  resp: (around) => new RespCommands(around, NO_COMMANDS),
  restore: (around) => new RespCommands(around, undefined),
  keys: (around) => new KeyLines(around),
} as const satisfies Record<string, (around: Surroundings) => RecordWriter>;

export type ValueFormat = keyof typeof VALUE_FORMATS;

/** Formats of bytes that a terminal would obey. */
export const BINARY_FORMATS: readonly string[] = ["resp", "restore"] satisfies ValueFormat[];

/** An object of keys and values for each database in turn, in one list: as redis-rdb-tools' `--command json`. */
class JsonDocument implements RecordWriter {
  readonly sink: JsonValue;
  readonly restoredValues = 0;
  opaqueValues = 0;
  private readonly out: Output;
  private db = -1;
  private isFirst = true;

  constructor({ out }: Surroundings) {
    this.out = out;
    this.sink = new JsonValue(new JsonWriter(out));
  }

  start(): void {
    this.out.text("[");
  }

  begin(record: RecordReader): boolean {
    const { key, keyLength, db } = record;
    this.sink.reset();
    this.sink.onBegin = () => {
      if (db !== this.db) this.out.text(this.db < 0 ? "{" : "\n},{");
      if (db !== this.db) this.isFirst = true;
      this.db = db;
      this.out.text(this.isFirst ? "\n" : ",\n");
      this.isFirst = false;
      writeJsonName(this.out, key, 0, keyLength);
      this.out.text(":");
    };
    return true;
  }

  end(): void {
    this.sink.finish();
    this.opaqueValues = this.sink.opaqueValues;
  }

  finish(): void {
    this.out.text(this.db < 0 ? "]\n" : "\n}]\n");
  }
}

/** An object a key and line, with everything there is to say of it. */
class JsonLines implements RecordWriter {
  readonly sink: JsonValue;
  readonly restoredValues = 0;
  opaqueValues = 0;
  private readonly around: Surroundings;
  private readonly types: ReturnType<typeof typesOf>;

  constructor(around: Surroundings) {
    this.around = around;
    this.types = typesOf(around.header.family);
    this.sink = new JsonValue(new JsonWriter(around.out));
  }

  start(): void {}

  begin(record: RecordReader): boolean {
    const { out } = this.around;
    this.sink.reset();
    this.sink.onBegin = (type) => {
      out.text(`{"db":${record.db},"key":`);
      writeJsonBytes(out, record.key, 0, record.keyLength);
      out.text(`,"type":${JSON.stringify(type)},`);
      out.text(`${JSON.stringify(factsOf(record, this.types)).slice(1, -1)},"value":`);
    };
    return true;
  }

  end(record: RecordReader, events: ValueEvents): void {
    this.opaqueValues = this.sink.opaqueValues;
    if (!this.sink.finish()) return;
    const { out, again } = this.around;
    if (events.expiringFields > 0 && record.damage === undefined) {
      out.text(',"field_expires_at":');
      writeFieldExpiries(new JsonWriter(out), (sink) => again(record, sink));
    }
    if (record.damage !== undefined) out.text(',"damaged":true');
    out.text("}\n");
  }

  finish(): void {}
}

/** Type in the file, expiry and use of a record. */
export function factsOf(
  { typeCode, hasExpiry, expiresAt, idleSeconds, freq }: RecordReader,
  types: ReturnType<typeof typesOf>,
): Record<string, string | number | null> {
  return {
    encoding: types[typeCode]!.name,
    expires_at: hasExpiry ? expiresAt : null,
    ...(idleSeconds >= 0 ? { idle_seconds: idleSeconds } : {}),
    ...(freq >= 0 ? { freq } : {}),
  };
}

/** Writes an object of the fields that expire: `read` tells the hash to a sink. */
export function writeFieldExpiries(json: JsonWriter, read: (sink: ValueSink) => void): void {
  json.open("{");
  read({
    ...IGNORE_VALUES,
    pair(field, _, expiresAt) {
      if (expiresAt === 0) return;
      json.named(field);
      json.raw(String(expiresAt));
    },
  });
  json.close();
}

/** A name a line, escaped as in tables. */
class KeyLines implements RecordWriter {
  readonly sink = IGNORE_VALUES;
  readonly opaqueValues = 0;
  readonly restoredValues = 0;
  private readonly out: Output;

  constructor({ out }: Surroundings) {
    this.out = out;
  }

  start(): void {}

  begin({ key, keyLength }: RecordReader): boolean {
    this.out.text(`${safeText(Buffer.from(key.buffer, key.byteOffset, keyLength))}\n`);
    return false;
  }

  end(): void {}

  finish(): void {}
}

/** Types that no command makes: names of `RDB_TYPES`. */
const NO_COMMANDS: readonly string[] = ["MODULE_2", "ARRAY", "GCRA"];
/** Types that say nothing outside of their snapshot. */
const NO_RESTORE: readonly string[] = ["HASH_TMPL_LP_REF", "HASH_TMPL_ARRAY_REF"];

/** Commands that make the data again; values of the types `restored`, or all that can be, as RESTORE. */
class RespCommands implements RecordWriter {
  readonly sink: RespValue;
  readonly opaqueValues = 0;
  restoredValues = 0;
  private readonly resp: RespWriter;
  private readonly restore: RestoreWriter;
  private readonly isRestored: readonly boolean[];
  private db = -1;

  constructor({ out, source, header }: Surroundings, restored: readonly string[] | undefined) {
    this.resp = new RespWriter(out);
    this.sink = new RespValue(this.resp);
    this.restore = new RestoreWriter(source, header, this.resp);
    this.isRestored = typesOf(header.family).map(
      (type) => type !== undefined && (restored?.includes(type.name) ?? !NO_RESTORE.includes(type.name)),
    );
  }

  start(): void {}

  begin(record: RecordReader): boolean {
    const { db, typeCode } = record;
    if (db !== this.db) this.resp.command(["SELECT", String(db)]);
    this.db = db;
    this.sink.record = record;
    return this.isRestored[typeCode] !== true;
  }

  end(record: RecordReader): void {
    if (this.isRestored[record.typeCode] !== true) {
      this.sink.finish(record.hasExpiry ? record.expiresAt : undefined);
      return;
    }
    this.restoredValues++;
    this.restore.write(record);
  }

  finish(): void {}
}
