import { instantiate, type WithMemory } from "../../parsers/wasm.ts";
import { CODE } from "./columns-code.ts";
import { damaged, LEAF, LEAF_HEADER_BYTES, overflowRecord, type RowFile, readInto } from "./row-pages.ts";
import { KEY_COLUMNS, SNAPSHOT_ID_SHIFT } from "./schema.ts";

interface Exports extends WithMemory {
  readonly memory: WithMemory["memory"] & { readonly grow: (pages: number) => number };
  readonly record: (start: number, end: number, id: bigint, columns: number) => number;
  readonly decode: (
    page: number,
    end: number,
    cell: number,
    to: number,
    first: number,
    columns: number,
  ) => number;
  readonly cap: (rows: number, values: number, most: number) => void;
  readonly mark: (rows: number, values: number, valid: number, most: number, bits: number) => void;
}

/** As columns.wat has them. */
const COLUMN_BYTES = 16;
const AT = {
  bodyBytes: 256,
  rows: 272,
  capacity: 276,
  textTo: 280,
  textEnd: 284,
  offsets: 288,
  maxLocal: 292,
  idBits: 296,
  text: 304,
  stopped: 308,
} as const;
const RUN_AT = 512;
const [ALL_READ, NO_ROOM, , OVERFLOWS] = [0, 1, 2, 3];
const BODY_BYTES = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0];

const WASM_PAGE = 65536;
const RUN_BYTES = 2 ** 20;
/** What may be read behind a page, or a record, before it is known to be malformed. */
const SLACK = 1024;
/** Room for the names of a batch; one that is larger gets more. */
const TEXT_BYTES = 4 * 2 ** 20;

/** Columns of the table, the id first, which gives `record_offset`: those with few bits take four bytes a value. */
const NARROW: readonly string[] = ["kind_id", "pattern_id", "freq", "slot", "accuracy"];
const TABLE = [
  { name: "record_offset", bytes: 8, nullable: false },
  ...KEY_COLUMNS.map((column) => {
    const name = column.split(" ")[0]!;
    const bytes = name === "key" ? -1 : NARROW.includes(name) ? 4 : 8;
    return { name, bytes, nullable: !column.includes("NOT NULL") };
  }),
] as const;

/** A column that somebody fills beside those of the table. */
export interface ExtraColumn {
  readonly name: string;
  /** Bytes of a value; 0: it is a bit. */
  readonly bytes: number;
  readonly nullable: boolean;
}

/** What is put around the columns, in the same memory. */
export interface Surroundings {
  /** Columns of the table that stand before all others. */
  readonly first: readonly string[];
  /** Bytes of room behind these. */
  readonly room: number;
  readonly extra: readonly ExtraColumn[];
}

/** Where a column stands in the memory; 0: all rows have a value. */
export interface Place {
  readonly values: number;
  readonly valid: number;
}

/** Rows of the leaves of a file in the order of ids: which ones, counted from the first row of the file. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Key rows as columns, a batch at a time, in the form that Arrow has: decoded in WebAssembly, in memory that is used again. Columns
 * begin at multiples of 8 from `columnsAt` on, and the names stand behind all others, so that the memory from there on is the body
 * of a message of Arrow.
 */
export class RowColumns {
  rows = 0;
  /** Where the columns begin that are not the first ones. */
  readonly columnsAt: number;
  /** Where the offsets of names begin: one more than there are rows. */
  readonly offsetsAt: number;
  readonly namesAt: number;
  private readonly file: RowFile;
  private readonly before: Int32Array;
  private readonly exports: Exports;
  private readonly places = new Map<string, Place>();
  private readonly capacity: number;
  private readonly runBytes: number;
  private buffer: ArrayBuffer;
  private words: Int32Array;
  private bytes: Uint8Array;

  /**
   * `file` has its leaves in the order of ids; before each of them stand `before[leaf]` rows. A batch has `capacity` rows at most,
   * a multiple of 8.
   */
  constructor(file: RowFile, before: Int32Array, capacity: number, around: Surroundings) {
    this.file = file;
    this.before = before;
    this.capacity = capacity;
    this.exports = instantiate<Exports>(CODE);
    this.runBytes = Math.max(RUN_BYTES, file.pageBytes);
    let at = Math.ceil((RUN_AT + this.runBytes + SLACK) / 8) * 8;
    const take = (count: number) => {
      const start = at;
      at += Math.ceil(count / 8) * 8;
      return start;
    };
    const place = ({ name, bytes, nullable }: ExtraColumn) => {
      const values = take(bytes === 0 ? capacity / 8 : capacity * bytes);
      this.places.set(name, { values, valid: nullable ? take(capacity / 8) : 0 });
    };
    const integers = TABLE.filter(({ bytes }) => bytes > 0);
    const isFirst = ({ name }: ExtraColumn) => around.first.includes(name);
    integers.filter(isFirst).forEach(place);
    take(around.room);
    this.columnsAt = at;
    for (const column of [...integers, ...around.extra]) if (!isFirst(column)) place(column);
    this.offsetsAt = take((capacity + 1) * 4);
    this.namesAt = at;
    const pages = Math.ceil((at + TEXT_BYTES + SLACK) / WASM_PAGE);
    this.exports.memory.grow(pages - this.exports.memory.buffer.byteLength / WASM_PAGE);
    this.buffer = this.exports.memory.buffer;
    this.words = new Int32Array(this.buffer, 0, RUN_AT / 4);
    this.bytes = new Uint8Array(this.buffer);
    this.describe();
  }

  private describe(): void {
    const { words, file } = this;
    for (const [i, { name, bytes }] of TABLE.entries()) {
      const place = this.places.get(name);
      words.set([bytes, place?.values ?? 0, place?.valid ?? 0], (i * COLUMN_BYTES) / 4);
    }
    this.bytes.set(BODY_BYTES, AT.bodyBytes);
    words[AT.capacity / 4] = this.capacity;
    words[AT.offsets / 4] = this.offsetsAt;
    words[AT.text / 4] = this.namesAt;
    words[AT.maxLocal / 4] = file.usableBytes - 35;
    new BigUint64Array(this.buffer, AT.idBits, 1)[0] = BigInt(SNAPSHOT_ID_SHIFT - 1);
  }

  /** Where a column is; what is there holds until the next batch. @throws {TypeError} for one that there is not */
  place(name: string): Place {
    const place = this.places.get(name);
    if (place === undefined) throw new TypeError(`no column ${name}`);
    return place;
  }

  /** The memory that all is in; another one may stand in its place in the next batch. */
  get memory(): Uint8Array {
    return this.bytes;
  }

  /** Values of a column that takes four bytes each. */
  narrow(name: string): Int32Array {
    return new Int32Array(this.buffer, this.place(name).values, this.rows);
  }

  /** Where the last name ends. */
  get namesEnd(): number {
    return this.words[AT.textTo / 4]!;
  }

  /** Sets the bits of `bits` for rows whose value in a nullable column is there, and `most` at most. */
  mark(bits: string, name: string, most: number): void {
    const { values, valid } = this.place(name);
    if (this.rows > 0) this.exports.mark(this.rows, values, valid, most, this.place(bits).values);
  }

  /** Puts `most` in the place of larger values of a column that takes eight bytes each, and 0 in that of smaller ones than 0. */
  cap(name: string, most: number): void {
    if (this.rows > 0) this.exports.cap(this.rows, this.place(name).values, most);
  }

  /**
   * Reads rows; each batch is in this object until the next one.
   * @throws {IoError} when the file cannot be read or is damaged
   */
  *batches({ from, to }: RowRange): Generator<this> {
    const { file, before } = this;
    const { leaves, pageBytes } = file;
    const runPages = this.runBytes / pageBytes;
    this.clear();
    for (let leaf = leafOf(before, from); leaf < leaves.length && before[leaf]! < to; ) {
      let count = 1;
      while (count < runPages && leaves[leaf + count] === leaves[leaf]! + count) count++;
      const length = count * pageBytes;
      const run = () => this.bytes.subarray(RUN_AT, RUN_AT + this.runBytes);
      readInto(file.fd, file.name, run(), length, (leaves[leaf]! - 1) * pageBytes);
      for (const end = leaf + count; leaf < end && before[leaf]! < to; leaf++) {
        const start = RUN_AT + (leaf - (end - count)) * pageBytes;
        const range = { from: Math.max(0, from - before[leaf]!), to: to - before[leaf]! };
        yield* this.leaf(start, leaves[leaf]!, range);
      }
    }
    if (this.rows > 0) yield this;
  }

  /** Reads cells of the leaf page at `start`, and yields whenever there is no more room. */
  private *leaf(start: number, number: number, range: RowRange): Generator<this> {
    const { file, exports } = this;
    const cells = this.uint16(start + 3);
    const first = LEAF_HEADER_BYTES + cells * 2;
    if (this.bytes[start] !== LEAF || first > file.usableBytes) throw damaged(file.name, number);
    const to = Math.min(cells, range.to);
    for (let cell = range.from; cell < to; ) {
      cell = exports.decode(start, start + file.usableBytes, cell, to, first, TABLE.length);
      this.rows = this.words[AT.rows / 4]!;
      const stopped = this.words[AT.stopped / 4];
      if (stopped === ALL_READ) return;
      if (stopped === OVERFLOWS) {
        const at = start + this.uint16(start + LEAF_HEADER_BYTES + cell * 2);
        if (this.overflowing(at, start + file.usableBytes, number)) {
          cell++;
          continue;
        }
      } else if (stopped !== NO_ROOM || this.rows === 0) throw damaged(file.name, number);
      yield this;
      this.clear();
    }
  }

  /** Reads the row whose cell begins at `start` and goes on in other pages; false when rows before it have to go first. */
  private overflowing(start: number, end: number, number: number): boolean {
    const { file, exports, words } = this;
    const [recordBytes, behind] = this.varint(start);
    const [id, at] = this.varint(behind);
    const room = this.namesAt + TEXT_BYTES - words[AT.textTo / 4]!;
    if (this.rows > 0 && Number(recordBytes) > room) return false;
    const record = overflowRecord(file, this.bytes.subarray(0, end), at, Number(recordBytes), number);
    const scratch = words[AT.textTo / 4]! + Math.max(room, record.length);
    this.growTo(scratch + record.length + SLACK);
    this.bytes.set(record, scratch);
    this.words[AT.textEnd / 4] = scratch;
    const status = exports.record(scratch, scratch + record.length, id, TABLE.length);
    this.words[AT.textEnd / 4] = this.namesAt + TEXT_BYTES;
    this.rows = this.words[AT.rows / 4]!;
    if (status !== ALL_READ) throw damaged(file.name, number);
    return true;
  }

  private clear(): void {
    this.rows = 0;
    this.words[AT.rows / 4] = 0;
    this.words[AT.textTo / 4] = this.namesAt;
    this.words[AT.textEnd / 4] = this.namesAt + TEXT_BYTES;
  }

  private growTo(bytes: number): void {
    const missing = bytes - this.buffer.byteLength;
    if (missing <= 0) return;
    this.exports.memory.grow(Math.ceil(missing / WASM_PAGE));
    this.buffer = this.exports.memory.buffer;
    this.words = new Int32Array(this.buffer, 0, RUN_AT / 4);
    this.bytes = new Uint8Array(this.buffer);
  }

  private uint16(at: number): number {
    return (this.bytes[at]! << 8) | this.bytes[at + 1]!;
  }

  /** A varint, and where it ends. */
  private varint(at: number): [value: bigint, end: number] {
    let value = 0n;
    for (let i = 0; i < 8; i++) {
      const byte = this.bytes[at + i]!;
      value = (value << 7n) | BigInt(byte & 0x7f);
      if (byte < 0x80) return [value, at + i + 1];
    }
    return [BigInt.asIntN(64, (value << 8n) | BigInt(this.bytes[at + 8]!)), at + 9];
  }
}

/** The last leaf before which `row` rows or fewer stand. */
function leafOf(before: Int32Array, row: number): number {
  let low = 0;
  let high = before.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (before[middle]! <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}
