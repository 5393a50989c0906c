import { readHeader } from "../../parsers/header.ts";
import { OPCODE, opcodesOf } from "../../parsers/opcodes.ts";
import { addPlace, readTemplateNames, TemplateStore } from "../../parsers/templates.ts";
import { typesOf } from "../../parsers/types.ts";
import { ValueReader } from "../../parsers/values.ts";
import { IGNORE_ALL } from "../../parsers/visitor.ts";
import { LZF, RangeFeed, Window } from "../../parsers/window.ts";
import { memorySource } from "../support/read-snapshot.ts";

const WINDOW_BYTES = 2 ** 17;

/** An RDB length in a snapshot: the half-open range of its bytes, and what it says. */
export interface LengthPlace {
  readonly at: number;
  readonly end: number;
  readonly value: number;
}

/** A string as it stands in a snapshot: from its first length byte to its end. */
export interface StringPlace {
  readonly at: number;
  readonly content: number;
  readonly end: number;
  /** Uncompressed length of an LZF string. */
  readonly plain: number | undefined;
}

/** A record: from its type byte to its end. */
export interface RecordPlace {
  readonly at: number;
  readonly end: number;
  readonly type: number;
}

/** Where the parts of a snapshot stand, as far as it can be read. */
export interface Places {
  readonly lengths: readonly LengthPlace[];
  readonly strings: readonly StringPlace[];
  /** Strings that hold a listpack, ziplist, zipmap or intset, not compressed. */
  readonly blobs: readonly StringPlace[];
  readonly records: readonly RecordPlace[];
  /** Offset of the EOF opcode, or of what could not be read. */
  readonly end: number;
}

class TracingWindow extends Window {
  readonly lengths: LengthPlace[] = [];

  override length(): number {
    const at = this.offset();
    const value = super.length();
    this.lengths.push({ at, end: this.offset(), value });
    return value;
  }
}

/** Walks a snapshot and notes where its lengths, strings, packed blobs and records are. */
export function placesOf(bytes: Uint8Array): Places {
  const w = new TracingWindow(WINDOW_BYTES);
  const blobs: StringPlace[] = [];
  const records: RecordPlace[] = [];
  const found = { lengths: w.lengths, blobs, records };
  try {
    const source = memorySource(bytes);
    const header = readHeader(source);
    w.reset(new RangeFeed(source, 9, source.size), 9);
    const values = new ValueReader(w, {
      ...IGNORE_ALL,
      blob(length) {
        const at = w.lengths.at(-1)!;
        if (at.value === length && at.end === w.offset())
          blobs.push({ at: at.at, content: at.end, end: at.end + length, plain: undefined });
      },
    });
    const templates = new TemplateStore();
    values.templates = templates;
    const types = typesOf(header.family);
    const opcodes = opcodesOf(header.family);
    for (;;) {
      const at = w.offset();
      const code = w.byte();
      const type = types[code];
      if (type !== undefined) {
        const from = values.strings.open();
        from.skip(values.strings.blobBytes);
        values.strings.close();
        type.walk(values);
        records.push({ at, end: w.offset(), type: code });
      } else if (opcodes[code] === undefined || code === OPCODE.eof) break;
      else {
        if (code === OPCODE.template && header.family === "redis") {
          const places: number[] = [];
          addPlace(places, w.length(), at, readTemplateNames(w, w.length(), at));
          templates.add(places);
        } else opcodes[code].skip(w);
      }
    }
  } catch {
    // What could be read is enough: a snapshot changed before may end anywhere.
  }
  return { ...found, strings: stringsOf(w.lengths, bytes.length), end: Math.min(w.offset(), bytes.length) };
}

function stringsOf(lengths: readonly LengthPlace[], size: number): StringPlace[] {
  const strings: StringPlace[] = [];
  lengths.forEach(({ at, end, value }, i) => {
    const packed = lengths[i + 1];
    const plain = lengths[i + 2];
    if (
      value === LZF &&
      packed !== undefined &&
      plain !== undefined &&
      packed.value >= 0 &&
      plain.value >= 0
    ) {
      if (plain.end + packed.value <= size)
        strings.push({ at, content: plain.end, end: plain.end + packed.value, plain: plain.value });
    } else if (value > 0 && end + value <= size)
      strings.push({ at, content: end, end: end + value, plain: undefined });
  });
  return strings;
}
