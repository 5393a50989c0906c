import fs from "node:fs";
import type { RowRange } from "../inventory/row-columns.ts";
import { damaged, type RowFile, readInto } from "../inventory/row-pages.ts";
import { SNAPSHOT_ID_SHIFT } from "../inventory/schema.ts";

const CELLS_AT = 3;
const LEAF_HEADER_BYTES = 8;
const VARINT_BYTES = 9;

/** How many rows stand before each leaf of a file whose leaves are in the order of ids, and in all. */
export function rowsBefore(file: RowFile): { before: Int32Array; rows: number } {
  const { fd, leaves, pageBytes } = file;
  const before = new Int32Array(new SharedArrayBuffer(leaves.length * 4));
  const cells = Buffer.alloc(2);
  let rows = 0;
  for (const [i, leaf] of leaves.entries()) {
    before[i] = rows;
    fs.readSync(fd, cells, 0, 2, (leaf - 1) * pageBytes + CELLS_AT);
    rows += cells.readUInt16BE();
  }
  return { before, rows };
}

/** The rows of a snapshot. @throws {IoError} when a page is damaged */
export function rangeOf(file: RowFile, before: Int32Array, rows: number, snapshot: number): RowRange {
  const ids = new Ids(file, before, rows);
  return {
    from: ids.firstFrom((snapshot - 1) * SNAPSHOT_ID_SHIFT),
    to: ids.firstFrom(snapshot * SNAPSHOT_ID_SHIFT),
  };
}

/** Ids by their place. */
class Ids {
  private readonly file: RowFile;
  private readonly before: Int32Array;
  private readonly rows: number;
  private readonly page: Buffer;
  private leaf = -1;

  constructor(file: RowFile, before: Int32Array, rows: number) {
    this.file = file;
    this.before = before;
    this.rows = rows;
    this.page = Buffer.alloc(file.pageBytes + VARINT_BYTES * 2);
  }

  /** The first row whose id is `id` or more. */
  firstFrom(id: number): number {
    const leaf = partition(this.before.length, (i) => this.id(i, 0) < id) - 1;
    if (leaf < 0) return 0;
    const start = this.before[leaf]!;
    const cells = (this.before[leaf + 1] ?? this.rows) - start;
    return start + partition(cells, (cell) => this.id(leaf, cell) < id);
  }

  private id(leaf: number, cell: number): number {
    const { file, page } = this;
    const { pageBytes, leaves } = file;
    if (this.leaf !== leaf) readInto(file.fd, file.name, page, pageBytes, (leaves[leaf]! - 1) * pageBytes);
    this.leaf = leaf;
    const pointer = LEAF_HEADER_BYTES + cell * 2;
    if (pointer + 2 > pageBytes) throw damaged(file.name, leaves[leaf]!);
    let at = page.readUInt16BE(pointer);
    if (at >= pageBytes) throw damaged(file.name, leaves[leaf]!);
    for (const end = at + VARINT_BYTES - 1; at < end && page[at]! >= 0x80; ) at++;
    at++;
    let value = 0;
    for (let i = 0; i < VARINT_BYTES; i++) {
      const byte = page[at + i]!;
      if (i === VARINT_BYTES - 1) return value * 256 + byte;
      value = value * 128 + (byte & 0x7f);
      if (byte < 0x80) return value;
    }
    return value;
  }
}

/** How many of the first indexes hold; those that do stand before those that do not. */
function partition(count: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
