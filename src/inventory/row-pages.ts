import fs from "node:fs";
import { IoError, reasonOf } from "../errors.ts";
import { KEY_COLUMNS } from "./schema.ts";

/**
 * Key rows are read from the pages of their table, by several threads and without an object a row: SQLite takes a microsecond for
 * each, which is more than `analyze` takes to make it. What is read is the format that sqlite.org documents ("Database File
 * Format", sections 1.3, 1.6 and 2), whoever wrote or vacuumed the file; only of inventories that `openInventory` has looked at.
 */
const HEADER_BYTES = 100;
export const LEAF = 0x0d;
const INTERIOR = 0x05;
export const LEAF_HEADER_BYTES = 8;
const INTERIOR_HEADER_BYTES = 12;
/** SQLite allows no deeper table (btreeInt.h, BTCURSOR_MAX_DEPTH). */
const MAX_LEVELS = 20;
/** Bytes that one call reads where pages follow each other. */
const RUN_BYTES = 2 ** 20;

/** A file whose rows are read; who opened it closes `fd`. Structured-cloneable. */
export interface RowFile {
  readonly fd: number;
  /** As messages call it. */
  readonly name: string;
  readonly pageBytes: number;
  /** Bytes of a page without what is reserved at its end. */
  readonly usableBytes: number;
  /** Numbers of the leaf pages of `key_rows`, in the order asked for; threads share the memory. */
  readonly leaves: Int32Array;
}

/** How leaves are ordered: as they stand in the file, which is read the fastest, or as the ids of their rows are. */
export type LeafOrder = "pages" | "ids";

/**
 * Opens a file, which messages call `name`, and finds the pages that hold key rows.
 * @throws {IoError} when it cannot be read or is damaged
 */
export function openRows(path: string, name: string, rootPage: number, order: LeafOrder): RowFile {
  const fd = opened(path, name);
  try {
    const pages = pagesOf(fd, name, rootPage);
    if (order === "pages") pages.leaves.sort();
    return { fd, name, ...pages };
  } catch (error) {
    fs.closeSync(fd);
    throw error;
  }
}

function opened(path: string, name: string): number {
  try {
    return fs.openSync(path, "r");
  } catch (cause) {
    throw new IoError(`cannot read ${name}: ${reasonOf(cause)}`, { cause });
  }
}

function pagesOf(fd: number, name: string, rootPage: number): Omit<RowFile, "fd" | "name"> {
  const { interior: _, leaves, ...format } = rowPages(fd, name, rootPage);
  const shared = new Int32Array(new SharedArrayBuffer(leaves.length * Int32Array.BYTES_PER_ELEMENT));
  shared.set(leaves);
  return { ...format, leaves: shared };
}

/**
 * Finds the pages of the table of key rows in an open file: its leaves, and those above them.
 * @throws {IoError} when the file is damaged
 */
export function rowPages(fd: number, name: string, rootPage: number) {
  const header = readAt(fd, name, 0, HEADER_BYTES);
  const size = header.readUInt16BE(16);
  const pageBytes = size === 1 ? 65536 : size;
  const usableBytes = pageBytes - header[20]!;
  if (pageBytes < 512 || (pageBytes & (pageBytes - 1)) !== 0 || usableBytes < 480) throw damaged(name, 1);
  const pages = Math.floor(fs.fstatSync(fd).size / pageBytes);
  const leaves: number[] = [];
  const interior: number[] = [];
  let level = [rootPage];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth === MAX_LEVELS) throw damaged(name, rootPage);
    const below: number[] = [];
    for (const number of level) childrenOf(fd, name, { number, pageBytes, pages }, leaves, below);
    if (leaves[0] !== rootPage) for (const number of level) interior.push(number);
    if (leaves.length + below.length > pages) throw damaged(name, rootPage);
    level = below;
  }
  return { pageBytes, usableBytes, leaves, interior };
}

interface PagePlace {
  readonly number: number;
  readonly pageBytes: number;
  /** How many pages the file has. */
  readonly pages: number;
}

/** Adds the page to the leaves, or what hangs below it. All that hangs below an interior page is of one kind. */
function childrenOf(
  fd: number,
  name: string,
  { number, pageBytes, pages }: PagePlace,
  leaves: number[],
  below: number[],
): void {
  const page = readAt(fd, name, (number - 1) * pageBytes, pageBytes);
  if (page[0] === LEAF) {
    leaves.push(number);
    return;
  }
  if (page[0] !== INTERIOR) throw damaged(name, number);
  const children: number[] = [];
  for (let i = 0; i < page.readUInt16BE(3); i++) {
    const at = INTERIOR_HEADER_BYTES + i * 2;
    const cell = at + 2 <= pageBytes ? page.readUInt16BE(at) : pageBytes;
    if (cell + 4 > pageBytes) throw damaged(name, number);
    children.push(page.readUInt32BE(cell));
  }
  children.push(page.readUInt32BE(8));
  if (children.some((child) => child < 2 || child > pages)) throw damaged(name, number);
  const first = readAt(fd, name, (children[0]! - 1) * pageBytes, 1)[0];
  for (const child of children) (first === LEAF ? leaves : below).push(child);
}

function readAt(fd: number, name: string, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  readInto(fd, name, bytes, length, position);
  return bytes;
}

/** @throws {IoError} when the file ends before */
export function readInto(
  fd: number,
  name: string,
  bytes: Uint8Array,
  length: number,
  position: number,
): void {
  for (let done = 0; done < length; ) {
    const count = fs.readSync(fd, bytes, done, length - done, position + done);
    if (count === 0)
      throw new IoError(`${name} is a damaged inventory (it is cut off): analyze the snapshot again`);
    done += count;
  }
}

/** What to throw for a page that is not as SQLite writes it. */
export function damaged(name: string, page: number): IoError {
  return new IoError(
    `${name} is a damaged inventory (page ${page} is malformed): analyze the snapshot again`,
  );
}

/** Where columns of `key_rows` stand in a record, the id first. */
const [DB, KEY, KIND, PATTERN, BYTES, PAYLOAD, ELEMENTS, EXPIRES, ACCURACY] = [
  ...["db", "key", "kind_id", "pattern_id", "bytes"],
  ...["payload_bytes", "elements", "expires_at", "accuracy"],
].map((name) => KEY_COLUMNS.findIndex((column) => column.startsWith(`${name} `)) + 1) as [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
];
const COLUMNS = KEY_COLUMNS.length + 1;
/** 1: the column is read, else stepped over. */
const WANTED = Uint8Array.from({ length: COLUMNS }, (_, column) =>
  Number([DB, KIND, PATTERN, BYTES, PAYLOAD, ELEMENTS, EXPIRES, ACCURACY].includes(column)),
);

/** Bytes of serial types 0 to 9 (file format, section 2.1). */
const BODY_BYTES = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0];

/** Reads the rows of one file: the current one is in its members. Integers are doubles; NaN is NULL. */
export class RowReader {
  /** Where the key's name stands: in `page`, from `keyStart` on. */
  keyStart = 0;
  keyBytes = 0;
  page: Uint8Array;
  view: DataView;
  private readonly file: RowFile;
  private readonly run: Uint8Array;
  private readonly runView: DataView;
  private readonly maxLocal: number;
  private at = 0;
  private idAt = 0;
  private readonly values = new Float64Array(COLUMNS);

  constructor(file: RowFile) {
    this.file = file;
    this.run = new Uint8Array(Math.max(RUN_BYTES, file.pageBytes));
    this.runView = new DataView(this.run.buffer);
    this.page = this.run;
    this.view = this.runView;
    this.maxLocal = file.usableBytes - 35;
  }

  get id(): number {
    this.at = this.idAt;
    return this.varint(this.run, this.run.length);
  }

  get db(): number {
    return this.values[DB]!;
  }

  get kind(): number {
    return this.values[KIND]!;
  }

  get pattern(): number {
    return this.values[PATTERN]!;
  }

  get bytes(): number {
    return this.values[BYTES]!;
  }

  get payloadBytes(): number {
    return this.values[PAYLOAD]!;
  }

  get elements(): number {
    return this.values[ELEMENTS]!;
  }

  get expiresAt(): number {
    return this.values[EXPIRES]!;
  }

  get accuracy(): number {
    return this.values[ACCURACY]!;
  }

  /** Calls `row` for each row of the leaves `[from, to)`; what the members say holds until it returns. */
  each(from: number, to: number, row: () => void): void {
    const { file, run } = this;
    const { leaves, pageBytes } = file;
    const runPages = run.length / pageBytes;
    for (let i = from; i < to; ) {
      let count = 1;
      while (i + count < to && count < runPages && leaves[i + count] === leaves[i]! + count) count++;
      readInto(file.fd, file.name, run, count * pageBytes, (leaves[i]! - 1) * pageBytes);
      for (let k = 0; k < count; k++) this.pageRows(k * pageBytes, leaves[i]! + k, row);
      i += count;
    }
  }

  private pageRows(start: number, number: number, row: () => void): void {
    const { run, runView, file } = this;
    const cells = runView.getUint16(start + 3);
    const first = LEAF_HEADER_BYTES + cells * 2;
    if (run[start] !== LEAF || first > file.usableBytes) throw damaged(file.name, number);
    const end = start + file.usableBytes;
    for (let i = 0; i < cells; i++) {
      const cell = runView.getUint16(start + LEAF_HEADER_BYTES + i * 2);
      if (cell < first || !this.read(start + cell, end, number)) throw damaged(file.name, number);
      row();
    }
  }

  /** Reads the row whose cell begins at `start` of the run; false where it cannot be one. */
  private read(start: number, end: number, number: number): boolean {
    this.at = start;
    const { run } = this;
    const recordBytes = run[start]! < 0x80 ? run[this.at++]! : this.varint(run, end);
    this.idAt = this.at;
    const idEnd = this.at + 8;
    while (this.at < idEnd && run[this.at]! >= 0x80) this.at++;
    this.at++;
    if (recordBytes <= this.maxLocal) {
      if (this.at + recordBytes > end) return false;
      this.page = run;
      this.view = this.runView;
      return this.record(this.at, this.at + recordBytes);
    }
    this.page = overflowRecord(this.file, run.subarray(0, end), this.at, recordBytes, number);
    this.view = new DataView(this.page.buffer);
    return this.record(0, recordBytes);
  }

  private record(start: number, end: number): boolean {
    const { page, values } = this;
    let at = start + 1;
    let headerEnd = start + page[start]!;
    if (page[start]! >= 0x80) {
      this.at = start;
      headerEnd = start + this.varint(page, end);
      at = this.at;
    }
    let body = headerEnd;
    if (headerEnd > end) return false;
    for (let column = 0; column < COLUMNS; column++) {
      let type = page[at++]!;
      if (type >= 0x80) {
        this.at = at - 1;
        type = this.varint(page, headerEnd);
        at = this.at;
      }
      if (column === KEY) {
        if (type < 12) return false;
        this.keyStart = body;
        this.keyBytes = (type - 12) >>> 1;
        body += this.keyBytes;
        continue;
      }
      if (type > 9) return false;
      if (WANTED[column] === 1) {
        values[column] = type === 1 ? (page[body]! << 24) >> 24 : this.integer(body, type);
      }
      body += BODY_BYTES[type]!;
    }
    if (body > end || at > headerEnd) return false;
    return true;
  }

  /** A big-endian integer in two's complement, of serial type 2 to 6, or 0 or 1. */
  private integer(at: number, type: number): number {
    const { view, page } = this;
    switch (type) {
      case 2:
        return view.getInt16(at);
      case 3:
        return ((page[at]! << 24) >> 8) | (page[at + 1]! << 8) | page[at + 2]! | 0;
      case 4:
        return view.getInt32(at);
      case 5:
        return view.getInt16(at) * 4294967296 + view.getUint32(at + 2);
      case 6:
        return view.getInt32(at) * 4294967296 + view.getUint32(at + 4);
      case 8:
        return 0;
      case 9:
        return 1;
      default:
        return Number.NaN;
    }
  }

  /** A varint at `at`, which moves behind it; beyond 2^53 not exact. Infinite where it goes over `end`. */
  private varint(bytes: Uint8Array, end: number): number {
    let value = 0;
    for (let i = 0; i < 9; i++) {
      if (this.at >= end) return Number.POSITIVE_INFINITY;
      const byte = bytes[this.at++]!;
      if (i === 8) return value * 256 + byte;
      value = value * 128 + (byte & 0x7f);
      if (byte < 0x80) return value;
    }
    return value;
  }
}

/**
 * A record that goes on in a chain of overflow pages (file format, section 1.6): it begins at `at` of `page`, where a leaf page
 * ends, and has `recordBytes` bytes.
 * @throws {IoError} when the chain is damaged
 */
export function overflowRecord(
  file: RowFile,
  page: Uint8Array,
  at: number,
  recordBytes: number,
  number: number,
): Uint8Array {
  if (!(recordBytes >= 0 && recordBytes <= fs.fstatSync(file.fd).size)) throw damaged(file.name, number);
  const content = file.usableBytes - 4;
  const maxLocal = file.usableBytes - 35;
  const minLocal = Math.floor(((file.usableBytes - 12) * 32) / 255) - 23;
  const wanted = minLocal + ((recordBytes - minLocal) % content);
  const local = wanted > maxLocal ? minLocal : wanted;
  if (at + local + 4 > page.length) throw damaged(file.name, number);
  const record = new Uint8Array(recordBytes);
  record.set(page.subarray(at, at + local));
  let next = Buffer.from(page.buffer, page.byteOffset + at + local, 4).readUInt32BE();
  for (let done = local; done < recordBytes; ) {
    if (next < 2) throw damaged(file.name, number);
    const more = readAt(file.fd, file.name, (next - 1) * file.pageBytes, file.pageBytes);
    record.set(more.subarray(4, 4 + Math.min(content, recordBytes - done)), done);
    done += content;
    next = more.readUInt32BE(0);
  }
  return record;
}
