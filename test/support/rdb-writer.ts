import { be, bytesOf, le } from "./bytes.ts";
import { crc64Jones, len, type StringForm, str, type Text } from "./rdb-primitives.ts";
import { type ModuleItem, moduleId, moduleItems, templateOrder, type Value } from "./rdb-values.ts";

export type Magic = "REDIS" | "VALKEY";

/** A row an inventory of the written snapshot must hold. */
export interface ExpectedRow {
  readonly db: number;
  readonly key: Buffer;
  readonly typeByte: number;
  readonly type: string;
  readonly elements: number | null;
  /** Key name and elements; null where no source says how to count. */
  readonly payloadBytes: number | null;
  readonly largestElementBytes: number | null;
  /** Milliseconds since the epoch, null = none. */
  readonly expiresAt: number | null;
  readonly idleSeconds: number | null;
  readonly freq: number | null;
  /** First byte of the record: its expiry, idle, freq or meta opcode, else its type byte. */
  readonly recordOffset: number;
  readonly serializedBytes: number;
}

export interface KeyOptions {
  readonly expiresAtMs?: number;
  /** Write the expiry in seconds (opcode 253); the milliseconds must be a multiple of 1000. */
  readonly inSeconds?: boolean;
  readonly idleSeconds?: number;
  readonly freq?: number;
  /** Redis 8.6 key metadata: class spec (4 bytes) and items. */
  readonly meta?: readonly { readonly spec: number; readonly items: readonly ModuleItem[] }[];
  readonly keyForm?: StringForm;
}

/** The end of a snapshot: a right checksum, zeroes (checksum off), a wrong one, or no EOF opcode at all. */
export type Ending = "ok" | "off" | "bad" | "none";

/** Writes a snapshot from the facts of the format; it shares no code with the parser it tests. */
export class RdbWriter {
  readonly magic: Magic;
  readonly version: number;
  readonly rows: ExpectedRow[] = [];
  readonly #parts: Buffer[] = [];
  #size = 0;
  #db = 0;

  constructor(magic: Magic = "REDIS", version = 11) {
    this.magic = magic;
    this.version = version;
    this.raw(bytesOf(magic + String(version).padStart(magic === "REDIS" ? 4 : 3, "0")));
  }

  /** Bytes written so far. */
  get size(): number {
    return this.#size;
  }

  /** The database that the next key goes to. */
  get db(): number {
    return this.#db;
  }

  raw(...parts: readonly Uint8Array[]): this {
    for (const part of parts) {
      this.#parts.push(Buffer.from(part));
      this.#size += part.length;
    }
    return this;
  }

  aux(name: Text, text: Text): this {
    return this.raw(Buffer.of(250), str(name), str(text));
  }

  selectDb(db: number): this {
    this.#db = db;
    return this.raw(Buffer.of(254), len(db));
  }

  resizeDb(keys: number, expires: number): this {
    return this.raw(Buffer.of(251), len(keys), len(expires));
  }

  function2(code: Text, form: StringForm = "auto"): this {
    return this.raw(Buffer.of(245), str(code, form));
  }

  functionPreGa(name: Text, engine: Text, code: Text, description?: Text): this {
    const described = description === undefined ? [len(0)] : [len(1), str(description)];
    return this.raw(Buffer.of(246), str(name), str(engine), ...described, str(code));
  }

  /** `when`: 1 before the keys, 2 after. */
  moduleAux(name: string, version: number, when: 1 | 2, items: readonly ModuleItem[]): this {
    return this.raw(Buffer.of(247), len(moduleId(name, version)), len(2), len(when), moduleItems(items));
  }

  slotInfo(slot: number, keys: number, expires: number): this {
    return this.raw(Buffer.of(244), len(slot), len(keys), len(expires));
  }

  /** Opcode 243 in a VALKEY snapshot. */
  slotImport(job: Text, ranges: readonly (readonly [number, number])[]): this {
    const parts = ranges.flatMap(([start, end]) => [len(start), len(end)]);
    return this.raw(Buffer.of(243), str(job), len(ranges.length), ...parts);
  }

  /** Opcode 242 in a REDIS snapshot. */
  hashTemplate(id: number, names: readonly Text[]): this {
    const sorted = templateOrder(names);
    return this.raw(Buffer.of(242), len(id), len(sorted.length), ...sorted.map((name) => str(name)));
  }

  /** Opcode 242 in a VALKEY snapshot: a command as RESP, in line. */
  update(...args: readonly Text[]): this {
    const parts = args.map((arg) => {
      const bytes = bytesOf(arg);
      return Buffer.concat([bytesOf(`$${bytes.length}\r\n`), bytes, bytesOf("\r\n")]);
    });
    return this.raw(Buffer.of(242), bytesOf(`*${args.length}\r\n`), ...parts);
  }

  key(name: Text, value: Value, options: KeyOptions = {}): this {
    const recordOffset = this.#size;
    const { expiresAtMs, idleSeconds, freq, meta } = options;
    if (expiresAtMs !== undefined) {
      if (options.inSeconds) this.raw(Buffer.of(253), le(expiresAtMs / 1000, 4));
      else this.raw(Buffer.of(252), le(expiresAtMs, 8));
    }
    if (idleSeconds !== undefined) this.raw(Buffer.of(248), len(idleSeconds));
    if (freq !== undefined) this.raw(Buffer.of(249, freq));
    if (meta !== undefined) {
      this.raw(Buffer.of(243), len(meta.length));
      for (const entry of meta) this.raw(be(entry.spec, 4), moduleItems(entry.items));
    }
    this.raw(Buffer.of(value.typeByte), str(name, options.keyForm), value.body);
    const key = bytesOf(name);
    this.rows.push({
      db: this.#db,
      key,
      typeByte: value.typeByte,
      type: value.type,
      elements: value.elements,
      payloadBytes: value.elementBytes === null ? null : key.length + value.elementBytes,
      largestElementBytes: value.largestElementBytes,
      expiresAt: expiresAtMs ?? null,
      idleSeconds: idleSeconds ?? null,
      freq: freq ?? null,
      recordOffset,
      serializedBytes: this.#size - recordOffset,
    });
    return this;
  }

  /** The whole snapshot. Before RDB version 5 there is no checksum whatever the ending. */
  end(ending: Ending = "ok"): Buffer {
    if (ending === "none") return Buffer.concat(this.#parts);
    const body = Buffer.concat([...this.#parts, Buffer.of(255)]);
    if (this.magic === "REDIS" && this.version < 5) return body;
    if (ending === "off") return Buffer.concat([body, Buffer.alloc(8)]);
    const crc = crc64Jones(body);
    return Buffer.concat([body, le(ending === "ok" ? crc : crc ^ 1n, 8)]);
  }
}
