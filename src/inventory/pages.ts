import fs from "node:fs";
import { Copier } from "../../parsers/copier.ts";
import { cellBytesBeside, RowEncoder } from "./row-encoder.ts";
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
export const LOCK_PAGE = 0x40000000 / PAGE_BYTES + 1;

/** Pages written by one system call. */
const RUN_PAGES = 16;

/** Finished leaves: the largest row id in each and its page number; and the pages that rows too long for a leaf go on in. */
export interface LeafPlaces {
  readonly maxIds: number[];
  readonly pages: number[];
  readonly overflow: number[];
}

/** Hands out page numbers of one file to several threads; the counter holds the number of the next free page. */
export class PageAllocator {
  private readonly counter: Int32Array;

  constructor(counter: SharedArrayBuffer) {
    this.counter = new Int32Array(counter);
  }

  /** Number of the next free page. While others allocate it may be taken already. */
  get next(): number {
    return Atomics.load(this.counter, 0);
  }

  set next(page: number) {
    Atomics.store(this.counter, 0, page);
  }

  /** First page of a run of at most `count` pages; `granted` tells how many. */
  granted = 0;

  allocate(count: number): number {
    for (;;) {
      const now = Atomics.load(this.counter, 0);
      const first = now === LOCK_PAGE ? now + 1 : now;
      const granted = first < LOCK_PAGE ? Math.min(count, LOCK_PAGE - first) : count;
      if (Atomics.compareExchange(this.counter, 0, now, first + granted) === now) {
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

/**
 * Writes rows of one table, in ascending order of their ids, into leaf pages of their own. Set `integers[column]`
 * (NaN is NULL), then call `add`. Leaves of different writers must not overlap in ids: `finishRange` ends one
 * range of ids, so that another writer may have the next.
 */
export class RowWriter {
  /** Values of the integer columns; NaN at `bytesColumn`. */
  readonly integers: Float64Array;
  readonly leaves: LeafPlaces = { maxIds: [], pages: [], overflow: [] };
  rows = 0;
  private readonly fd: number;
  private readonly allocator: PageAllocator;
  private readonly encoder: RowEncoder;
  /** Most that a row takes besides its text or blob. */
  private readonly besideBytes: number;
  /** The pages being filled. */
  private readonly run: Uint8Array;
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
    this.encoder = new RowEncoder(columns, bytesColumn);
    this.integers = this.encoder.integers;
    this.run = this.encoder.cells.subarray(0, RUN_PAGES * PAGE_BYTES);
    this.besideBytes = cellBytesBeside(columns) + 2;
  }

  /** Adds a row whose text (or blob) is `bytes[0, length)`. */
  add(id: number, bytes: Uint8Array, length: number, isText: boolean): void {
    const { encoder, pageStart } = this;
    const free = this.contentStart - LEAF_HEADER_BYTES - this.cells * 2;
    if (length + this.besideBytes > free) this.addClosely(id, bytes, length, isText);
    else {
      const start = encoder.encode(id, pageStart + this.contentStart, length, isText, length);
      this.copier.copy(bytes, 0, this.run, encoder.textAt, length);
      this.place(start - pageStart);
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

  /** Notes that a cell stands at an offset of the current page. */
  private place(offset: number): void {
    const pointer = this.pageStart + LEAF_HEADER_BYTES + this.cells * 2;
    this.run[pointer] = offset >> 8;
    this.run[pointer + 1] = offset & 0xff;
    this.contentStart = offset;
    this.cells++;
  }

  /** Makes room for a cell in the current page, or a new one; returns its position in the run. */
  private room(cellBytes: number): number {
    const used = LEAF_HEADER_BYTES + (this.cells + 1) * 2;
    if (this.contentStart - cellBytes < used) this.finishPage();
    this.place(this.contentStart - cellBytes);
    return this.pageStart + this.contentStart;
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

  /** Adds a row that may not fit in the current page, or in none: then its tail goes to a chain of overflow pages (section 2.6). */
  private addClosely(id: number, bytes: Uint8Array, length: number, isText: boolean): void {
    const { encoder } = this;
    const { cells } = encoder;
    const start = encoder.encode(id, cells.length, length, isText, 0);
    const cell = new Uint8Array(cells.length - start + length);
    const textAt = encoder.textAt - start;
    cell.set(cells.subarray(start, encoder.textAt));
    cell.set(bytes.subarray(0, length), textAt);
    cell.set(cells.subarray(encoder.textAt), textAt + length);
    const recordAt = encoder.recordAt - start;
    const payloadBytes = cell.length - recordAt;
    if (payloadBytes <= MAX_LOCAL) {
      this.run.set(cell, this.room(cell.length));
      return;
    }
    const wanted = MIN_LOCAL + ((payloadBytes - MIN_LOCAL) % (PAGE_BYTES - 4));
    const local = recordAt + (wanted > MAX_LOCAL ? MIN_LOCAL : wanted);
    const firstOverflow = this.writeOverflow(cell, local);
    const at = this.room(local + 4);
    this.run.set(cell.subarray(0, local), at);
    putUint32(this.run, at + local, firstOverflow);
  }

  /** Writes `cell` from there on; returns the first of the pages. */
  private writeOverflow(cell: Uint8Array, from: number): number {
    const page = new Uint8Array(PAGE_BYTES);
    const first = this.allocator.allocate(1);
    let number = first;
    for (let at = from; at < cell.length; ) {
      this.leaves.overflow.push(number);
      const part = cell.subarray(at, at + PAGE_BYTES - 4);
      at += part.length;
      const next = at < cell.length ? this.allocator.allocate(1) : 0;
      page.fill(0);
      putUint32(page, 0, next);
      page.set(part, 4);
      writeAll(this.fd, page, 0, PAGE_BYTES, (number - 1) * PAGE_BYTES);
      number = next;
    }
    return first;
  }
}

/** Writes four bytes, big-endian. */
export function putUint32(target: Uint8Array, at: number, value: number): void {
  target[at] = value >>> 24;
  target[at + 1] = value >>> 16;
  target[at + 2] = value >>> 8;
  target[at + 3] = value;
}

/** Writes `bytes[start, start + length)` to a position of a file. */
export function writeAll(
  fd: number,
  bytes: Uint8Array,
  start: number,
  length: number,
  position: number,
): void {
  for (let done = 0; done < length; )
    done += fs.writeSync(fd, bytes, start + done, length - done, position + done);
}

/**
 * Hangs leaves into a table that is empty so far: writes the interior pages above them, the table's root page
 * among them, and the file's size into its header (file format, section 1.3). `free`: pages that nothing uses.
 */
export function plantLeaves(
  fd: number,
  rootPage: number,
  leaves: LeafPlaces,
  allocator: PageAllocator,
  free: readonly number[] = [],
): void {
  const order = Array.from(leaves.pages.keys()).sort((a, b) => leaves.maxIds[a]! - leaves.maxIds[b]!);
  let level = order.map((i) => ({ page: leaves.pages[i]!, maxId: leaves.maxIds[i]! }));
  const unused = [...free];
  if (level.length === 1) {
    // A table of one leaf is that leaf in the root's place; the page it was written to becomes free.
    copyPage(fd, level[0]!.page, rootPage);
    unused.push(level[0]!.page);
  }
  while (level.length > 1) {
    const groups = groupChildren(level);
    level = groups.map((children) => {
      const page = groups.length === 1 ? rootPage : (unused.pop() ?? allocator.allocate(1));
      writeInterior(fd, page, children);
      return { page, maxId: children.at(-1)!.maxId };
    });
  }
  finishHeader(fd, allocator, unused);
}

/** Copies a page to another place of the file. */
export function copyPage(fd: number, from: number, to: number): void {
  const page = new Uint8Array(PAGE_BYTES);
  fs.readSync(fd, page, 0, PAGE_BYTES, (from - 1) * PAGE_BYTES);
  writeAll(fd, page, 0, PAGE_BYTES, (to - 1) * PAGE_BYTES);
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

/** Where the header of a file has its change counter, size in pages, first page of the free list, and pages in it. */
const [CHANGES_AT, SIZE_AT, FREE_AT, FREE_COUNT_AT, VALID_FOR_AT] = [24, 28, 32, 36, 92] as const;

function finishHeader(fd: number, allocator: PageAllocator, unused: readonly number[]): void {
  const pages = allocator.allocate(0) - 1;
  const header = new Uint8Array(100);
  fs.readSync(fd, header, 0, 100, 0);
  const view = new DataView(header.buffer);
  const changes = (view.getUint32(CHANGES_AT) + 1) >>> 0;
  putUint32(header, CHANGES_AT, changes);
  putUint32(header, SIZE_AT, pages);
  putUint32(header, VALID_FOR_AT, changes);
  putUint32(header, FREE_AT, writeFreeList(fd, unused, view.getUint32(FREE_AT)));
  putUint32(header, FREE_COUNT_AT, view.getUint32(FREE_COUNT_AT) + unused.length);
  writeAll(fd, header, 0, 100, 0);
  fs.ftruncateSync(fd, pages * PAGE_BYTES);
}

/** Pages that a trunk of the free list names: SQLite leaves the last six places alone (file format, section 1.5). */
const MAX_NAMED = PAGE_BYTES / 4 - 8;

/** Puts pages before those of the free list that begins at `first`; returns where it begins then. */
function writeFreeList(fd: number, unused: readonly number[], first: number): number {
  let next = first;
  for (let at = 0; at < unused.length; at += MAX_NAMED + 1) {
    const [trunk, ...named] = unused.slice(at, at + MAX_NAMED + 1) as [number, ...number[]];
    const page = new Uint8Array(PAGE_BYTES);
    for (const [i, word] of [next, named.length, ...named].entries()) putUint32(page, i * 4, word);
    writeAll(fd, page, 0, PAGE_BYTES, (trunk - 1) * PAGE_BYTES);
    next = trunk;
  }
  return next;
}
