import { RdbError } from "./errors.ts";
import type { ValueVisitor } from "./visitor.ts";
import type { Window } from "./window.ts";

const END = 0xff;
const BIG_LENGTH = 0xfe;

/**
 * Reports the fields and values of the zipmap of `bytes` bytes at the window's position:
 * `u8 count, { length, field, length, u8 free, value, free bytes }…, 0xFF`; a length is 1 byte, or 0xFE + u32 LE.
 * Source: zipmap.c, Redis 2.4.
 * @throws {RdbError} BAD_ZIPMAP
 */
export function walkZipmap(w: Window, bytes: number, visitor: ValueVisitor): void {
  const end = w.offset() + bytes - 1;
  w.skip(1);
  for (;;) {
    if (w.offset() > end) throw new RdbError("BAD_ZIPMAP", w.offset(), "has no end mark");
    const first = w.byte();
    if (first === END) break;
    text(w, readLength(w, first), 0, end, visitor);
    const valueBytes = readLength(w, w.byte());
    text(w, valueBytes, w.byte(), end, visitor);
  }
  if (w.offset() !== end + 1) throw new RdbError("BAD_ZIPMAP", w.offset(), "does not end where it should");
}

function readLength(w: Window, first: number): number {
  if (first < BIG_LENGTH) return first;
  if (first === BIG_LENGTH) return w.int32le() >>> 0;
  throw new RdbError("BAD_ZIPMAP", w.offset() - 1, "end mark where a value is due");
}

function text(w: Window, bytes: number, free: number, end: number, visitor: ValueVisitor): void {
  if (bytes + free > end - w.offset())
    throw new RdbError("BAD_ZIPMAP", w.offset(), "an entry reaches beyond the end");
  w.requireElement(bytes);
  visitor.text(bytes, w.bytes, w.pos);
  w.skip(bytes + free);
}
