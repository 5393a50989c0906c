import { Copier } from "./copier.ts";
import { RdbError } from "./errors.ts";
import type { RdbHeader } from "./header.ts";
import { OPCODE, opcodesOf, type RdbOpcode } from "./opcodes.ts";
import type { ByteRange, Chunk } from "./splitter.ts";
import { skipString } from "./strings.ts";
import { type RdbType, typesOf } from "./types.ts";
import { ValueReader } from "./values.ts";
import type { ValueDetails, ValueVisitor } from "./visitor.ts";
import { type ByteSource, LZF, RangeFeed, Window } from "./window.ts";

/** STRING: the value is one RDB string. */
const STRING_TYPE = 0;
/** Most that the shortest form of a length says: 00|6. */
const SHORT_BYTES = 0x3f;
const NO_VALUE = -1;
const NO_NAME = -1;
const NO_SKIPS: readonly number[] = [];
/** Longest key that a server takes: proto-max-bulk-len, config.c, Redis 7.2.6. */
const MAX_KEY_BYTES = 2 ** 29;
/** Little, as all of it is read anew for each damaged value. */
const SECOND_WINDOW_BYTES = 20 * 1024;

/**
 * Reads the records of a chunk: the opcodes and the key into its own fields, the value to the visitor. Nothing is
 * allocated a record; the key's bytes are valid until the next one.
 */
export class RecordReader {
  /** The key: `key[0, keyLength)`. */
  key: Uint8Array = new Uint8Array(1024);
  keyLength = 0;
  /** Whether the key is known to be ASCII without NUL: a long one is not. */
  keyIsPlain = true;
  db = 0;
  /** Offset of the record's first byte (an opcode of the key, else its type byte), and its bytes. */
  recordOffset = 0;
  recordBytes = 0;
  /** Offset of the value: behind the key. */
  valueOffset = 0;
  typeCode = 0;
  hasExpiry = false;
  /** ms since epoch; meaningless without `hasExpiry`. */
  expiresAt = 0;
  /** Seconds, or -1 when the snapshot has none. */
  idleSeconds = NO_VALUE;
  /** LFU counter, or -1 when the snapshot has none. */
  freq = NO_VALUE;
  /** Damage inside the value, whose end is known all the same: what was read of it has been reported. */
  damage: RdbError | undefined;
  /** Asked when a record's key is read: false has its value stepped over, and the visitor hears nothing of it. */
  wanted: (() => boolean) | undefined;
  readonly values: ValueReader;
  private readonly w: Window;
  private readonly visitor: ValueVisitor;
  private readonly copier = new Copier();
  /** Where names stand that fit, and those that do not. */
  private short = this.key;
  private long = this.key;
  /** Made for the first damaged value. */
  private second: Window | undefined;
  private source!: ByteSource;
  private end = 0;
  /** Runs of records to be passed over, `start, end` of each; where the next one begins, and its place among them. */
  private skips: readonly number[] = NO_SKIPS;
  private skipAt = Number.POSITIVE_INFINITY;
  private skipped = 0;
  /** Where the name stands that is being read. */
  private nameAt = NO_NAME;
  private types: readonly (RdbType | undefined)[] = [];
  private opcodes: readonly (RdbOpcode | undefined)[] = [];

  /** With `details`, elements are readable whole. */
  constructor(windowBytes: number, visitor: ValueVisitor, details?: ValueDetails) {
    this.w = new Window(windowBytes, details !== undefined);
    this.visitor = visitor;
    this.values = new ValueReader(this.w, visitor, details);
  }

  /** Has names stand in a buffer of the caller's, if they fit. */
  useBuffer(bytes: Uint8Array): void {
    this.short = bytes;
  }

  /** Begins a chunk. `onBytes` sees each of its bytes once, in order. */
  begin(
    source: ByteSource,
    header: RdbHeader,
    chunk: Pick<Chunk, "start" | "end" | "db" | "skips">,
    onBytes?: (bytes: Uint8Array, start: number, end: number) => void,
  ): void {
    this.types = typesOf(header.family);
    this.opcodes = opcodesOf(header.family);
    this.db = chunk.db;
    this.nameAt = NO_NAME;
    this.source = source;
    this.end = chunk.end;
    this.skips = chunk.skips ?? NO_SKIPS;
    this.skipAt = this.skips[0] ?? Number.POSITIVE_INFINITY;
    this.skipped = 0;
    this.w.reset(new RangeFeed(source, chunk.start, chunk.end, onBytes), chunk.start);
  }

  /** Steps over bytes that hold no records; `onBytes` sees them all the same. */
  pass(
    source: ByteSource,
    { start, end }: ByteRange,
    onBytes?: (bytes: Uint8Array, start: number, end: number) => void,
  ): void {
    this.w.reset(new RangeFeed(source, start, end, onBytes), start);
    this.w.skip(end - start);
  }

  /** Reads the next record; false behind the last. @throws {RdbError} */
  next(): boolean {
    const w = this.w;
    let recordOffset = -1;
    this.hasExpiry = false;
    this.idleSeconds = NO_VALUE;
    this.freq = NO_VALUE;
    for (;;) {
      if (recordOffset < 0) {
        if (w.offset() === this.skipAt) this.passSkipped();
        if (w.pos >= w.limit && w.atEnd()) return false;
      }
      const at = w.offset();
      const code = w.byte();
      const type = this.types[code];
      if (type !== undefined) {
        this.recordOffset = recordOffset < 0 ? at : recordOffset;
        this.typeCode = code;
        if (code === STRING_TYPE && this.readShort()) return true;
        this.nameAt = w.offset();
        this.readKey();
        this.nameAt = NO_NAME;
        this.damage = undefined;
        this.valueOffset = w.offset();
        if (this.wanted === undefined || this.wanted()) this.readValue(type);
        else type.skip(w, this.values.templates);
        this.recordBytes = w.offset() - this.recordOffset;
        return true;
      }
      const opcode = this.opcodes[code];
      if (opcode === undefined) throw new RdbError("UNKNOWN_OPCODE", at, `${code}`);
      if (opcode.ofKey === true && recordOffset < 0) recordOffset = at;
      this.act(opcode);
    }
  }

  /** Reads the rest of a record whose name and string are short and stand in the window; false, and nothing is read: they do not. */
  private readShort(): boolean {
    const { w, visitor } = this;
    const { bytes } = w;
    const at = w.pos + 1;
    const nameBytes = bytes[w.pos]!;
    if (nameBytes > SHORT_BYTES || visitor.string === undefined || this.wanted !== undefined) return false;
    const behindName = at + nameBytes;
    if (behindName + 2 > w.limit) return false;
    let value = behindName + 1;
    let valueBytes = bytes[behindName]!;
    if (valueBytes > SHORT_BYTES) {
      if (valueBytes >= 0x80) return false;
      valueBytes = ((valueBytes & SHORT_BYTES) << 8) | bytes[value++]!;
    }
    if (value + valueBytes > w.limit) return false;
    this.key = this.short;
    this.keyLength = nameBytes;
    this.keyIsPlain = this.copier.copy(bytes, at, this.key, 0, nameBytes);
    this.damage = undefined;
    w.pos = behindName;
    this.valueOffset = w.offset();
    visitor.string(valueBytes, bytes, value);
    w.pos = value + valueBytes;
    this.recordBytes = w.offset() - this.recordOffset;
    return true;
  }

  private passSkipped(): void {
    this.w.moveTo(this.skips[this.skipped + 1]!);
    this.skipped += 2;
    this.skipAt = this.skips[this.skipped] ?? Number.POSITIVE_INFINITY;
  }

  /** Reads a value; damage inside one that can be stepped over as a whole does not end the chunk. */
  private readValue(type: RdbType): void {
    const { w, values } = this;
    const start = w.offset();
    try {
      type.walk(values);
    } catch (error) {
      if (!(error instanceof RdbError)) throw error;
      const end = this.endOf(type, start);
      this.damage = error;
      values.reset();
      w.moveTo(end);
    }
    values.visitor.end();
  }

  /**
   * Steps over the record whose key could not be read, when its end is known all the same: `next` goes on behind it.
   * Returns where it ends; undefined when something else went wrong.
   */
  stepOver(): number | undefined {
    if (this.nameAt < 0) return undefined;
    const end = this.endOf(this.types[this.typeCode]!, this.nameAt, true);
    this.values.reset();
    this.w.moveTo(end);
    return end;
  }

  /** Where a value ends, or a name and its value, found without looking at what is in it. */
  private endOf(type: RdbType, start: number, named = false): number {
    this.second ??= new Window(SECOND_WINDOW_BYTES);
    const w = this.second;
    w.reset(new RangeFeed(this.source, start, this.end), start);
    if (named) skipString(w);
    type.skip(w, this.values.templates);
    return w.offset();
  }

  private act(opcode: RdbOpcode): void {
    const w = this.w;
    switch (opcode.code) {
      case OPCODE.expireMs:
        this.hasExpiry = true;
        this.expiresAt = w.int64le();
        break;
      case OPCODE.expire:
        this.hasExpiry = true;
        this.expiresAt = w.int32le() * 1000;
        break;
      case OPCODE.idle:
        this.idleSeconds = w.count();
        break;
      case OPCODE.freq:
        this.freq = w.byte();
        break;
      case OPCODE.selectDb:
        this.db = w.count();
        break;
      default:
        opcode.skip(w);
    }
  }

  private readKey(): void {
    const w = this.w;
    const n = w.length();
    if (n >= 0) this.copyKey(w, n);
    else if (n === LZF) {
      w.pos--;
      const { strings } = this.values;
      const plain = strings.open();
      this.copyKey(plain, strings.blobBytes);
      strings.close();
    } else this.writeDigits(w.integer(n));
  }

  private copyKey(from: Window, bytes: number): void {
    if (bytes > MAX_KEY_BYTES) throw new RdbError("BAD_LENGTH", this.w.offset(), `a key of ${bytes} bytes`);
    this.keyLength = 0;
    this.keyIsPlain = true;
    this.key = bytes <= this.short.length ? this.short : this.long;
    let left = bytes;
    while (left > 0) {
      const step = Math.min(left, from.bytes.length >> 1);
      from.require(step);
      this.growKey(step);
      const isPlain = this.copier.copy(from.bytes, from.pos, this.key, this.keyLength, step);
      if (!isPlain) this.keyIsPlain = false;
      this.keyLength += step;
      from.skip(step);
      left -= step;
    }
  }

  private growKey(by: number): void {
    const needed = this.keyLength + by;
    if (needed <= this.key.length) return;
    const grown = new Uint8Array(Math.max(needed, this.key.length * 2));
    grown.set(this.key.subarray(0, this.keyLength));
    this.long = grown;
    this.key = grown;
  }

  private writeDigits(value: number): void {
    const digits = String(value);
    this.keyIsPlain = true;
    this.key = this.short;
    this.keyLength = digits.length;
    for (let i = 0; i < digits.length; i++) this.key[i] = digits.charCodeAt(i);
  }
}
