import { RdbError } from "../../parsers/errors.ts";
import { moduleTypeName } from "../../parsers/module.ts";
import type { RecordReader } from "../../parsers/records.ts";
import { namesOfTemplate } from "../../parsers/templates.ts";
import { IGNORE_ALL, LAYOUT, type ValueDetails, type ValueVisitor } from "../../parsers/visitor.ts";
import { type ByteSource, MAX_ELEMENT_BYTES } from "../../parsers/window.ts";
import { LAYOUT_TYPE } from "../memory/layouts.ts";
import { writeInteger } from "../memory/models/integer.ts";
import { TYPES } from "../memory/types.ts";
import { IdHalf, int64le } from "./ids.ts";
import type { ValueSink } from "./sink.ts";
import { Slot } from "./slot.ts";

/** What the strings of a layout are. */
type Mode = "single" | "pair" | "expiringPair" | "scored" | "indexed" | "template" | "stream" | "opaque";

const MODES: Readonly<Record<keyof typeof LAYOUT, Mode>> = {
  string: "single",
  list: "single",
  listZiplist: "single",
  quicklistZiplist: "single",
  quicklist2: "single",
  set: "single",
  setIntset: "single",
  setListpack: "single",
  zset: "scored",
  zsetZiplist: "pair",
  zsetListpack: "pair",
  hash: "pair",
  hashZipmap: "pair",
  hashZiplist: "pair",
  hashListpack: "pair",
  hashExpiry: "expiringPair",
  hashListpackExpiry: "expiringPair",
  hashTemplateListpack: "template",
  hashTemplateArray: "template",
  stream: "stream",
  array: "indexed",
  module: "opaque",
  gcra: "opaque",
};
const MODE_OF_LAYOUT = Object.entries(LAYOUT).reduce<Mode[]>((modes, [name, layout]) => {
  modes[layout] = MODES[name as keyof typeof LAYOUT];
  return modes;
}, []);

/** The last numbers of a walk are about one of these. */
type About = "stream" | "group" | "pending" | "consumer";

/** What 2^64 - 1 entries read stand for: SCG_INVALID_ENTRIES_READ, stream.h, Redis 7.2. */
const UNKNOWN_READ = -1n;

/** Templates whose names are kept: the keys of one template often follow each other. */
const MAX_TEMPLATES = 64;

/** Turns what a walk calls out into whole elements, fields with their values, and entries with their ids. */
export class ValueEvents implements ValueVisitor, ValueDetails {
  /** Who hears them. */
  readonly sink: ValueSink;
  /** Elements of the value that were told, and that there are (entries of a stream). */
  told = 0;
  elements = 0;
  /** Pending ids of the group, and of the consumer, that has most of them. */
  mostOfGroup = 0;
  mostOfConsumer = 0;
  /** Fields that have an expiry, among those told. */
  expiringFields = 0;
  /** Of the record that is read; for errors. */
  record: Pick<RecordReader, "valueOffset"> = { valueOffset: 0 };
  private readonly source: ByteSource;
  private readonly limit: number;
  private mode: Mode = "opaque";
  private readonly first = new Slot();
  private readonly second = new Slot();
  private readonly digits = new Uint8Array(20);
  /** Strings since the last whole element: of a pair, a node's fields or an entry. */
  private held = 0;
  private index = 0;
  private readonly names = new Map<string, readonly Slot[]>();
  private fields: readonly Slot[] = [];
  private nodeFields: Slot[] = [];
  private inNodeFields = false;
  private inEntry = false;
  private isSkipped = false;
  private readonly ms = new IdHalf();
  private readonly seq = new IdHalf();
  private about: About = "stream";
  private aboutTold = 0;
  private length = 0;
  private pendingCount = 0;
  private pendingId = new Uint8Array(16);
  private deliveredAt = 0n;

  /** At most `limit` elements (entries, pending ids) are told of each value. */
  constructor(source: ByteSource, sink: ValueSink, limit = Number.POSITIVE_INFINITY) {
    this.source = source;
    this.sink = sink;
    this.limit = limit;
  }

  begin(layout: number): void {
    this.mode = MODE_OF_LAYOUT[layout]!;
    this.told = 0;
    this.elements = 0;
    this.mostOfGroup = 0;
    this.mostOfConsumer = 0;
    this.expiringFields = 0;
    this.held = 0;
    this.inEntry = false;
    this.inNodeFields = false;
    this.sink.begin(TYPES[LAYOUT_TYPE[layout]!]!);
    if (layout === LAYOUT.gcra) this.sink.opaque(undefined, 0);
  }

  text(bytes: number, buffer: Uint8Array, start: number): void {
    if (bytes > MAX_ELEMENT_BYTES)
      throw new RdbError("BAD_LENGTH", this.record.valueOffset, `an element of ${bytes} bytes`);
    switch (this.mode) {
      case "single":
        if (this.isWanted()) this.sink.element(buffer, start, start + bytes);
        return;
      case "indexed":
        if (this.isWanted()) this.sink.indexed(this.index, buffer, start, start + bytes);
        return;
      case "template":
        this.second.set(buffer, start, bytes);
        if (this.isWanted()) this.sink.pair(this.fields[this.held]!, this.second, 0);
        this.held++;
        return;
      case "stream":
        this.streamText(bytes, buffer, start);
        return;
      default:
        this.half(bytes, buffer, start);
    }
  }

  integer(high: number, low: number): void {
    this.text(writeInteger(high, low, this.digits), this.digits, 0);
  }

  score(value: number): void {
    this.second.setText(scoreText(value));
    this.pair(0);
  }

  fieldExpiry(atMs: number): void {
    this.pair(atMs);
  }

  arrayIndex(index: number): void {
    this.index = index;
  }

  arrayDouble(value: number): void {
    this.second.setText(scoreText(value));
    this.text(this.second.length, this.second.bytes, 0);
  }

  templateAt(offset: number, inline: boolean): void {
    const id = `${offset}${inline}`;
    let names = this.names.get(id);
    if (names === undefined) {
      names = namesOfTemplate(this.source, offset, inline).map((name) => {
        const slot = new Slot();
        slot.set(name, 0, name.length);
        return slot;
      });
      if (this.names.size >= MAX_TEMPLATES) this.names.clear();
      if (!inline) this.names.set(id, names);
    }
    this.fields = names;
  }

  module(high: number, low: number, serializedBytes: number): void {
    this.sink.opaque(moduleTypeName(high, low), serializedBytes);
  }

  streamNode(id: Uint8Array, start: number): void {
    this.endEntry();
    this.ms.set(id, start);
    this.seq.set(id, start + 8);
    this.inNodeFields = true;
    this.held = 0;
  }

  streamEntry(msHigh: number, msLow: number, seqHigh: number, seqLow: number, sameFields: boolean): void {
    this.endEntry();
    if (this.inNodeFields) this.nodeFields.length = this.held;
    this.inNodeFields = false;
    this.held = 0;
    this.fields = sameFields ? this.nodeFields : [];
    this.isSkipped = !this.isWanted();
    this.inEntry = true;
    if (!this.isSkipped) this.sink.entry(`${this.ms.plus(msHigh, msLow)}-${this.seq.plus(seqHigh, seqLow)}`);
  }

  streamLength(entries: number): void {
    this.endEntry();
    this.length = entries;
    this.about = "stream";
  }

  streamGroup(nameBytes: number, pending: number, buffer: Uint8Array, start: number): void {
    this.first.set(buffer, start, nameBytes);
    this.pendingCount = pending;
    this.mostOfGroup = Math.max(this.mostOfGroup, pending);
    this.about = "group";
    this.aboutTold = 0;
  }

  streamPending(buffer: Uint8Array, start: number): void {
    this.pendingId.set(buffer.subarray(start, start + 16));
    this.deliveredAt = int64le(buffer, start + 16);
    this.about = "pending";
  }

  streamConsumer(nameBytes: number, pending: number, buffer: Uint8Array, start: number): void {
    this.first.set(buffer, start, nameBytes);
    this.pendingCount = pending;
    this.mostOfConsumer = Math.max(this.mostOfConsumer, pending);
    this.about = "consumer";
    this.aboutTold = 0;
  }

  streamConsumerPending(buffer: Uint8Array, start: number): void {
    if (this.aboutTold++ < this.limit) this.sink.consumerPending(buffer, start);
  }

  numbers(values: BigUint64Array, count: number): void {
    const { sink } = this;
    const id = (at: number) => (at < count ? `${values[at]}-${values[at + 1]}` : undefined);
    if (this.about === "stream") {
      sink.streamState({
        length: this.length,
        lastId: id(0)!,
        firstId: id(2),
        maxDeletedId: id(4),
        entriesAdded: count > 6 ? values[6] : undefined,
      });
    } else if (this.about === "group") {
      const read = count > 2 ? BigInt.asIntN(64, values[2]!) : undefined;
      sink.group(this.first, {
        lastId: id(0)!,
        entriesRead: read !== undefined && read < 0n ? UNKNOWN_READ : read,
        pending: this.pendingCount,
      });
    } else if (this.about === "pending") {
      // All are told: a consumer's are found among them.
      sink.pending(this.pendingId, 0, this.deliveredAt, values[0]!);
    } else {
      sink.consumer(this.first, {
        seenAt: BigInt.asIntN(64, values[0]!),
        activeAt: count > 1 ? BigInt.asIntN(64, values[1]!) : undefined,
        pending: this.pendingCount,
      });
    }
  }

  blob = IGNORE_ALL.blob;
  plainNode = IGNORE_ALL.plainNode;
  streamProducer = IGNORE_ALL.streamProducer;
  streamProducerId = IGNORE_ALL.streamProducerId;
  vectorNode = IGNORE_ALL.vectorNode;
  vectorSet = IGNORE_ALL.vectorSet;
  template = IGNORE_ALL.template;
  end = IGNORE_ALL.end;

  /** Counts an element; whether it is told. */
  private isWanted(): boolean {
    this.elements++;
    if (this.told >= this.limit) return false;
    this.told++;
    return true;
  }

  private half(bytes: number, buffer: Uint8Array, start: number): void {
    if (this.mode === "scored" || this.held === 0) {
      this.first.set(buffer, start, bytes);
      this.held = 1;
    } else {
      this.second.set(buffer, start, bytes);
      if (this.mode === "pair") this.pair(0);
    }
  }

  private pair(expiresAt: number): void {
    this.held = 0;
    if (!this.isWanted()) return;
    if (expiresAt !== 0) this.expiringFields++;
    this.sink.pair(this.first, this.second, expiresAt);
  }

  private streamText(bytes: number, buffer: Uint8Array, start: number): void {
    if (this.inNodeFields) {
      let slot = this.nodeFields[this.held++];
      if (slot === undefined) {
        slot = new Slot();
        this.nodeFields[this.held - 1] = slot;
      }
      slot.set(buffer, start, bytes);
      return;
    }
    if (this.isSkipped) return;
    const at = this.held++;
    if (this.fields.length > 0) {
      this.second.set(buffer, start, bytes);
      this.sink.entryField(this.fields[at]!, this.second);
    } else if (at % 2 === 0) this.first.set(buffer, start, bytes);
    else {
      this.second.set(buffer, start, bytes);
      this.sink.entryField(this.first, this.second);
    }
  }

  private endEntry(): void {
    if (this.inEntry && !this.isSkipped) this.sink.entryEnd();
    this.inEntry = false;
  }
}

/** A score in the fewest digits that give it back, as ZADD and strtod() read it. */
function scoreText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  return Object.is(value, -0) ? "-0" : String(value);
}
