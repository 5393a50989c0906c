import { RdbError } from "./errors.ts";
import { ELEMENT_PREFIX_BYTES } from "./visitor.ts";

/** Random access to the bytes of a snapshot. `read` may deliver fewer bytes than asked; 0 means the end. */
export interface ByteSource {
  readonly size: number;
  read(target: Uint8Array, targetStart: number, length: number, position: number): number;
}

/** Where a window gets its next bytes from: a range of a source, or an LZF stream being expanded. */
export interface Feed {
  /**
   * Writes the next bytes at `target[start]`, at most `length`; returns how many, 0 at the end. The
   * `HISTORY_BYTES` bytes delivered last still stand before `start` when there are as many.
   */
  next(target: Uint8Array, start: number, length: number): number;
  /** Drops at most `count` of the next bytes if that is cheaper than to deliver them; returns how many. */
  drop(count: number): number;
}

/** How far back an LZF back-reference can reach; a window never forgets that much. */
export const HISTORY_BYTES = 8192;

/** Largest length read exactly: beyond it a double no longer holds every integer. */
const MAX_LENGTH = Number.MAX_SAFE_INTEGER;

/** What `Window.length` returns instead of a length for the special string forms (11|enc). */
export const INT8 = -1;
export const INT16 = -2;
export const INT32 = -3;
export const LZF = -4;

/** Longest element that is made readable whole: no server takes more (proto-max-bulk-len, config.c, Redis 7.2.6). */
export const MAX_ELEMENT_BYTES = 2 ** 29;

/**
 * A sliding window over bytes of any length, in a buffer of fixed size. `bytes[pos]` is the next byte and
 * `offset()` its absolute offset. Values larger than the buffer are walked or skipped, never held; only where whole
 * elements are wanted does the buffer grow, to the longest element met.
 */
export class Window {
  bytes: Uint8Array;
  pos = 0;
  limit = 0;
  /** Bytes of an element that walkers make readable at once (or all, if shorter). */
  readonly elementBytes: number;
  private readonly capacity: number;
  private base = 0;
  private feed: Feed = EMPTY_FEED;

  constructor(capacity: number, wholeElements = false) {
    this.bytes = new Uint8Array(capacity);
    this.capacity = capacity;
    this.elementBytes = wholeElements ? MAX_ELEMENT_BYTES : ELEMENT_PREFIX_BYTES;
  }

  /** Begins anew: the feed's first byte has the absolute offset `start`. */
  reset(feed: Feed, start: number): void {
    this.feed = feed;
    this.base = start;
    this.pos = 0;
    this.limit = 0;
    if (this.bytes.length > this.capacity) this.bytes = new Uint8Array(this.capacity);
  }

  /** Absolute offset of the next byte. */
  offset(): number {
    return this.base + this.pos;
  }

  /** Makes `count` bytes readable at `pos`. @throws {RdbError} UNEXPECTED_EOF when there are fewer. */
  require(count: number): void {
    if (this.limit - this.pos < count && this.fill(count) < count) this.throwEnd();
  }

  /** Makes an element of `bytes` bytes readable, or its first `elementBytes`. @throws {RdbError} UNEXPECTED_EOF */
  requireElement(bytes: number): void {
    this.require(Math.min(bytes, this.elementBytes));
  }

  /** Moves on by `count` bytes. @throws {RdbError} UNEXPECTED_EOF when there are fewer. */
  skip(count: number): void {
    this.pos += count;
    if (this.pos > this.limit) this.overtake();
  }

  /** True when no byte is left. */
  atEnd(): boolean {
    return this.pos >= this.limit && this.fill(1) === 0;
  }

  byte(): number {
    if (this.pos >= this.limit) this.require(1);
    return this.bytes[this.pos++]!;
  }

  /** int32 of four bytes, little-endian. */
  int32le(): number {
    this.require(4);
    const b = this.bytes;
    const p = this.pos;
    this.pos = p + 4;
    return b[p]! | (b[p + 1]! << 8) | (b[p + 2]! << 16) | (b[p + 3]! << 24);
  }

  /** An int64 of eight bytes, little-endian, as a double: exact up to 2^53. */
  int64le(): number {
    const low = this.int32le() >>> 0;
    return this.int32le() * 4294967296 + low;
  }

  /** IEEE 754 double of eight bytes, little-endian. */
  double(): number {
    SCRATCH_WORDS[0] = this.int32le();
    SCRATCH_WORDS[1] = this.int32le();
    return SCRATCH_DOUBLE[0]!;
  }

  /**
   * An RDB length: `00|6`, `01|14`, `0x80 + u32 BE`, `0x81 + u64 BE`; or one of `INT8`…`LZF` for `11|enc`.
   * @throws {RdbError} BAD_LENGTH for an unknown form or a length over 2^53.
   */
  length(): number {
    const first = this.byte();
    if (first < 0x40) return first;
    if (first < 0x80) return ((first & 0x3f) << 8) | this.byte();
    if (first === 0x80) return this.uint32be();
    if (first === 0x81) return this.uint64be();
    if (first >= 0xc0 && first <= 0xc3) return INT8 - (first & 3);
    throw new RdbError("BAD_LENGTH", this.offset() - 1, `length byte 0x${first.toString(16)}`);
  }

  /** A length that must be one: the special string forms are refused. */
  count(): number {
    const n = this.length();
    if (n < 0) throw new RdbError("BAD_LENGTH", this.offset() - 1, "a string form where a count is due");
    return n;
  }

  /** Steps over a length that may use all 64 bits: counters, ids, a module's numbers. */
  skipNumber(): void {
    this.require(1);
    if (this.bytes[this.pos] === 0x81) this.skip(9);
    else this.count();
  }

  /** Moves to an absolute offset: any distance ahead, or a few bytes back after a damaged blob was over-read. */
  moveTo(offset: number): void {
    const distance = offset - this.offset();
    if (distance >= 0) this.skip(distance);
    else this.pos = Math.max(0, this.pos + distance);
  }

  /** The bytes of an RDB integer form (`INT8`, `INT16`, `INT32`) as a number. */
  integer(form: number): number {
    if (form === INT32) return this.int32le();
    if (form === INT8) return (this.byte() << 24) >> 24;
    const low = this.byte();
    return ((this.byte() << 24) >> 16) | low;
  }

  uint32be(): number {
    this.require(4);
    const b = this.bytes;
    const p = this.pos;
    this.pos = p + 4;
    return ((b[p]! << 24) | (b[p + 1]! << 16) | (b[p + 2]! << 8) | b[p + 3]!) >>> 0;
  }

  private uint64be(): number {
    const value = this.uint32be() * 4294967296 + this.uint32be();
    if (value > MAX_LENGTH) throw new RdbError("BAD_LENGTH", this.offset() - 9, "over 2^53");
    return value;
  }

  /** Reads on until `count` bytes stand at `pos` or the feed ends; returns how many stand there. */
  private fill(count: number): number {
    const from = Math.max(0, Math.min(this.pos, this.limit - HISTORY_BYTES));
    if (from > 0 && this.bytes.length - this.limit < Math.max(count, this.bytes.length >> 1)) {
      this.bytes.copyWithin(0, from, this.limit);
      this.base += from;
      this.pos -= from;
      this.limit -= from;
    }
    while (this.limit - this.pos < count) {
      if (this.limit === this.bytes.length) this.grow(count);
      const got = this.feed.next(this.bytes, this.limit, this.bytes.length - this.limit);
      if (got === 0) break;
      this.limit += got;
    }
    return this.limit - this.pos;
  }

  /** Makes the buffer larger, up to the `count` bytes that shall stand at `pos`: as bytes come, never as a length claims. */
  private grow(count: number): void {
    if (this.elementBytes <= this.capacity) return;
    const grown = new Uint8Array(Math.min(this.bytes.length * 2, this.pos + count));
    grown.set(this.bytes);
    this.bytes = grown;
  }

  private overtake(): void {
    let beyond = this.pos - this.limit;
    this.pos = this.limit;
    const dropped = this.feed.drop(beyond);
    if (dropped > 0) {
      this.base += this.limit + dropped;
      this.pos = 0;
      this.limit = 0;
      beyond -= dropped;
    }
    while (beyond > 0) {
      if (this.fill(1) === 0) this.throwEnd();
      const step = Math.min(beyond, this.limit - this.pos);
      this.pos += step;
      beyond -= step;
    }
  }

  private throwEnd(): never {
    throw new RdbError("UNEXPECTED_EOF", this.base + this.limit);
  }
}

const SCRATCH_DOUBLE = new Float64Array(1);
const SCRATCH_WORDS = new Int32Array(SCRATCH_DOUBLE.buffer);

const EMPTY_FEED: Feed = { next: () => 0, drop: () => 0 };

/** Feeds the half-open range `[start, end)` of a source; `onBytes` sees every byte once, in order. */
export class RangeFeed implements Feed {
  private readonly source: ByteSource;
  private readonly end: number;
  private readonly onBytes: ((bytes: Uint8Array, start: number, end: number) => void) | undefined;
  private position: number;

  constructor(
    source: ByteSource,
    start: number,
    end: number,
    onBytes?: (bytes: Uint8Array, start: number, end: number) => void,
  ) {
    this.source = source;
    this.position = start;
    this.end = Math.min(end, source.size);
    this.onBytes = onBytes;
  }

  next(target: Uint8Array, start: number, length: number): number {
    const want = Math.min(length, this.end - this.position);
    if (want <= 0) return 0;
    const got = this.source.read(target, start, want, this.position);
    this.position += got;
    if (this.onBytes !== undefined && got > 0) this.onBytes(target, start, start + got);
    return got;
  }

  drop(count: number): number {
    if (this.onBytes !== undefined) return 0;
    const dropped = Math.max(0, Math.min(count, this.end - this.position));
    this.position += dropped;
    return dropped;
  }
}
