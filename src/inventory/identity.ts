import type Database from "better-sqlite3";
import { UsageError } from "../errors.ts";
import { APPLICATION_ID, SCHEMA_SQL, SCHEMA_VERSION } from "./schema.ts";

/** Of a file that SQLite keeps a write-ahead log beside: it would make two more files, even to read. */
const WAL_VERSION = 2;
const VERSION_OFFSETS = [18, 19];

/** @throws {UsageError} when to open a database with this header would make files beside it. */
export function checkHeader(path: string, header: Uint8Array): void {
  if (!VERSION_OFFSETS.some((offset) => header[offset] === WAL_VERSION)) return;
  throw new UsageError(
    `${path} is in WAL mode, which cannot be read without making files: set PRAGMA journal_mode = DELETE in it`,
  );
}

/** @throws {UsageError} when a database is no inventory, or of another version, or not as rdbscope makes it. */
export function checkIdentity(path: string, db: Database.Database): void {
  if (db.pragma("application_id", { simple: true }) !== APPLICATION_ID) {
    throw new UsageError(`${path} is a SQLite database, but not an rdbscope inventory`);
  }
  const version = Number(db.pragma("user_version", { simple: true }));
  if (version !== SCHEMA_VERSION) {
    const age = version > SCHEMA_VERSION ? "a newer" : "an older";
    throw new UsageError(
      `${path} was made by ${age} rdbscope (inventory version ${version}; this one reads ${SCHEMA_VERSION}): analyze the snapshot again`,
    );
  }
  checkSchema(path, db);
}

/**
 * Our tables and views must be ours to the letter: a view called `keys` that somebody else wrote may compute anything.
 * What else there is (indexes, tables that a user added) no question of ours touches.
 */
function checkSchema(path: string, db: Database.Database): void {
  const rows = db.prepare("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL").raw().all();
  const found = new Map(rows as [string, string][]);
  for (const [name, sql] of expected()) {
    if (plain(found.get(name) ?? "") === sql) continue;
    throw new UsageError(`${path}: ${name} is not as rdbscope makes it: analyze the snapshot again`);
  }
}

/** Names of our tables and views, with the statements that make them. */
function expected(): [name: string, sql: string][] {
  const statements = SCHEMA_SQL.split(";").map(plain);
  return statements.filter((sql) => sql !== "").map((sql) => [sql.split(" ")[2]!, sql]);
}

function plain(sql: string): string {
  return sql.replace(/\s+/g, " ").trim();
}
