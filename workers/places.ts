import { RdbError } from "../parsers/errors.ts";
import type { RdbHeader } from "../parsers/header.ts";
import { RecordReader } from "../parsers/records.ts";
import type { Gap } from "../parsers/salvage/gaps.ts";
import type { Splitter } from "../parsers/splitter.ts";
import { StringReader } from "../parsers/strings.ts";
import { IGNORE_ALL } from "../parsers/visitor.ts";
import { type ByteSource, RangeFeed, Window } from "../parsers/window.ts";
import type { FaultPlace, LostRange } from "./protocol.ts";

const WINDOW_BYTES = 2 ** 16;
/** Bytes of a name that are kept, and bytes that are shown on either side of a fault. */
const MAX_NAME_BYTES = 4096;
const SHOWN_BYTES = 16;

/** What stands around a byte at which reading failed. */
export function placeOf(source: ByteSource, splitter: Splitter, offset: number): FaultPlace {
  return {
    key: splitter.lastKeyAt < 0 ? null : orNull(() => nameAt(source, splitter.lastKeyAt)),
    before: hexOf(source, Math.max(0, offset - SHOWN_BYTES), offset),
    from: hexOf(source, offset, offset + SHOWN_BYTES),
  };
}

function hexOf(source: ByteSource, start: number, end: number): string {
  const bytes = Buffer.alloc(Math.max(0, Math.min(end, source.size) - start));
  source.read(bytes, 0, bytes.length, start);
  return bytes.toString("hex").replace(/..(?=.)/g, "$& ");
}

/** Gaps with the keys on either side. `keysBefore`: where the name before each stands, -1 for none. */
export function lostRanges(
  source: ByteSource,
  header: RdbHeader,
  gaps: readonly Gap[],
  keysBefore: readonly number[],
): LostRange[] {
  return gaps.map(({ start, end, error, recordsAfter, db }, i) => ({
    start,
    end,
    code: error.code,
    message: error.message,
    offset: error.offset,
    recordsAfter,
    db: db ?? null,
    keyBefore: keysBefore[i]! < 0 ? null : orNull(() => nameAt(source, keysBefore[i]!)),
    keyAfter: end === source.size ? null : orNull(() => firstKey(source, header, end)),
  }));
}

/** A name that cannot be read is none. */
function orNull(read: () => Uint8Array | null): Uint8Array | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof RdbError) return null;
    throw error;
  }
}

/** The string at an offset. @throws {RdbError} */
function nameAt(source: ByteSource, at: number): Uint8Array {
  const w = new Window(WINDOW_BYTES);
  w.reset(new RangeFeed(source, at, source.size), at);
  const strings = new StringReader(w);
  const from = strings.open();
  const bytes = Math.min(strings.blobBytes, MAX_NAME_BYTES);
  from.require(bytes);
  return from.bytes.slice(from.pos, from.pos + bytes);
}

/** The name of the first key from a record's beginning on. @throws {RdbError} */
function firstKey(source: ByteSource, header: RdbHeader, start: number): Uint8Array | null {
  const reader = new RecordReader(WINDOW_BYTES, IGNORE_ALL);
  let name: Uint8Array | null = null;
  reader.wanted = () => {
    name = reader.key.slice(0, Math.min(reader.keyLength, MAX_NAME_BYTES));
    return false;
  };
  reader.begin(source, header, { start, end: source.size, db: 0 });
  reader.next();
  return name;
}
