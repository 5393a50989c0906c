import fs from "node:fs";
import { Copier } from "../../parsers/copier.ts";
import { PAGE_BYTES } from "./schema.ts";

/**
 * Key rows are written as finished SQLite b-tree pages, by every worker into the one inventory file, because
 * binding sixteen columns a row through SQLite costs ten times what the rest of the analysis does. The format is
 * the one that sqlite.org documents ("Database File Format", sections 1.6 and 2): a table leaf page is
 * `0x0D, u16 first freeblock, u16 cells, u16 start of cells, u8 fragments, u16 cell offsets…, …cells`.
 */
const LEAF = 0x0d;
const LEAF_HEADER_BYTES = 8;
const INTERIOR = 0x05;
const INTERIOR_HEADER_BYTES = 12;

/** Payload that a leaf cell holds at most, and at least when it overflows (file format, section 1.6). */
const MAX_LOCAL = PAGE_BYTES - 35;
const MIN_LOCAL = Math.floor(((PAGE_BYTES - 12) * 32) / 255) - 23;

/** SQLite locks bytes from 2^30 on and never uses the page they stand in. */
const LOCK_PAGE = 0x40000000 / PAGE_BYTES + 1;

/** Pages written by one system call. */
const RUN_PAGES = 16;

/** A finished leaf: the largest row id in it and its page number. */
export interface LeafPlaces {
  readonly maxIds: number[];
  readonly pages: number[];
}

/** Hands out page numbers of one file to several threads; the counter holds the number of the next free page. */
export class PageAllocator {
  private readonly next: Int32Array;

  constructor(counter: SharedArrayBuffer) {
    this.next = new Int32Array(counter);
  }

  /** First page of a run of at most `count` pages; `granted` tells how many. */
  granted = 0;

  allocate(count: number): number {
    for (;;) {
      const now = Atomics.load(this.next, 0);
      const first = now === LOCK_PAGE ? now + 1 : now;
      const granted = first < LOCK_PAGE ? Math.min(count, LOCK_PAGE - first) : count;
      if (Atomics.compareExchange(this.next, 0, now, first + granted) === now) {
        this.granted = granted;
        return first;
      }
    }
  }
}

/** Four bytes of a varint. */
const VARINT_HALF = 2 ** 28;

/** Bytes of a SQLite varint. */
function varintBytes(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x200000) return 3;
  return value < VARINT_HALF ? 4 : 4 + varintBytes(Math.floor(value / VARINT_HALF));
}

/** Writes a SQLite varint (big-endian, 7 bits a byte; values below 2^53 only); returns the position behind it. */
function putVarint(target: Uint8Array, at: number, value: number): number {
  if (value < 0x80) {
    target[at] = value;
    return at + 1;
  }
  const end = at + varintBytes(value);
  const high = Math.floor(value / VARINT_HALF);
  let v = value - high * VARINT_HALF;
  target[end - 1] = v & 0x7f;
  for (let p = end - 2; p >= at; p--) {
    v = p === end - 5 ? high : v >> 7;
    target[p] = v | 0x80;
  }
  return end;
}

/** Record-format serial types (file format, section 2.1). */
const NULL = 0;
const ZERO = 8;
const ONE = 9;
const BODY_BYTES = [0, 1, 2, 3, 4, 6, 8, 0, 0, 0];

/** Types of integers from 0 to 2^31 - 1, by leading zeros. */
const SERIAL_TYPES = Uint8Array.from({ length: 33 }, (_, zeros) => integerSerialType(2 ** (32 - zeros) - 1));

function integerSerialType(value: number): number {
  if (value === 0) return ZERO;
  if (value === 1) return ONE;
  const magnitude = value < 0 ? -1 - value : value;
  if (magnitude < 0x80) return 1;
  if (magnitude < 0x8000) return 2;
  if (magnitude < 0x800000) return 3;
  if (magnitude < 0x80000000) return 4;
  return magnitude < 0x800000000000 ? 5 : 6;
}

/**
 * Writes rows of one table, in ascending order of their ids, into leaf pages of their own. Set `integers[column]`
 * (NaN is NULL), then call `add`. Leaves of different writers must not overlap in ids: `finishRange` ends one
 * range of ids, so that another writer may have the next.
 */
export class RowWriter {
  /** Values of the integer columns; NaN at `bytesColumn`. */
  readonly integers: Float64Array;
  readonly leaves: LeafPlaces = { maxIds: [], pages: [] };
  rows = 0;
  private readonly fd: number;
  private readonly allocator: PageAllocator;
  private readonly columns: number;
  private readonly bytesColumn: number;
  private readonly run = new Uint8Array(RUN_PAGES * PAGE_BYTES);
  private readonly types: Uint8Array;
  private readonly copier = new Copier();
  private readonly pendingIds: number[] = [];
  private pageStart = 0;
  private cells = 0;
  private contentStart = PAGE_BYTES;
  private lastId = 0;

  /** `columns` counts all columns, with the id (stored as NULL); the text or blob stands at `bytesColumn`. */
  constructor(fd: number, allocator: PageAllocator, columns: number, bytesColumn: number) {
    this.fd = fd;
    this.allocator = allocator;
    this.columns = columns;
    this.bytesColumn = bytesColumn;
    this.integers = new Float64Array(columns).fill(Number.NaN);
    this.types = new Uint8Array(columns);
  }

  /** Adds a row whose text (or blob) is `bytes[0, length)`. */
  add(id: number, bytes: Uint8Array, length: number, isText: boolean): void {
    const { integers, types, columns } = this;
    let bodyBytes = length;
    for (let i = 0; i < columns; i++) {
      const value = integers[i]!;
      const small = value | 0;
      let type = NULL;
      if (small === value && small >= 0) type = SERIAL_TYPES[Math.clz32(small)]!;
      else if (!Number.isNaN(value)) type = integerSerialType(value);
      types[i] = type;
      bodyBytes += BODY_BYTES[type]!;
    }
    const bytesType = length * 2 + (isText ? 13 : 12);
    const headerBytes = columns + varintBytes(bytesType); // its own length byte, and one a column but the bytes
    const payloadBytes = headerBytes + bodyBytes;
    if (payloadBytes > MAX_LOCAL) this.addLarge(id, bytes, length, bytesType, headerBytes, payloadBytes);
    else {
      const cellBytes = varintBytes(payloadBytes) + varintBytes(id) + payloadBytes;
      const page = this.placeCell(cellBytes);
      let at = page + this.contentStart;
      at = putVarint(this.run, at, payloadBytes);
      at = putVarint(this.run, at, id);
      this.putRecord(this.run, at, bytes, length, bytesType, headerBytes);
    }
    this.lastId = id;
    this.rows++;
  }

  /** Ends the current leaf, so that ids behind it may go to another writer. */
  finishRange(): void {
    if (this.cells > 0) this.finishPage();
  }

  /** Writes what is still held. */
  flush(): void {
    this.finishRange();
    this.writeRun();
  }

  /** Makes room for a cell and its offset in the current page; returns where the page stands in the run. */
  private placeCell(cellBytes: number): number {
    const used = LEAF_HEADER_BYTES + (this.cells + 1) * 2;
    if (this.contentStart - cellBytes < used) this.finishPage();
    this.contentStart -= cellBytes;
    const pointer = this.pageStart + LEAF_HEADER_BYTES + this.cells * 2;
    this.run[pointer] = this.contentStart >> 8;
    this.run[pointer + 1] = this.contentStart & 0xff;
    this.cells++;
    return this.pageStart;
  }

  private finishPage(): void {
    const { run, pageStart } = this;
    run[pageStart] = LEAF;
    run[pageStart + 3] = this.cells >> 8;
    run[pageStart + 4] = this.cells & 0xff;
    run[pageStart + 5] = (this.contentStart >> 8) & 0xff;
    run[pageStart + 6] = this.contentStart & 0xff;
    this.pendingIds.push(this.lastId);
    this.pageStart += PAGE_BYTES;
    this.cells = 0;
    this.contentStart = PAGE_BYTES;
    if (this.pageStart === run.length) this.writeRun();
  }

  private writeRun(): void {
    const { leaves, pendingIds } = this;
    for (let done = 0; done < pendingIds.length; ) {
      const first = this.allocator.allocate(pendingIds.length - done);
      const count = this.allocator.granted;
      writeAll(this.fd, this.run, done * PAGE_BYTES, count * PAGE_BYTES, (first - 1) * PAGE_BYTES);
      for (let i = 0; i < count; i++) {
        leaves.maxIds.push(pendingIds[done + i]!);
        leaves.pages.push(first + i);
      }
      done += count;
    }
    pendingIds.length = 0;
    this.run.fill(0);
    this.pageStart = 0;
  }

  private putRecord(
    target: Uint8Array,
    start: number,
    bytes: Uint8Array,
    length: number,
    bytesType: number,
    headerBytes: number,
  ): void {
    const { integers, types, columns, bytesColumn } = this;
    let at = putVarint(target, start, headerBytes);
    let body = start + headerBytes;
    for (let i = 0; i < columns; i++) {
      if (i === bytesColumn) {
        at = putVarint(target, at, bytesType);
        this.copier.copy(bytes, 0, target, body, length);
        body += length;
      } else {
        const type = types[i]!;
        target[at++] = type;
        const bodyBytes = BODY_BYTES[type]!;
        if (bodyBytes > 4) putLarge(target, body, integers[i]!, bodyBytes);
        else putSmall(target, body, integers[i]! | 0, bodyBytes);
        body += bodyBytes;
      }
    }
  }

  /** A row that does not fit in a page: its tail goes to a chain of overflow pages (file format, section 2.6). */
  private addLarge(
    id: number,
    bytes: Uint8Array,
    length: number,
    bytesType: number,
    headerBytes: number,
    payloadBytes: number,
  ): void {
    const record = new Uint8Array(payloadBytes);
    this.putRecord(record, 0, bytes, length, bytesType, headerBytes);
    const wanted = MIN_LOCAL + ((payloadBytes - MIN_LOCAL) % (PAGE_BYTES - 4));
    const local = wanted > MAX_LOCAL ? MIN_LOCAL : wanted;
    const firstOverflow = this.writeOverflow(record, local);
    const cellBytes = varintBytes(payloadBytes) + varintBytes(id) + local + 4;
    const page = this.placeCell(cellBytes);
    let at = page + this.contentStart;
    at = putVarint(this.run, at, payloadBytes);
    at = putVarint(this.run, at, id);
    this.run.set(record.subarray(0, local), at);
    putUint32(this.run, at + local, firstOverflow);
  }

  private writeOverflow(record: Uint8Array, from: number): number {
    const page = new Uint8Array(PAGE_BYTES);
    const first = this.allocator.allocate(1);
    let number = first;
    for (let at = from; at < record.length; ) {
      const part = record.subarray(at, at + PAGE_BYTES - 4);
      at += part.length;
      const next = at < record.length ? this.allocator.allocate(1) : 0;
      page.fill(0);
      putUint32(page, 0, next);
      page.set(part, 4);
      writeAll(this.fd, page, 0, PAGE_BYTES, (number - 1) * PAGE_BYTES);
      number = next;
    }
    return first;
  }
}

/** Writes the lowest bytes of an integer, four at most. */
function putSmall(target: Uint8Array, at: number, value: number, bytes: number): void {
  switch (bytes) {
    case 4:
      putUint32(target, at, value);
      break;
    case 3:
      target[at] = value >> 16;
      target[at + 1] = value >> 8;
      target[at + 2] = value;
      break;
    case 2:
      target[at] = value >> 8;
      target[at + 1] = value;
      break;
    case 1:
      target[at] = value;
  }
}

/** Writes an integer of more than four bytes. */
function putLarge(target: Uint8Array, at: number, value: number, bytes: number): void {
  const high = Math.floor(value / 4294967296);
  putSmall(target, at, high | 0, bytes - 4);
  putUint32(target, at + bytes - 4, value - high * 4294967296);
}

function putUint32(target: Uint8Array, at: number, value: number): void {
  target[at] = value >>> 24;
  target[at + 1] = value >>> 16;
  target[at + 2] = value >>> 8;
  target[at + 3] = value;
}

function writeAll(fd: number, bytes: Uint8Array, start: number, length: number, position: number): void {
  for (let done = 0; done < length; )
    done += fs.writeSync(fd, bytes, start + done, length - done, position + done);
}

/**
 * Hangs leaves into a table that is empty so far: writes the interior pages above them, the table's root page
 * among them, and the file's size into its header (file format, section 1.3).
 */
export function plantLeaves(
  fd: number,
  rootPage: number,
  leaves: LeafPlaces,
  allocator: PageAllocator,
): void {
  const order = Array.from(leaves.pages.keys()).sort((a, b) => leaves.maxIds[a]! - leaves.maxIds[b]!);
  let level = order.map((i) => ({ page: leaves.pages[i]!, maxId: leaves.maxIds[i]! }));
  let freePage = 0;
  if (level.length === 1) {
    // A table of one leaf is that leaf in the root's place; the page it was written to becomes free.
    freePage = level[0]!.page;
    const leaf = new Uint8Array(PAGE_BYTES);
    fs.readSync(fd, leaf, 0, PAGE_BYTES, (freePage - 1) * PAGE_BYTES);
    writeAll(fd, leaf, 0, PAGE_BYTES, (rootPage - 1) * PAGE_BYTES);
    writeAll(fd, new Uint8Array(PAGE_BYTES), 0, PAGE_BYTES, (freePage - 1) * PAGE_BYTES);
  }
  while (level.length > 1) {
    const groups = groupChildren(level);
    level = groups.map((children) => {
      const page = groups.length === 1 ? rootPage : allocator.allocate(1);
      writeInterior(fd, page, children);
      return { page, maxId: children.at(-1)!.maxId };
    });
  }
  finishHeader(fd, allocator, freePage);
}

interface Child {
  readonly page: number;
  readonly maxId: number;
}

/** Children of one interior page: no page may have a single one. */
const MAX_CHILDREN = Math.floor((PAGE_BYTES - INTERIOR_HEADER_BYTES) / (2 + 4 + 9));

function groupChildren(level: readonly Child[]): Child[][] {
  const count = Math.ceil(level.length / MAX_CHILDREN);
  return Array.from({ length: count }, (_, i) =>
    level.slice(Math.floor((i * level.length) / count), Math.floor(((i + 1) * level.length) / count)),
  );
}

function writeInterior(fd: number, page: number, children: readonly Child[]): void {
  const bytes = new Uint8Array(PAGE_BYTES);
  let content = PAGE_BYTES;
  const cells = children.length - 1;
  for (let i = 0; i < cells; i++) {
    const child = children[i]!;
    content -= 4 + varintBytes(child.maxId);
    putUint32(bytes, content, child.page);
    putVarint(bytes, content + 4, child.maxId);
    bytes[INTERIOR_HEADER_BYTES + i * 2] = content >> 8;
    bytes[INTERIOR_HEADER_BYTES + i * 2 + 1] = content & 0xff;
  }
  bytes[0] = INTERIOR;
  bytes[3] = cells >> 8;
  bytes[4] = cells & 0xff;
  bytes[5] = content >> 8;
  bytes[6] = content & 0xff;
  putUint32(bytes, 8, children.at(-1)!.page);
  writeAll(fd, bytes, 0, PAGE_BYTES, (page - 1) * PAGE_BYTES);
}

function finishHeader(fd: number, allocator: PageAllocator, freePage: number): void {
  const pages = allocator.allocate(0) - 1;
  const header = new Uint8Array(100);
  fs.readSync(fd, header, 0, 100, 0);
  const changes = (new DataView(header.buffer).getUint32(24) + 1) >>> 0;
  putUint32(header, 24, changes);
  putUint32(header, 28, pages);
  putUint32(header, 92, changes);
  if (freePage > 0) {
    putUint32(header, 32, freePage);
    putUint32(header, 36, 1);
  }
  writeAll(fd, header, 0, 100, 0);
  fs.ftruncateSync(fd, pages * PAGE_BYTES);
}
