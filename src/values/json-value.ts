import type { TypeName } from "../memory/types.ts";
import { idText } from "./ids.ts";
import type { JsonWriter } from "./json-writer.ts";
import type { ConsumerState, GroupState, StreamState, ValueSink } from "./sink.ts";
import type { Slot } from "./slot.ts";

const BRACKET = {
  list: "[",
  set: "[",
  zset: "{",
  hash: "{",
  array: "{",
  stream: "{",
} as const satisfies Partial<Record<TypeName, string>>;

/** Scores that JSON has no number for are strings. */
const NO_NUMBER = /[a-z]{2}/;
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/**
 * Writes values as JSON: a string; a list of a list's or set's elements; an object of a hash's fields, of a sorted set's
 * members and scores, of an array's indexes; a stream as an object of its entries, state and groups; null for what cannot
 * be read.
 */
export class JsonValue implements ValueSink {
  private readonly json: JsonWriter;
  private readonly limit: number;
  private type: TypeName = "string";
  /** Depth outside of the value. */
  private outside = 0;
  /** Depth inside of the list of groups, -1 before it. */
  private groups = -1;
  private listed = 0;
  /** Which list of pending ids is open: the group's, or a consumer's. */
  private pendingOf: "group" | "consumers" | undefined;
  /** Whether anything was written, and whether the value itself was begun. */
  private isBegun = false;
  private isFilled = false;
  /** Told as soon as the type is known, before the value is written. */
  onBegin: (type: string) => void = () => {};
  /** Values that were written as null, as only their server can read them. */
  opaqueValues = 0;

  /** At most `limit` pending ids are written of each list; where there are more, how many. */
  constructor(json: JsonWriter, limit = Number.POSITIVE_INFINITY) {
    this.json = json;
    this.limit = limit;
  }

  /** Forgets the value before. */
  reset(): void {
    this.isBegun = false;
  }

  begin(type: TypeName): void {
    this.type = type;
    this.groups = -1;
    this.pendingOf = undefined;
    if (type === "module") return;
    this.start(type);
    const bracket = BRACKET[type as keyof typeof BRACKET];
    this.isFilled = bracket !== undefined;
    if (bracket !== undefined) this.json.open(bracket);
    if (type === "stream") {
      this.json.member("entries");
      this.json.open("[");
    }
  }

  private start(type: string): void {
    this.isBegun = true;
    this.onBegin(type);
    this.outside = this.json.depth;
  }

  element(bytes: Uint8Array, start: number, end: number): void {
    if (this.type !== "string") this.json.next();
    this.isFilled = true;
    this.json.bytes(bytes, start, end);
  }

  pair(first: Slot, second: Slot): void {
    const { json } = this;
    json.named(first);
    if (this.type === "hash") json.slot(second);
    else json.raw(scoreJson(second.bytes.toString("latin1", 0, second.length)));
  }

  indexed(index: number, bytes: Uint8Array, start: number, end: number): void {
    this.json.member(String(index));
    this.json.bytes(bytes, start, end);
  }

  entry(id: string): void {
    const { json } = this;
    json.next();
    json.open("{");
    json.member("id");
    json.raw(`"${id}"`);
    json.member("fields");
    json.open("[");
  }

  entryField(field: Slot, value: Slot): void {
    const { json } = this;
    json.next();
    json.raw("[");
    json.slot(field);
    json.raw(",");
    json.slot(value);
    json.raw("]");
  }

  entryEnd(): void {
    this.json.close(this.json.depth - 2);
  }

  streamState({ length, lastId, firstId, maxDeletedId, entriesAdded }: StreamState): void {
    const { json } = this;
    json.close(this.outside + 1);
    this.text("length", String(length));
    this.text("last_id", `"${lastId}"`);
    if (firstId !== undefined) this.text("first_id", `"${firstId}"`);
    if (maxDeletedId !== undefined) this.text("max_deleted_id", `"${maxDeletedId}"`);
    if (entriesAdded !== undefined) this.text("entries_added", String(entriesAdded));
    json.member("groups");
    json.open("[");
    this.groups = json.depth;
  }

  group(name: Slot, { lastId, entriesRead, pending }: GroupState): void {
    const { json } = this;
    json.close(this.groups);
    json.next();
    json.open("{");
    json.member("name");
    json.slot(name);
    this.text("last_id", `"${lastId}"`);
    if (entriesRead !== undefined) this.text("entries_read", entriesRead < 0n ? "null" : String(entriesRead));
    this.openPending("group", pending);
  }

  pending(id: Uint8Array, start: number, deliveredAt: bigint, deliveries: bigint): void {
    if (this.listed++ >= this.limit) return;
    this.json.next();
    this.json.raw(`{"id":"${idText(id, start)}","delivered_at":${deliveredAt},"deliveries":${deliveries}}`);
  }

  consumer(name: Slot, { seenAt, activeAt, pending }: ConsumerState): void {
    const { json } = this;
    if (this.pendingOf === "group") {
      json.close(this.groups + 1);
      json.member("consumers");
      json.open("[");
    } else json.close(this.groups + 2);
    json.next();
    json.open("{");
    json.member("name");
    json.slot(name);
    this.text("seen_at", String(seenAt));
    if (activeAt !== undefined) this.text("active_at", String(activeAt));
    this.openPending("consumers", pending);
  }

  consumerPending(id: Uint8Array, start: number): void {
    this.json.next();
    this.json.raw(`"${idText(id, start)}"`);
  }

  opaque(module: string | undefined): void {
    this.opaqueValues++;
    if (module !== undefined) this.start(module);
    this.isFilled = true;
    this.json.raw("null");
  }

  /** Ends the value, whole or not; false when nothing of it was told. */
  finish(): boolean {
    if (this.isBegun) this.json.close(this.outside);
    if (this.isBegun && !this.isFilled) this.json.raw("null");
    return this.isBegun;
  }

  private openPending(of: "group" | "consumers", count: number): void {
    if (count > this.limit) this.text("pending_count", String(count));
    this.json.member("pending");
    this.json.open("[");
    this.pendingOf = of;
    this.listed = 0;
  }

  private text(name: string, raw: string): void {
    this.json.member(name);
    this.json.raw(raw);
  }
}

/** A score as a JSON number that gives it back, or as a string where there is none. */
function scoreJson(text: string): string {
  if (NUMBER.test(text)) return text;
  const value = NO_NUMBER.test(text) ? Number.NaN : Number(text);
  return Number.isFinite(value) ? String(value) : JSON.stringify(text);
}
