import fs from "node:fs";
import Database from "better-sqlite3";
import type { PartTask } from "../../workers/protocol.ts";
import { FIRST_MODULE_KIND, type ModuleId } from "./module-kinds.ts";
import type { LeafPlaces } from "./pages.ts";
import { writeSummaries } from "./summaries.ts";

/**
 * A part is one snapshot of an inventory of several that is being made: an inventory of its own, without the key rows, which
 * stand in pages of the common file, and with a table that tells which pages.
 */
const PART_SQL = "CREATE TABLE part (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT";

/** What a part says besides its summaries. */
export interface PartFacts {
  readonly leaves: LeafPlaces;
  readonly modules: readonly ModuleId[];
  /** What is told of the snapshot when the run ends; JSON. */
  readonly told: string;
}

/** Makes of an empty inventory what every part begins as. */
export function makePartTemplate(empty: string, template: string): void {
  fs.copyFileSync(empty, template);
  const db = new Database(template);
  try {
    db.exec(PART_SQL);
  } finally {
    db.close();
  }
}

/** Makes the part of a snapshot of a template. It has its name only when it is complete and, if it is kept, on the disk. */
export function writePart({ template, part, snapshot, facts, nameSecret, isKept }: PartTask): void {
  const { leaves, modules, told } = facts;
  const unfinished = `${part}.new`;
  fs.copyFileSync(template, unfinished);
  writeSummaries(unfinished, [snapshot], nameSecret, (db) => {
    const insert = db.prepare("INSERT INTO part VALUES (?, ?)");
    for (const [name, value] of Object.entries(placeCells(leaves))) insert.run(name, value);
    insert.run("modules", JSON.stringify(modules));
    insert.run("told", told);
  });
  if (isKept) syncFile(unfinished);
  fs.renameSync(unfinished, part);
}

/** Lets what was written to a file survive a power cut. */
export function syncFile(file: string): void {
  const fd = fs.openSync(file, "r+");
  try {
    fs.fdatasyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

/** What a part says, and the columns of its snapshot that tell which one it is. */
export function readPart(part: string) {
  const db = new Database(part, { readonly: true, fileMustExist: true });
  try {
    const rows = db.prepare("SELECT name, value FROM part").raw().all() as [string, Buffer | string][];
    const cells = new Map(rows);
    const blob = (name: string) => new Uint8Array(cells.get(name) as Buffer).buffer;
    const row = db
      .prepare(
        "SELECT s.path, s.fingerprint, n.file_fingerprint FROM snapshot_rows s JOIN node_rows n ON n.snapshot = s.id",
      )
      .get() as { path: string; fingerprint: string; file_fingerprint: string | null };
    return {
      ...row,
      leaves: {
        maxIds: [...new Float64Array(blob("max_ids"))],
        pages: [...new Uint32Array(blob("pages"))],
        overflow: [...new Uint32Array(blob("overflow"))],
      } satisfies LeafPlaces,
      modules: JSON.parse(String(cells.get("modules"))) as ModuleId[],
      told: String(cells.get("told")),
    };
  } finally {
    db.close();
  }
}

/** Tells a part that its rows stand elsewhere now. */
export function movePart(part: string, leaves: LeafPlaces): void {
  const db = new Database(part);
  try {
    const update = db.prepare("UPDATE part SET value = ? WHERE name = ?");
    db.transaction(() => {
      for (const [name, value] of Object.entries(placeCells(leaves))) update.run(value, name);
    })();
  } finally {
    db.close();
  }
}

function placeCells({ maxIds, pages, overflow }: LeafPlaces): Record<string, Buffer> {
  return {
    max_ids: Buffer.from(Float64Array.from(maxIds).buffer),
    pages: Buffer.from(Uint32Array.from(pages).buffer),
    overflow: Buffer.from(Uint32Array.from(overflow).buffer),
  };
}

/** Tables that every inventory has the same rows in, or that stand elsewhere. */
const NOT_OF_PARTS = new Set(["key_rows", "kinds", "size_classes"]);

/** Adds the summaries of parts, in their order. */
export function addParts(db: Database.Database, parts: readonly string[]): void {
  const tables = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all() as string[];
  for (const part of parts) {
    db.prepare("ATTACH ? AS part").run(part);
    const own = new Set(db.prepare("SELECT name FROM part.sqlite_schema WHERE type = 'table'").pluck().all());
    db.transaction(() => {
      for (const table of tables) {
        if (NOT_OF_PARTS.has(table) || !own.has(table)) continue;
        db.exec(`INSERT INTO main."${table}" SELECT * FROM part."${table}"`);
      }
      db.exec(`INSERT OR IGNORE INTO main.kinds SELECT * FROM part.kinds WHERE id >= ${FIRST_MODULE_KIND}`);
    })();
    db.exec("DETACH part");
  }
}
