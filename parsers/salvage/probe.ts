import { RdbError } from "../errors.ts";
import type { RdbHeader } from "../header.ts";
import { OPCODE, opcodesOf, type RdbOpcode } from "../opcodes.ts";
import { throwMisplaced } from "../splitter.ts";
import { NO_TEMPLATES, type TemplateSource } from "../templates.ts";
import { type RdbType, typesOf } from "../types.ts";
import { ValueReader } from "../values.ts";
import { type ByteSource, type Feed, LZF, Window } from "../window.ts";
import { Pairs } from "./pairs.ts";
import { NAME_BYTES, nameBits, TextEvidence } from "./text.ts";

/** Values larger than this are read in pieces. */
const WINDOW_BYTES = 2 ** 16;
/** The first piece that is looked at, and the factor by which the next ones grow. */
const FIRST_PIECE_BYTES = 256;
const CHECKSUM_BYTES = 8;

/** Bits that an opcode, a key or a value is worth, if it is what it seems. */
const BITS = {
  /** Some 48 of 256 bytes begin a record, and lengths have to fit. */
  unit: 3,
  noName: -8,
  value: 2,
  damagedValue: -10,
  /** A time of the years 2001 to 2286, which ms and seconds since epoch write with 13 and 10 digits. */
  time: 16,
  notTime: -8,
  smallNumber: 4,
  counts: 8,
  field: 16,
  largeNumber: -8,
  end: 64,
} as const;
const MAX_SMALL_NUMBER = 16384;
/** AUX fields that servers write (rdb.c), and the longest of their names. */
const FIELDS = new Set([
  "redis-ver",
  "valkey-ver",
  "redis-bits",
  "ctime",
  "used-mem",
  "repl-stream-db",
  "repl-id",
  "repl-offset",
  "aof-base",
  "aof-preamble",
]);
const MAX_FIELD_BYTES = 14;

/**
 * Looks whether a record, or an opcode that belongs to no key, begins at an offset, and how unlikely it is that other
 * bytes look so: `bits` is an estimate of -log2 of that, made of what text, times and packed values rule out.
 */
export class Probe {
  bits = 0;
  private known = true;
  private readonly w = new Window(WINDOW_BYTES);
  private readonly values: ValueReader;
  private readonly evidence = new TextEvidence();
  private readonly feed: GrowingFeed;
  private readonly header: RdbHeader;
  private readonly pairs: Pairs;
  private readonly fileBytes: number;
  private readonly types: readonly (RdbType | undefined)[];
  private readonly opcodes: readonly (RdbOpcode | undefined)[];

  /** `fileBytes`: of the whole snapshot, of which `source` may have a part only. */
  constructor(
    source: ByteSource,
    header: RdbHeader,
    fileBytes: number,
    effort: Effort,
    templates: TemplateSource = NO_TEMPLATES,
    pairs = new Pairs(),
  ) {
    this.header = header;
    this.pairs = pairs;
    this.fileBytes = fileBytes;
    const known = header.newer ? Number.POSITIVE_INFINITY : header.version;
    this.types = typesOf(header.family).map((type) =>
      type !== undefined && type.since <= known ? type : undefined,
    );
    this.opcodes = opcodesOf(header.family);
    this.feed = new GrowingFeed(source, effort);
    this.values = new ValueReader(this.w, this.evidence);
    this.values.templates = templates;
  }

  /** Whether a byte can be the first one of anything. */
  begins(byte: number): boolean {
    return this.types[byte] !== undefined || this.opcodes[byte] !== undefined;
  }

  /**
   * The offset behind what begins at `at`. What is not `known` to be one, and has no name worth speaking of, is
   * not followed far. @throws {RdbError} when that is nothing
   */
  read(at: number, known = true): number {
    const { w } = this;
    this.known = known;
    this.bits = BITS.unit;
    this.feed.begin(at);
    w.reset(this.feed, at);
    let isBegun = false;
    for (;;) {
      const code = w.byte();
      const type = this.types[code];
      if (type !== undefined) return this.readRecord(type);
      const opcode = this.opcodes[code];
      if (opcode === undefined) throw new RdbError("UNKNOWN_OPCODE", w.offset() - 1, `${code}`);
      if (isBegun && opcode.ofKey !== true) throwMisplaced(opcode, w.offset() - 1);
      isBegun = opcode.ofKey === true;
      if (opcode.code === OPCODE.eof) return this.readEnd();
      const bits = NUMBERS[opcode.name];
      if (bits !== undefined) this.bits += bits(w);
      else if (opcode.code === OPCODE.aux) this.bits += this.field() + this.text();
      else if (opcode.code === OPCODE.function2) this.bits += this.text();
      else opcode.skip(w);
      if (opcode.ofKey === true || this.isFollowed(opcode)) continue;
      if (opcode.code === OPCODE.selectDb) this.pairs.selectDbAlone(at);
      return w.offset();
    }
  }

  /** SELECTDB and RESIZEDB are written together: each says little, both are something. */
  private isFollowed({ code }: RdbOpcode): boolean {
    const { w } = this;
    return code === OPCODE.selectDb && !w.atEnd() && w.bytes[w.pos] === OPCODE.resizeDb;
  }

  /** Reads the name of an AUX field: those that servers write are worth more than other names. */
  private field(): number {
    const { w } = this;
    const bytes = w.bytes[w.pos]!;
    if (bytes > MAX_FIELD_BYTES) return this.text();
    w.require(bytes + 1);
    const name = String.fromCharCode(...w.bytes.subarray(w.pos + 1, w.pos + 1 + bytes));
    return this.text() + (FIELDS.has(name) ? BITS.field : 0);
  }

  private readRecord(type: RdbType): number {
    const { w, values, evidence } = this;
    this.bits += this.text();
    const start = w.offset();
    const isFollowed = this.known || this.bits >= FOLLOWED_BITS;
    this.feed.limit(start + (isFollowed ? FAR_BYTES : NEAR_BYTES), !isFollowed);
    evidence.reset();
    try {
      type.walk(values);
      this.bits += BITS.value + evidence.bits + evidence.snapshotBits;
      return w.offset();
    } catch (error) {
      if (error !== FAR && !(error instanceof RdbError)) throw error;
      values.reset();
      // What is in the value makes no sense, but it may end where it says: it is damaged, and what follows is not. One that
      // ends behind what is looked at may be sound.
      const isSound = !(error instanceof RdbError) || error.code === "UNEXPECTED_EOF";
      this.bits += isSound ? BITS.value + evidence.snapshotBits : BITS.damagedValue;
    }
    this.feed.begin(start);
    if (!isFollowed) this.feed.limit(start + NEAR_BYTES, true);
    w.reset(this.feed, start);
    type.skip(w, values.templates);
    return w.offset();
  }

  /** Reads a string that should be text: a name. */
  private text(): number {
    const { w } = this;
    const n = w.length();
    if (n < 0) {
      if (n === LZF) return this.compressedText();
      w.integer(n);
      return BITS.value;
    }
    if (n === 0) return BITS.noName;
    const looked = Math.min(n, NAME_BYTES);
    w.require(looked);
    const bits = nameBits(w.bytes, w.pos, looked, n);
    w.skip(n);
    return bits;
  }

  private compressedText(): number {
    const { w } = this;
    w.pos--;
    const { strings } = this.values;
    const plain = strings.open();
    const looked = Math.min(strings.blobBytes, NAME_BYTES);
    plain.require(looked);
    const bits = nameBits(plain.bytes, plain.pos, looked, strings.blobBytes);
    plain.skip(strings.blobBytes);
    strings.close();
    return bits;
  }

  /** A snapshot ends with its file. */
  private readEnd(): number {
    const end = this.w.offset() + (this.header.hasChecksum ? CHECKSUM_BYTES : 0);
    if (end !== this.fileBytes) throw new RdbError("UNKNOWN_OPCODE", end, "an end in the middle");
    this.bits += BITS.end;
    return end;
  }
}

/** Bits of the numbers that opcodes have: some are times, the others are small. */
const NUMBERS: Readonly<Record<string, (w: Window) => number>> = {
  EXPIRETIME_MS: (w) => timeBits(w.int64le(), 1e12),
  EXPIRETIME: (w) => timeBits(w.int32le() >>> 0, 1e9),
  SELECTDB: (w) => smallBits(w.count()),
  SLOT_INFO: (w) => smallBits(w.count()) + countsBits(w),
  SLOT_NUM: (w) => smallBits(w.count()),
  RESIZEDB: countsBits,
};

function timeBits(time: number, unit: number): number {
  return time >= unit && time < unit * 10 ? BITS.time : BITS.notTime;
}

function smallBits(value: number): number {
  return value < MAX_SMALL_NUMBER ? BITS.smallNumber : BITS.largeNumber;
}

/** Of keys, and of those that expire: never more than keys. */
function countsBits(w: Window): number {
  const keys = w.count();
  return keys >= w.count() ? BITS.counts : BITS.largeNumber;
}

/** A value was walked so far without a fault that the rest of it is only stepped over. */
const FAR = new Error("walked far enough");
const FAR_BYTES = 2 ** 20;
/** What does not look like a record is not followed far. */
const TOO_FAR = new RdbError("BAD_VALUE", 0, "not worth to be followed");
const NEAR_BYTES = 2 ** 12;
const FOLLOWED_BITS = 10;

/** Bytes that may still be looked at: each can be looked at many times, and a hostile file would have it so. */
export interface Effort {
  bytesLeft: number;
}

/** Feeds from an offset on, little at first: most of what is looked at is nothing. */
class GrowingFeed implements Feed {
  private readonly source: ByteSource;
  private readonly effort: Effort;
  private position = 0;
  private piece = 0;
  private farAt = 0;
  private isDamage = false;

  constructor(source: ByteSource, effort: Effort) {
    this.source = source;
    this.effort = effort;
  }

  begin(position: number): void {
    this.position = position;
    this.piece = FIRST_PIECE_BYTES;
    this.limit(Number.POSITIVE_INFINITY, false);
  }

  /** Ends at an offset: with `FAR`, or as damage. */
  limit(farAt: number, isDamage: boolean): void {
    this.farAt = farAt;
    this.isDamage = isDamage;
  }

  next(target: Uint8Array, start: number, length: number): number {
    const want = Math.min(length, this.piece, this.source.size - this.position);
    if (want <= 0) return 0;
    if (this.position >= this.farAt) throw this.isDamage ? TOO_FAR : FAR;
    this.effort.bytesLeft -= want;
    if (this.effort.bytesLeft < 0) throw new RdbError("BAD_VALUE", this.position, "too much to look at");
    this.piece *= 4;
    const got = this.source.read(target, start, want, this.position);
    this.position += got;
    return got;
  }

  drop(count: number): number {
    const dropped = Math.max(0, Math.min(count, this.source.size - this.position));
    this.position += dropped;
    return dropped;
  }
}
