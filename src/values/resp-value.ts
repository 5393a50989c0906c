import { RdbError } from "../../parsers/errors.ts";
import type { RecordReader } from "../../parsers/records.ts";
import type { TypeName } from "../memory/types.ts";
import { idText } from "./ids.ts";
import { PendingEntries } from "./pending.ts";
import type { RespWriter } from "./resp-writer.ts";
import { type GroupState, IGNORE_VALUES, type StreamState, type ValueSink } from "./sink.ts";
import { Slot } from "./slot.ts";

const COMMAND: Partial<Record<TypeName, string>> = {
  string: "SET",
  list: "RPUSH",
  set: "SADD",
  zset: "ZADD",
  hash: "HSET",
};

/** Writes values as the commands that make them again, on Redis 7.0, Valkey 7.2 and later. */
export class RespValue implements ValueSink {
  /** Set before any value is told: what reads them. */
  record!: Pick<RecordReader, "key" | "keyLength" | "valueOffset">;
  /** Whether commands make the value. */
  isReadable = false;
  private readonly key = new Slot();
  private readonly resp: RespWriter;
  private type: TypeName = "string";
  /** Fields of the command that is gathered which have an expiry: each with its time. */
  private readonly expiring: { at: number; start: number; end: number }[] = [];
  private readonly expiringNames = new Slot();
  private readonly groupName = new Slot();
  private readonly consumerName = new Slot();
  private readonly claimable = new PendingEntries();

  constructor(resp: RespWriter) {
    this.resp = resp;
  }

  begin(type: TypeName): void {
    this.type = type;
    this.expiring.length = 0;
    this.key.set(this.record.key, 0, this.record.keyLength);
    const command = COMMAND[type];
    this.isReadable = command !== undefined || type === "stream";
    if (command === undefined) this.resp.drop();
    else this.resp.begin([command, this.key]);
  }

  element(bytes: Uint8Array, start: number, end: number): void {
    this.resp.add(bytes, start, end);
    if (this.resp.endElement()) this.resp.flush();
  }

  pair(first: Slot, second: Slot, expiresAt: number): void {
    const { resp } = this;
    const isScore = this.type === "zset";
    resp.addSlot(isScore ? second : first);
    resp.addSlot(isScore ? first : second);
    if (expiresAt !== 0) this.noteExpiry(first, expiresAt);
    if (resp.endElement()) this.flush();
  }

  indexed = IGNORE_VALUES.indexed;
  opaque = IGNORE_VALUES.opaque;

  entry(id: string): void {
    this.resp.begin(["XADD", this.key, id]);
  }

  entryField(field: Slot, value: Slot): void {
    this.resp.addSlot(field);
    this.resp.addSlot(value);
  }

  entryEnd(): void {
    this.resp.flush();
  }

  streamState({ length, lastId, maxDeletedId, entriesAdded }: StreamState): void {
    const { resp, key } = this;
    if (length === 0) {
      resp.command(["XADD", key, "MAXLEN", "0", lastId === "0-0" ? "0-1" : lastId, "x", "y"]);
    }
    const counters =
      entriesAdded === undefined
        ? []
        : ["ENTRIESADDED", String(entriesAdded), "MAXDELETEDID", maxDeletedId ?? "0-0"];
    resp.command(["XSETID", key, lastId, ...counters]);
  }

  group(name: Slot, { lastId, entriesRead }: GroupState): void {
    const read = entriesRead === undefined ? [] : ["ENTRIESREAD", String(entriesRead)];
    this.groupName.set(name.bytes, 0, name.length);
    this.resp.command(["XGROUP", "CREATE", this.key, name, lastId, ...read]);
    this.claimable.clear();
  }

  pending(id: Uint8Array, start: number, deliveredAt: bigint, deliveries: bigint): void {
    this.claimable.add(id, start, deliveredAt, deliveries);
  }

  consumer(name: Slot): void {
    this.consumerName.set(name.bytes, 0, name.length);
    this.resp.command(["XGROUP", "CREATECONSUMER", this.key, this.groupName, name]);
  }

  consumerPending(id: Uint8Array, start: number): void {
    const found = this.claimable.find(id, start);
    if (found === undefined)
      throw new RdbError("BAD_STREAM", this.record.valueOffset, "a consumer's pending id is not the group's");
    const { deliveredAt, deliveries } = found;
    const who = [this.key, this.groupName, this.consumerName];
    const how = ["TIME", String(deliveredAt), "RETRYCOUNT", String(deliveries), "JUSTID", "FORCE"];
    this.resp.command(["XCLAIM", ...who, "0", idText(id, start), ...how]);
  }

  /** Writes what is gathered, and when the key and its fields expire. An entry that broke off is left out. */
  finish(expiresAt: number | undefined): void {
    if (this.type === "stream") this.resp.drop();
    this.flush();
    if (expiresAt !== undefined && this.isReadable)
      this.resp.command(["PEXPIREAT", this.key, timeText(expiresAt)]);
  }

  private flush(): void {
    const { resp, expiring, expiringNames } = this;
    resp.flush();
    for (let i = 0; i < expiring.length; ) {
      const { at } = expiring[i]!;
      let end = i;
      while (end < expiring.length && expiring[end]!.at === at) end++;
      resp.begin(["HPEXPIREAT", this.key, timeText(at), "FIELDS", String(end - i)]);
      for (; i < end; i++) resp.add(expiringNames.bytes, expiring[i]!.start, expiring[i]!.end);
      resp.flush();
    }
    expiring.length = 0;
    expiringNames.length = 0;
    if (this.type === "hash") resp.begin(["HSET", this.key]);
  }

  private noteExpiry({ bytes, length }: Slot, at: number): void {
    const { expiringNames } = this;
    const start = expiringNames.length;
    expiringNames.add(bytes, 0, length);
    this.expiring.push({ at, start, end: expiringNames.length });
  }
}

/** Largest double that is an int64. */
const MAX_TIME = 2 ** 63 - 1024;

/** A time in ms as a decimal int64. */
function timeText(ms: number): string {
  return String(BigInt(Math.min(ms, MAX_TIME)));
}
