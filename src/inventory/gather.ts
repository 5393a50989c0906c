import fs from "node:fs";
import Database from "better-sqlite3";
import type { FailedFile, GatherTask } from "../../workers/protocol.ts";
import { UsageError } from "../errors.ts";
import { existingRows } from "./existing-rows.ts";
import { fillHoles } from "./holes.ts";
import { describeNodes } from "./nodes.ts";
import { type LeafPlaces, PageAllocator, plantLeaves } from "./pages.ts";
import { addParts, movePart, readPart } from "./parts.ts";
import { PAGE_BYTES } from "./schema.ts";
import { addIndexes } from "./summaries.ts";

const COPY_BYTES = 2 ** 22;

/**
 * Makes an inventory of the file that holds the key rows of several snapshots behind the pages of its head, and of the parts of
 * these. It may be ended at any moment and begun again: pages and parts that were written before stay as they are until others
 * say the same.
 */
export function gatherInventory({ rows, head, parts, failed, index, isKept }: GatherTask): void {
  const fd = fs.openSync(rows, "r+");
  try {
    const first = pagesIn(head) + 1;
    const allocator = new PageAllocator(new SharedArrayBuffer(4));
    allocator.next = nextPage(rows, head);
    const places = parts.map((part) => readPart(part).leaves);
    const { free, moved } = fillHoles(fd, places, first, allocator);
    if (isKept && moved.size > 0) fs.fdatasyncSync(fd);
    for (const [i, place] of places.entries()) if (moved.has(place)) movePart(parts[i]!, place);
    copyHead(fd, head);
    const rootPage = rootPageOf(head);
    const existing = existingRows(fd, rows, rootPage, allocator);
    plantLeaves(fd, rootPage, joined([existing.leaves, ...places]), allocator, [
      ...existing.interior,
      ...free,
    ]);
    writeRest(rows, parts, failed, index);
    if (isKept) fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

/** Where the next rows go in a file that begins with that head: behind everything that was ever written. */
export function nextPage(rows: string, head: string): number {
  return Math.max(pagesIn(head), Math.ceil(fs.statSync(rows).size / PAGE_BYTES)) + 1;
}

function pagesIn(file: string): number {
  return Math.ceil(fs.statSync(file).size / PAGE_BYTES);
}

/** Where the page size, the bytes reserved in each page and the mark of auto_vacuum stand in the header (file format, section 1.3). */
const [PAGE_SIZE_AT, RESERVED_AT, AUTO_VACUUM_AT] = [16, 20, 52] as const;

/** @throws {UsageError} when pages cannot be added to an inventory, as another program wrote it anew in a format of its own */
export function checkExtensible(inventory: string): void {
  const header = Buffer.alloc(100);
  const fd = fs.openSync(inventory, "r");
  try {
    fs.readSync(fd, header, 0, header.length, 0);
  } finally {
    fs.closeSync(fd);
  }
  const fits =
    header.readUInt16BE(PAGE_SIZE_AT) === PAGE_BYTES &&
    header[RESERVED_AT] === 0 &&
    header.readUInt32BE(AUTO_VACUUM_AT) === 0;
  if (fits) return;
  throw new UsageError(
    `${inventory} cannot be added to: another program has changed its format (page_size, auto_vacuum); analyze all snapshots again, with --force`,
  );
}

function copyHead(fd: number, head: string): void {
  const from = fs.openSync(head, "r");
  try {
    const buffer = new Uint8Array(COPY_BYTES);
    for (let at = 0; ; ) {
      const count = fs.readSync(from, buffer, 0, buffer.length, at);
      if (count === 0) return;
      for (let done = 0; done < count; ) done += fs.writeSync(fd, buffer, done, count - done, at + done);
      at += count;
    }
  } finally {
    fs.closeSync(from);
  }
}

function rootPageOf(inventory: string): number {
  const db = new Database(inventory, { readonly: true, fileMustExist: true });
  try {
    return Number(db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'key_rows'").pluck().get());
  } finally {
    db.close();
  }
}

function joined(places: readonly LeafPlaces[]): LeafPlaces {
  return {
    maxIds: places.flatMap(({ maxIds }) => maxIds),
    pages: places.flatMap(({ pages }) => pages),
    overflow: [],
  };
}

function writeRest(
  path: string,
  parts: readonly string[],
  failed: readonly FailedFile[],
  index: readonly string[],
): void {
  const db = new Database(path);
  try {
    db.pragma("journal_mode = OFF");
    db.pragma("synchronous = OFF");
    db.pragma("foreign_keys = OFF");
    addParts(db, parts);
    db.transaction(() => {
      noteFailures(db, failed);
      describeNodes(db);
    })();
    db.exec("REINDEX key_rows");
    addIndexes(db, index);
  } finally {
    db.close();
  }
}

/** Files that failed now, and those that failed before and are still not there. */
function noteFailures(db: Database.Database, failed: readonly FailedFile[]): void {
  db.exec("DELETE FROM failed_files WHERE snapshot IN (SELECT id FROM snapshot_rows)");
  const drop = db.prepare("DELETE FROM failed_files WHERE snapshot = ?");
  const insert = db.prepare("INSERT INTO failed_files VALUES (?, ?, ?, ?, ?)");
  for (const { id, path, code, offset, message } of failed) {
    drop.run(id);
    insert.run(id, path, code, offset, message);
  }
}
