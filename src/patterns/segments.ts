import { BYTE_CLASS, CONTROL, DIGIT, HIGH, isUtf8, JOINT, UPPER, UPPER_HEX } from "./bytes.ts";
import { endOfEmail, endOfLongId, idInToken, isHexNumber, isUuid, NO_ID, timesIn } from "./ids.ts";

/** What stands for an id in a normalised segment: no byte of a segment that is text. */
export const ID = 1;

/** Segments of a name that are told apart, unless settings say fewer; what follows is one. */
export const MAX_SEGMENTS = 16;

/** Segments of more bytes than this, before and after ids in them were replaced, are ids. */
const MAX_RAW_BYTES = 256;
const MAX_SEGMENT_BYTES = 64;
/** Numbers of at most so many digits stand as they are: they may be ids, or the number of a version or database. */
const SHORT_NUMBER_DIGITS = 2;
/** A segment with so many dots is parted there, and so is what follows it: no domain, version or number has as many. */
const MANY_DOTS = 4;

const AT = 0x40;
const COLON = 0x3a;
const DOT = 0x2e;
const FNV_PRIME = 0x01000193;

/** What hashes of segments begin with: another one in each process, so that no names can be made that all meet in one slot. */
const HASH_BASIS = Math.floor(Math.random() * 4294967296) | 0;

/** Bytes that part a name wherever they stand. */
const STRONG = ":/|#,;=&? {}";
/** Bytes that part a name which has none of those: dots, else the one of the others that comes first. */
const WEAK = "._-";
/** Bytes that may part names, unless settings say others. */
export const SEPARATORS = STRONG + WEAK;

/** Index in `WEAK` of every byte value. */
const NOT_WEAK = WEAK.length;
const WEAK_RANK = new Uint8Array(256).fill(NOT_WEAK);
for (let i = 0; i < WEAK.length; i++) WEAK_RANK[WEAK.charCodeAt(i)] = i;

/** Bits of a table of separators, besides those of BYTE_CLASS. */
const IS_SEPARATOR = 256;
const IS_DOT = 512;
const IS_AT = 1024;
/** What makes a segment of letters and joints one that is looked at more closely. */
const SUSPECT = DIGIT | HIGH | CONTROL | IS_AT;

function tableOf(separators: string): Uint16Array {
  const table = Uint16Array.from(BYTE_CLASS);
  table[DOT]! |= IS_DOT;
  table[AT]! |= IS_AT;
  for (const byte of Buffer.from(separators, "latin1")) table[byte]! |= IS_SEPARATOR;
  return table;
}

/** Of every byte its bit of BYTE_CLASS; 0: it parts names wherever it stands. `separators`: as `Segments` takes them. */
export function byteClasses(separators?: string): Uint8Array {
  return Uint8Array.from(tableOf(separators ?? STRONG), (bits) =>
    (bits & IS_SEPARATOR) === 0 ? bits & 255 : 0,
  );
}

/** Hash of `[start, end)`, as `Segments` has it. */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = HASH_BASIS;
  for (let p = start; p < end; p++) hash = Math.imul(hash ^ bytes[p]!, FNV_PRIME);
  return hash;
}

/** A segment that is an id, and its hash. */
const ONE_ID = Uint8Array.of(ID);
const ID_HASH = hashBytes(ONE_ID, 0, 1);

/**
 * The segments of one name after the other, ids in them replaced by `ID`. Segment `i` is `texts[i][starts[i], ends[i])`, its hash
 * `hashes[i]`, and the separator behind it `separators[i]`, 0 for the last. Nothing is allocated a name, and nothing copied
 * but what was replaced: they are valid as long as the name is.
 */
export class Segments {
  count = 0;
  private readonly text = new Uint8Array(MAX_SEGMENTS * MAX_SEGMENT_BYTES + MAX_RAW_BYTES * 2);
  readonly texts: Uint8Array[] = Array.from({ length: MAX_SEGMENTS }, () => this.text);
  readonly starts = new Int32Array(MAX_SEGMENTS);
  readonly ends = new Int32Array(MAX_SEGMENTS);
  readonly hashes = new Int32Array(MAX_SEGMENTS);
  readonly separators = new Uint8Array(MAX_SEGMENTS);
  private readonly strong: Uint16Array;
  private readonly dotted: Uint16Array;
  private table: Uint16Array;
  private readonly weak: readonly Uint16Array[];
  private readonly limit: number;
  /** All bytes that may part names. */
  readonly separatorsUsed: string;
  private out = 0;
  /**
   * Whether names that differ from the last one in ids alone, each all of a segment and a number of three digits or more, a hex
   * number or a UUID, have the same segments.
   */
  isSteady = true;

  /** `separators`: the only bytes that part names; default: the usual ones. `depth`: segments that are told apart. */
  constructor(separators?: string, depth = MAX_SEGMENTS) {
    this.separatorsUsed = separators ?? SEPARATORS;
    this.strong = tableOf(separators ?? STRONG);
    this.dotted = tableOf(separators ?? `${STRONG}.`);
    this.table = this.strong;
    this.weak = separators === undefined ? [...WEAK].map(tableOf) : [];
    this.limit = Math.min(depth, MAX_SEGMENTS - 1);
  }

  /** Parts the name in `[start, end)`. */
  read(bytes: Uint8Array, start: number, end: number): void {
    this.count = 0;
    this.out = 0;
    this.table = this.strong;
    this.isSteady = true;
    this.parse(bytes, start, end);
    if (this.table !== this.strong) this.isSteady = false;
  }

  private parse(bytes: Uint8Array, start: number, end: number): void {
    let p = start;
    for (;;) {
      if (this.count === this.limit) {
        this.addId();
        return;
      }
      p = this.segment(bytes, p, end);
      if (p >= end) {
        this.separators[this.count - 1] = 0;
        return;
      }
      this.separators[this.count - 1] = bytes[p++]!;
    }
  }

  /** Whether all of segment `i` is an id. */
  isId(i: number): boolean {
    return this.texts[i] === ONE_ID;
  }

  /** Whether segment `i` is an id, or a short number that may be one. */
  isNumber(i: number): boolean {
    const at = this.starts[i]!;
    const length = this.ends[i]! - at;
    if (length === 0 || length > SHORT_NUMBER_DIGITS) return false;
    const text = this.texts[i]!;
    const first = text[at]!;
    if (first === ID) return length === 1;
    return BYTE_CLASS[first] === DIGIT && BYTE_CLASS[text[at + length - 1]!] === DIGIT;
  }

  /** What parts a name that none of the strong separators does. */
  private weakTable(bytes: Uint8Array, start: number, end: number): Uint16Array {
    const { strong } = this;
    if (this.weak.length === 0 || end - start > MAX_RAW_BYTES) return strong;
    let first = NOT_WEAK;
    let hasDot = false;
    let hasAt = false;
    for (let p = start; p < end; p++) {
      const byte = bytes[p]!;
      const rank = WEAK_RANK[byte]!;
      if (rank < NOT_WEAK) {
        if (first === NOT_WEAK) first = rank;
        if (rank === 0) hasDot = true;
      } else if (byte === AT) hasAt = true;
      else if (BYTE_CLASS[byte] === CONTROL) return strong;
    }
    if (first === NOT_WEAK || isDots(bytes, start, end)) return strong;
    if (!hasAt) return this.weak[hasDot ? 0 : first]!;
    // An address may hold all of them: it begins behind the first, unless that is a dot and all of the name an address.
    return first === 0 && endOfEmail(bytes, start, end) === end ? strong : this.weak[first]!;
  }

  /** Adds the segment that begins at `start`; returns where it ends. */
  private segment(bytes: Uint8Array, start: number, end: number): number {
    const { table } = this;
    const weak = table !== this.strong;
    let mask = 0;
    let p = start;
    for (; p < end; p++) {
      const kind = table[bytes[p]!]!;
      if ((kind & IS_SEPARATOR) !== 0) break;
      mask |= kind;
    }
    if (p === end && this.count === 0 && !weak && (mask & JOINT) !== 0) {
      this.table = this.weakTable(bytes, start, end);
      if (this.table !== table) return this.segment(bytes, start, end);
    }
    if (
      (mask & IS_DOT) !== 0 &&
      table === this.strong &&
      this.dotted !== table &&
      dotsIn(bytes, start, p) >= MANY_DOTS
    ) {
      if (isOneId(bytes, start, p, mask)) {
        this.addId();
        return p;
      }
      this.table = this.dotted;
      return this.segment(bytes, start, end);
    }
    const mayGoOn = p < end && (weak || (p - start === 2 && bytes[p] === COLON));
    if ((mask & 255) === DIGIT && !mayGoOn) {
      if (p - start > SHORT_NUMBER_DIGITS) this.addId();
      else this.literal(bytes, start, p);
      return p;
    }
    if (mayGoOn) return this.closer(bytes, start, p, end, mask);
    const isWords =
      (mask & SUSPECT) === 0 && (p - start < 16 || (mask & (JOINT | UPPER | UPPER_HEX)) === JOINT);
    if (isWords) this.literal(bytes, start, p);
    else if ((mask & (JOINT | CONTROL | HIGH)) === 0 && p - start <= MAX_RAW_BYTES)
      this.token(bytes, start, p, mask);
    else return this.closer(bytes, start, p, end, mask);
    return p;
  }

  private closer(bytes: Uint8Array, start: number, p: number, end: number, mask: number): number {
    const long = endOfLongId(bytes, start, end);
    // What a time of day goes on with may be the beginning of a number.
    const mayBeTime = bytes[p] === COLON && BYTE_CLASS[bytes[start]!] === DIGIT && p - start > 2;
    if (long > p || (mayBeTime && !isUuid(bytes, start, p))) this.isSteady = false;
    if (long > p || (long === p && long > start)) {
      if (long === end || (this.table[bytes[long]!]! & IS_SEPARATOR) !== 0) {
        this.addId();
        return long;
      }
    }
    if (p - start > MAX_RAW_BYTES || (mask & CONTROL) !== 0) this.addId();
    else if ((mask & HIGH) !== 0 && !isUtf8(bytes, start, p)) this.addId();
    else if ((mask & IS_AT) !== 0 && endOfEmail(bytes, start, p) === p) this.addId();
    else if ((mask & JOINT) === 0) this.token(bytes, start, p, mask);
    else this.parts(bytes, start, p);
    return p;
  }

  /** A segment without joints. */
  private token(bytes: Uint8Array, start: number, end: number, mask: number): void {
    if (isHexNumber(mask, end - start)) {
      this.addId();
      return;
    }
    if ((mask & DIGIT) !== 0 && timesIn(bytes, start, end) > start) {
      this.parts(bytes, start, end);
      return;
    }
    const from = idInToken(bytes, start, end, mask);
    const isShort = (mask & 255) === DIGIT && end - start <= SHORT_NUMBER_DIGITS;
    if (from === NO_ID || isShort) this.literal(bytes, start, end);
    else if (from === 0) this.addId();
    else {
      const at = this.out;
      for (let q = start; q < start + from; q++) this.text[this.out++] = bytes[q]!;
      this.text[this.out++] = ID;
      this.close(at, hashBytes(this.text, at, this.out));
    }
  }

  /** A segment with joints: ids between them are replaced. */
  private parts(bytes: Uint8Array, start: number, end: number): void {
    const { text } = this;
    const at = this.out;
    for (let p = start; p < end; ) {
      const long = endOfLongId(bytes, p, end);
      if (long > p) {
        text[this.out++] = ID;
        p = long;
        continue;
      }
      if ((BYTE_CLASS[bytes[p]!]! & JOINT) !== 0) {
        text[this.out++] = bytes[p++]!;
        continue;
      }
      const x = timesIn(bytes, p, endOfToken(bytes, p, end));
      if (x > p) {
        text[this.out++] = ID;
        text[this.out++] = bytes[x]!;
        p = x + 1;
        continue;
      }
      let mask = 0;
      let q = p;
      for (; q < end && (BYTE_CLASS[bytes[q]!]! & JOINT) === 0; q++) mask |= BYTE_CLASS[bytes[q]!]!;
      const from = idInToken(bytes, p, q, mask);
      const literalEnd = from === NO_ID ? q : p + from;
      for (; p < literalEnd; p++) text[this.out++] = bytes[p]!;
      if (from !== NO_ID) text[this.out++] = ID;
      p = q;
    }
    this.close(at, hashBytes(text, at, this.out));
  }

  private literal(bytes: Uint8Array, start: number, end: number): void {
    if (end - start > MAX_SEGMENT_BYTES) {
      this.addId();
      return;
    }
    const i = this.count++;
    this.texts[i] = bytes;
    this.starts[i] = start;
    this.ends[i] = end;
    this.hashes[i] = hashBytes(bytes, start, end);
  }

  private addId(): void {
    const i = this.count++;
    this.texts[i] = ONE_ID;
    this.starts[i] = 0;
    this.ends[i] = 1;
    this.hashes[i] = ID_HASH;
    this.separators[i] = 0;
  }

  private close(at: number, hash: number): void {
    const i = this.count++;
    this.texts[i] = this.text;
    if (this.out - at > MAX_SEGMENT_BYTES) {
      this.text[at] = ID;
      this.out = at + 1;
      this.hashes[i] = hashBytes(this.text, at, this.out);
    } else this.hashes[i] = hash;
    this.starts[i] = at;
    this.ends[i] = this.out;
  }
}

/** Whether a segment with many dots is not to be parted there: an address has any number of them, and dots alone part nothing. */
function isOneId(bytes: Uint8Array, start: number, end: number, mask: number): boolean {
  return isDots(bytes, start, end) || ((mask & IS_AT) !== 0 && endOfEmail(bytes, start, end) === end);
}

function isDots(bytes: Uint8Array, start: number, end: number): boolean {
  let p = start;
  while (p < end && bytes[p] === DOT) p++;
  return p === end;
}

function dotsIn(bytes: Uint8Array, start: number, end: number): number {
  let dots = 0;
  for (let p = start; p < end; p++) if (bytes[p] === DOT) dots++;
  return dots;
}

function endOfToken(bytes: Uint8Array, start: number, end: number): number {
  let p = start;
  while (p < end && (BYTE_CLASS[bytes[p]!]! & JOINT) === 0) p++;
  return p;
}
