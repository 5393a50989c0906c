import { RdbError } from "./errors.ts";
import { newPackedElement, type PackedElement, reportPacked, setInt32, skipPacked } from "./packed.ts";
import type { ValueVisitor } from "./visitor.ts";
import type { Window } from "./window.ts";

/**
 * Listpack: `u32 LE total bytes, u16 LE elements (65535: unknown), elements…, 0xFF`.
 * Element: `encoding, data, backlen`, where backlen is the length of encoding + data in 1-5 bytes.
 * ```
 * 0xxxxxxx  7-bit unsigned      1110xxxx  12-bit length, text     11110001  int16
 * 10xxxxxx  6-bit length, text  11110000  32-bit length, text     11110010  int24
 * 110xxxxx  13-bit signed       11110011  int32                   11110100  int64
 * ```
 * Source: listpack.c, Redis 7.2.
 */
export const LISTPACK_HEADER_BYTES = 6;
const END = 0xff;
const UNKNOWN_COUNT = 65535;

/** Reads the header of the next element; the window then stands at its text, or behind its integer. */
function readListpackElement(w: Window, e: PackedElement): void {
  const first = w.byte();
  if (first < 0x80) {
    setInt32(e, first);
    e.tail = 1;
  } else if (first < 0xc0) {
    e.bytes = first & 0x3f;
    e.tail = 1;
  } else if (first < 0xe0) {
    setInt32(e, ((((first & 0x1f) << 8) | w.byte()) << 19) >> 19);
    e.tail = 1;
  } else if (first < 0xf0) {
    e.bytes = ((first & 0x0f) << 8) | w.byte();
    e.tail = backlenBytes(2 + e.bytes);
  } else readWideElement(w, first, e);
}

function readWideElement(w: Window, first: number, e: PackedElement): void {
  e.tail = 1;
  if (first === 0xf0) {
    e.bytes = w.int32le() >>> 0;
    e.tail = backlenBytes(5 + e.bytes);
  } else if (first === 0xf1) setInt32(e, ((w.byte() << 16) | (w.byte() << 24)) >> 16);
  else if (first === 0xf2) setInt32(e, ((w.byte() << 8) | (w.byte() << 16) | (w.byte() << 24)) >> 8);
  else if (first === 0xf3) setInt32(e, w.int32le());
  else if (first === 0xf4) {
    e.bytes = -1;
    e.low = w.int32le();
    e.high = w.int32le();
  } else throw new RdbError("BAD_LISTPACK", w.offset() - 1, `encoding byte 0x${first.toString(16)}`);
}

/** `tail` of an element whose backlen only its own first byte can tell. */
const UNSURE = 0;

/**
 * Bytes of the backlen of an entry of `bytes` bytes: seven bits a byte. `UNSURE` for the three lengths that just fit:
 * servers without redis/redis#15151 or valkey-io/valkey#3601 take a byte more for them. Mirrors lpEncodeBacklen(),
 * listpack.c, Redis 7.2 and Valkey 9.1.2. Exact.
 */
function backlenBytes(bytes: number): number {
  if (bytes <= 127) return 1;
  if (bytes === 16383 || bytes === 2097151 || bytes === 268435455) return UNSURE;
  if (bytes < 16383) return 2;
  if (bytes < 2097151) return 3;
  return bytes < 268435455 ? 4 : 5;
}

/** Moves behind the backlen of a length that just fits: one of a byte more begins with seven bits of nothing. */
function skipUnsure(w: Window, textBytes: number): void {
  const shortest = textBytes < 16383 ? 2 : textBytes < 2097151 ? 3 : 4;
  w.skip(w.byte() === 0 ? shortest : shortest - 1);
}

/** Walks the elements of a listpack; knows where it ends and how many elements it says it has. */
export class ListpackReader {
  readonly element = newPackedElement();
  private w!: Window;
  private end = 0;
  private declared = 0;
  private seen = 0;

  /** Begins with the listpack of `bytes` bytes at the window's position. @throws {RdbError} BAD_LISTPACK */
  begin(w: Window, bytes: number): void {
    const start = w.offset();
    if (bytes < LISTPACK_HEADER_BYTES + 1)
      throw new RdbError("BAD_LISTPACK", start, "shorter than its header");
    this.w = w;
    if (w.int32le() >>> 0 !== bytes)
      throw new RdbError("BAD_LISTPACK", start, "its length differs from the string's");
    this.declared = w.byte() | (w.byte() << 8);
    this.end = start + bytes - 1;
    this.seen = 0;
  }

  /** True when another element follows. Otherwise the window stands behind the listpack. */
  more(): boolean {
    const w = this.w;
    if (w.offset() < this.end) return true;
    this.finish();
    return false;
  }

  /** Reads the header of the next element into `element`. */
  read(): void {
    readListpackElement(this.w, this.element);
    this.seen++;
  }

  /** Reads the next element, which must be there, and reports it. */
  report(visitor: ValueVisitor): void {
    this.expectMore();
    this.read();
    reportPacked(this.w, this.element, this.end, "BAD_LISTPACK", visitor);
    if (this.element.tail === UNSURE) skipUnsure(this.w, this.element.bytes);
  }

  /** Reads the next element, which must be there, and moves behind it. Its value stays in `element`. */
  skip(): void {
    this.expectMore();
    this.read();
    skipPacked(this.w, this.element, this.end, "BAD_LISTPACK");
    if (this.element.tail === UNSURE) skipUnsure(this.w, this.element.bytes);
  }

  private expectMore(): void {
    if (this.w.offset() >= this.end) this.throwBad("fewer elements than its structure needs");
  }

  private finish(): void {
    if (this.w.offset() !== this.end || this.w.byte() !== END) this.throwBad("does not end where it should");
    if (this.declared !== UNKNOWN_COUNT && this.declared !== this.seen)
      this.throwBad("wrong number of elements");
  }

  private throwBad(detail: string): never {
    throw new RdbError("BAD_LISTPACK", this.w.offset(), detail);
  }
}
