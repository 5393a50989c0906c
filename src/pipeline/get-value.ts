import { RecordReader } from "../../parsers/records.ts";
import { typesOf } from "../../parsers/types.ts";
import { ValueEvents } from "../values/events.ts";
import { factsOf, writeFieldExpiries } from "../values/formats.ts";
import { writeJsonBytes } from "../values/json-text.ts";
import { JsonValue } from "../values/json-value.ts";
import { JsonWriter } from "../values/json-writer.ts";
import { Output } from "../values/output.ts";
import { RespValue } from "../values/resp-value.ts";
import { RespWriter } from "../values/resp-writer.ts";
import { findKey, type KeyLook, type KeyOptions, type SearchedSnapshot } from "./find-key.ts";
import { windowBytesFor } from "./windows.ts";

export interface GetOptions extends KeyOptions {
  /** `resp`: the commands that make the value again. */
  readonly as: "json" | "resp";
  /** Elements that are shown; of a stream entries, and pending ids of each list. */
  readonly limit: number;
  /** JSON strings longer than so many bytes are cut; default: none is. */
  readonly cutBytes?: number | undefined;
}

/** A key's value, or its beginning. */
export interface FoundValue {
  readonly db: number;
  /** JSON with its line end, or commands. */
  readonly text: Buffer;
  /** Elements (entries of a stream), and how many of them are in `text`. */
  readonly elements: number;
  readonly shown: number;
  /** Pending ids of the longest list of them that should be in `text`: of each, GetOptions' `limit` are. */
  readonly pending: number;
  /** False for what only its server can read: `text` has null, or nothing. */
  readonly readable: boolean;
  /** What is wrong with the value, of which `text` has what could be read. */
  readonly damage: string | undefined;
}

/**
 * Reads the value of one key: one for each database (and snapshot) that holds it, found as `explain` finds it.
 * @throws {UsageError} when no such key is there, or the snapshot is not the one that was analyzed any more
 * @throws {RdbError} when a snapshot that is searched is damaged. @throws {IoError} when it cannot be read
 */
export async function getValue(options: GetOptions): Promise<FoundValue[]> {
  return findKey(options, options.as === "json" ? jsonLook(options) : respLook(options));
}

type Look = (snapshot: SearchedSnapshot) => KeyLook<FoundValue>;

/** Bytes of one answer. */
class Gathered {
  private pieces: Uint8Array[] = [];
  readonly out = new Output((piece) => this.pieces.push(piece));

  take(): Buffer {
    this.out.flush();
    const all = Buffer.concat(this.pieces);
    this.pieces = [];
    return all;
  }
}

function found(
  reader: RecordReader,
  { elements, told: shown }: ValueEvents,
  others: Pick<FoundValue, "text" | "readable" | "pending">,
): FoundValue {
  return { db: reader.db, elements, shown, ...others, damage: reader.damage?.message };
}

function jsonLook({ limit, cutBytes }: GetOptions): Look {
  return ({ plan, source }) => {
    const gathered = new Gathered();
    const json = new JsonWriter(gathered.out, "  ", cutBytes);
    const value = new JsonValue(json, limit);
    const events = new ValueEvents(source, value, limit);
    const reader = new RecordReader(windowBytesFor(plan.bytes), events, events);
    const { header } = plan;
    const types = typesOf(header.family);
    events.record = reader;
    value.onBegin = (type) => {
      json.open("{");
      json.member("db");
      json.raw(String(reader.db));
      json.member("key");
      writeJsonBytes(gathered.out, reader.key, 0, reader.keyLength);
      json.member("type");
      json.raw(JSON.stringify(type));
      for (const [name, fact] of Object.entries(factsOf(reader, types))) {
        json.member(name);
        json.raw(JSON.stringify(fact));
      }
      json.member("value");
    };
    const take = () => {
      const isBegun = value.finish();
      if (isBegun && events.expiringFields > 0) {
        json.member("field_expires_at");
        writeFieldExpiries(json, (sink) => {
          const events = new ValueEvents(source, sink, limit);
          const again = new RecordReader(windowBytesFor(plan.bytes), events, events);
          const { recordOffset: start, recordBytes, db } = reader;
          again.begin(source, header, { start, end: start + recordBytes, db });
          again.next();
        });
      }
      if (isBegun && events.elements > 1) {
        json.member("elements");
        json.raw(String(events.elements));
        json.member("shown");
        json.raw(String(events.told));
      }
      json.close(0);
      if (isBegun) gathered.out.text("\n");
      const readable = value.opaqueValues === 0;
      value.reset();
      value.opaqueValues = 0;
      return found(reader, events, { text: gathered.take(), readable, pending: events.mostOfGroup });
    };
    return { reader, take };
  };
}

function respLook({ limit }: GetOptions): Look {
  return ({ plan, source }) => {
    const gathered = new Gathered();
    const value = new RespValue(new RespWriter(gathered.out));
    const events = new ValueEvents(source, value, limit);
    const reader = new RecordReader(windowBytesFor(plan.bytes), events, events);
    value.record = reader;
    events.record = reader;
    const take = () => {
      value.finish(reader.hasExpiry ? reader.expiresAt : undefined);
      // A group's own list is in no command.
      const { isReadable: readable } = value;
      return found(reader, events, { text: gathered.take(), readable, pending: events.mostOfConsumer });
    };
    return { reader, take };
  };
}
