import { RdbError } from "./errors.ts";
import { newPackedElement, type PackedElement, reportPacked, setInt32 } from "./packed.ts";
import type { ValueVisitor } from "./visitor.ts";
import type { Window } from "./window.ts";

/**
 * Ziplist: `u32 LE total bytes, u32 LE offset of the last entry, u16 LE entries (65535: unknown), entries…, 0xFF`.
 * Entry: `previous entry's length (1 byte, or 0xFE + u32 LE), encoding, data`.
 * ```
 * 00xxxxxx  6-bit length, text        11000000  int16    11111110  int8
 * 01xxxxxx  14-bit length BE, text    11010000  int32    1111xxxx  4-bit integer + 1 (0001-1101)
 * 10______  32-bit length BE, text    11100000  int64    11110000  int24
 * ```
 * Source: ziplist.c, Redis 6.2.
 */
const HEADER_BYTES = 10;
const END = 0xff;
const UNKNOWN_COUNT = 65535;
const BIG_PREVLEN = 0xfe;

const element = newPackedElement();

/** Reports every entry of the ziplist of `bytes` bytes at the window's position. @throws {RdbError} BAD_ZIPLIST */
export function walkZiplist(w: Window, bytes: number, visitor: ValueVisitor): void {
  const start = w.offset();
  if (bytes < HEADER_BYTES + 1) throw new RdbError("BAD_ZIPLIST", start, "shorter than its header");
  if (w.int32le() >>> 0 !== bytes)
    throw new RdbError("BAD_ZIPLIST", start, "its length differs from the string's");
  w.skip(4);
  const declared = w.byte() | (w.byte() << 8);
  const end = start + bytes - 1;
  let seen = 0;
  for (; w.offset() < end; seen++) {
    if (w.byte() === BIG_PREVLEN) w.skip(4);
    readEntry(w, element);
    reportPacked(w, element, end, "BAD_ZIPLIST", visitor);
  }
  if (w.offset() !== end || w.byte() !== END)
    throw new RdbError("BAD_ZIPLIST", w.offset(), "does not end where it should");
  if (declared !== UNKNOWN_COUNT && declared !== seen)
    throw new RdbError("BAD_ZIPLIST", start, "wrong number of entries");
}

function readEntry(w: Window, e: PackedElement): void {
  const first = w.byte();
  e.tail = 0;
  if (first < 0x40) e.bytes = first;
  else if (first < 0x80) e.bytes = ((first & 0x3f) << 8) | w.byte();
  else if (first < 0xc0) e.bytes = ((w.byte() << 24) | (w.byte() << 16) | (w.byte() << 8) | w.byte()) >>> 0;
  else readInteger(w, first, e);
}

function readInteger(w: Window, first: number, e: PackedElement): void {
  if (first === 0xc0) setInt32(e, ((w.byte() << 16) | (w.byte() << 24)) >> 16);
  else if (first === 0xd0) setInt32(e, w.int32le());
  else if (first === 0xe0) {
    e.bytes = -1;
    e.low = w.int32le();
    e.high = w.int32le();
  } else if (first === 0xf0) setInt32(e, ((w.byte() << 8) | (w.byte() << 16) | (w.byte() << 24)) >> 8);
  else if (first === 0xfe) setInt32(e, (w.byte() << 24) >> 24);
  else if (first > 0xf0 && first < 0xfe) setInt32(e, (first & 0x0f) - 1);
  else throw new RdbError("BAD_ZIPLIST", w.offset() - 1, `encoding byte 0x${first.toString(16)}`);
}
