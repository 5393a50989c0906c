import { RdbError } from "./errors.ts";
import { ListpackReader } from "./listpack.ts";
import { packedNumber } from "./packed.ts";
import { type StringReader, skipString, skipStrings } from "./strings.ts";
import { STREAM_NAME_PREFIX_BYTES, type ValueDetails, type ValueVisitor } from "./visitor.ts";
import type { Window } from "./window.ts";

const ID_BYTES = 16;
const TIME_BYTES = 8;
/** A name is copied in pieces of at most so many bytes: every window holds as many. */
const NAME_PIECE_BYTES = 4096;
/** A stream's own numbers are the most that are read in a row. */
const MAX_NUMBERS = 8;
const ENTRY_DELETED = 1;
const ENTRY_SAME_FIELDS = 2;

/** What a stream of each RDB type carries beyond the first version. */
export interface StreamParts {
  /** First id, largest deleted id and entries added; entries read a group (type 19, Redis 7.0). */
  readonly counters: boolean;
  /** A consumer's active time (type 21, Redis 7.2). */
  readonly activeTime: boolean;
  /** Idempotent producers (type 26, Redis 8.6). */
  readonly idempotence: boolean;
  /** A group's negatively acknowledged entries (type 27, Redis 8.8). */
  readonly nacks: boolean;
}

function numbers(w: Window, count: number): void {
  for (let i = 0; i < count; i++) w.skipNumber();
}

/** Skips a stream. */
export function skipStream(w: Window, parts: StreamParts): void {
  skipStrings(w, w.count() * 2);
  numbers(w, parts.counters ? 8 : 3);
  for (let groups = w.count(); groups > 0; groups--) {
    skipString(w);
    numbers(w, parts.counters ? 3 : 2);
    for (let pending = w.count(); pending > 0; pending--) {
      w.skip(ID_BYTES + 8);
      w.skipNumber();
    }
    for (let consumers = w.count(); consumers > 0; consumers--) {
      skipString(w);
      w.skip(parts.activeTime ? 16 : 8);
      w.skip(w.count() * ID_BYTES);
    }
    if (parts.nacks) w.skip(w.count() * ID_BYTES);
  }
  if (parts.idempotence) skipProducers(w);
}

function skipProducers(w: Window): void {
  numbers(w, 2);
  for (let producers = w.count(); producers > 0; producers--) {
    skipString(w);
    for (let ids = w.count(); ids > 0; ids--) {
      skipString(w);
      numbers(w, 2);
    }
  }
  numbers(w, 2);
}

/** Walks streams; holds the state of the listpack being read. */
export class StreamReader {
  private readonly w: Window;
  private readonly strings: StringReader;
  private readonly nodes = new ListpackReader();
  private readonly id = new Uint8Array(ID_BYTES);
  /** First bytes of the name read last. */
  private nameBuffer = new Uint8Array(NAME_PIECE_BYTES);
  private readonly details: ValueDetails | undefined;
  /** Numbers read last, and the same as two uint32 each (low, high). */
  private readonly values = new BigUint64Array(MAX_NUMBERS);
  private readonly halves = new Uint32Array(this.values.buffer);

  constructor(w: Window, strings: StringReader, details?: ValueDetails) {
    this.w = w;
    this.strings = strings;
    this.details = details;
  }

  /** Reports a stream. @throws {RdbError} BAD_STREAM, BAD_LISTPACK */
  walk(parts: StreamParts, visitor: ValueVisitor): void {
    const w = this.w;
    let live = 0;
    for (let nodes = w.count(); nodes > 0; nodes--) live += this.node(visitor);
    const length = w.count();
    if (length > live) throw new RdbError("BAD_STREAM", w.offset(), "longer than the entries in it");
    visitor.streamLength(length);
    this.readNumbers(parts.counters ? 7 : 2);
    this.details?.numbers(this.values, parts.counters ? 7 : 2);
    for (let groups = w.count(); groups > 0; groups--) this.group(parts, visitor);
    if (parts.idempotence) this.producers(visitor);
  }

  /** Reports a node; returns how many entries it says it has. */
  private node(visitor: ValueVisitor): number {
    this.readId();
    const blob = this.strings.open();
    visitor.blob(this.strings.blobBytes, this.strings.storedBytes);
    const reader = this.nodes;
    reader.begin(blob, this.strings.blobBytes);
    const live = this.number(blob);
    this.number(blob);
    const fields = this.number(blob);
    visitor.streamNode(this.id, 0, live);
    for (let i = 0; i < fields; i++) reader.report(visitor);
    this.number(blob);
    let entries = 0;
    for (; reader.more(); entries++) this.entry(blob, fields, visitor);
    if (live > entries)
      throw new RdbError("BAD_STREAM", blob.offset(), "a node counts more entries than it has");
    this.strings.close();
    return live;
  }

  /** `flags, ms, seq, [number of fields, field, value … | value …], elements of this entry`. */
  private entry(blob: Window, masterFields: number, visitor: ValueVisitor): void {
    const flags = this.number(blob);
    const { nodes, details } = this;
    const { element } = nodes;
    nodes.skip();
    const { bytes, high, low } = element;
    nodes.skip();
    const sameFields = (flags & ENTRY_SAME_FIELDS) !== 0;
    if (details !== undefined && (flags & ENTRY_DELETED) === 0) {
      if (bytes >= 0 || element.bytes >= 0)
        throw new RdbError("BAD_STREAM", blob.offset(), "an id is no number");
      details.streamEntry(high, low, element.high, element.low, sameFields);
    }
    const texts = sameFields ? masterFields : this.number(blob) * 2;
    for (let i = 0; i < texts; i++) {
      if (flags & ENTRY_DELETED) this.nodes.skip();
      else this.nodes.report(visitor);
    }
    this.nodes.skip();
  }

  private number(blob: Window): number {
    this.nodes.skip();
    const value = packedNumber(this.nodes.element);
    if (this.nodes.element.bytes >= 0 || value < 0)
      throw new RdbError("BAD_STREAM", blob.offset(), "a count is no number");
    return value;
  }

  private readId(): void {
    const blob = this.strings.open();
    if (this.strings.blobBytes !== ID_BYTES)
      throw new RdbError("BAD_STREAM", this.w.offset(), "a node's id is not 16 bytes");
    blob.require(ID_BYTES);
    for (let i = 0; i < ID_BYTES; i++) this.id[i] = blob.bytes[blob.pos + i]!;
    blob.skip(ID_BYTES);
    this.strings.close();
  }

  /** Reads a name into `nameBuffer`, as much of it as visitors are promised; returns its bytes. */
  private name(): number {
    const blob = this.strings.open();
    const bytes = this.strings.blobBytes;
    const kept = Math.min(bytes, Math.max(STREAM_NAME_PREFIX_BYTES, this.w.elementBytes));
    if (kept > this.nameBuffer.length)
      this.nameBuffer = new Uint8Array(Math.max(STREAM_NAME_PREFIX_BYTES, kept));
    const name = this.nameBuffer;
    for (let at = 0; at < kept; ) {
      const piece = Math.min(kept - at, NAME_PIECE_BYTES);
      blob.require(piece);
      for (let i = 0; i < piece; i++) name[at + i] = blob.bytes[blob.pos + i]!;
      blob.skip(piece);
      at += piece;
    }
    blob.skip(bytes - kept);
    this.strings.close();
    return bytes;
  }

  /** Reads RDB lengths that may use all 64 bits into `values`. */
  private readNumbers(count: number): void {
    const { w, halves } = this;
    for (let i = 0; i < count; i++) {
      const first = w.byte();
      const isWide = first === 0x81;
      if (!isWide) w.pos--;
      halves[2 * i + 1] = isWide ? w.uint32be() : 0;
      halves[2 * i] = isWide ? w.uint32be() : w.count();
    }
  }

  /** Steps over an RDB string; returns its bytes uncompressed. */
  private stringBytes(): number {
    const blob = this.strings.open();
    const bytes = this.strings.blobBytes;
    blob.skip(bytes);
    this.strings.close();
    return bytes;
  }

  private group(parts: StreamParts, visitor: ValueVisitor): void {
    const w = this.w;
    const { details } = this;
    const nameBytes = this.name();
    this.readNumbers(parts.counters ? 3 : 2);
    const pending = w.count();
    visitor.streamGroup(nameBytes, pending, this.nameBuffer, 0);
    details?.numbers(this.values, parts.counters ? 3 : 2);
    for (let left = pending; left > 0; left--) {
      w.require(ID_BYTES + TIME_BYTES);
      visitor.streamPending(w.bytes, w.pos);
      w.skip(ID_BYTES + TIME_BYTES);
      if (details === undefined) w.skipNumber();
      else {
        this.readNumbers(1);
        details.numbers(this.values, 1);
      }
    }
    for (let consumers = w.count(); consumers > 0; consumers--) this.consumer(parts, visitor);
    if (parts.nacks) w.skip(w.count() * ID_BYTES);
  }

  private consumer(parts: StreamParts, visitor: ValueVisitor): void {
    const w = this.w;
    const nameBytes = this.name();
    const times = parts.activeTime ? 2 : 1;
    for (let i = 0; i < 2 * times; i++) this.halves[i] = w.int32le();
    const pending = w.count();
    visitor.streamConsumer(nameBytes, pending, this.nameBuffer, 0);
    this.details?.numbers(this.values, times);
    for (let left = pending; left > 0; left--) {
      w.require(ID_BYTES);
      visitor.streamConsumerPending(w.bytes, w.pos);
      w.skip(ID_BYTES);
    }
  }

  private producers(visitor: ValueVisitor): void {
    const w = this.w;
    numbers(w, 2);
    for (let left = w.count(); left > 0; left--) {
      const nameBytes = this.name();
      const ids = w.count();
      visitor.streamProducer(nameBytes, ids, this.nameBuffer, 0);
      for (let i = 0; i < ids; i++) {
        visitor.streamProducerId(this.stringBytes());
        numbers(w, 2);
      }
    }
    numbers(w, 2);
  }
}
