import fs from "node:fs";
import Database from "better-sqlite3";
import { IoError, reasonOf, UsageError } from "../errors.ts";
import { APPLICATION_ID, SCHEMA_VERSION } from "./schema.ts";

/** A value as SQLite holds it. Integers beyond 2^53 are bigints where `cursor` is used. */
export type SqlValue = string | number | bigint | Buffer | null;

/** Named parameters of a statement: `@name` in the SQL text. */
export type SqlParams = Readonly<Record<string, SqlValue>>;

/** The result of one statement, row by row: never held whole. */
export interface Cursor {
  readonly columns: readonly string[];
  readonly rows: IterableIterator<readonly SqlValue[]>;
}

const SQLITE_MAGIC = "SQLite format 3\0";
const HEAD_BYTES = 100;
const APPLICATION_ID_AT = 68;

/**
 * Whether a file is a SQLite database, by its content.
 * @throws {IoError} when it cannot be read.
 */
export function isSqliteFile(path: string): boolean {
  const head = headOf(path);
  return head !== undefined && isSqlite(head);
}

function isSqlite(head: Buffer): boolean {
  return head.toString("latin1", 0, SQLITE_MAGIC.length) === SQLITE_MAGIC;
}

/**
 * Whether a file is an inventory, of whatever version.
 * @throws {IoError} when it cannot be read.
 */
export function isInventoryFile(path: string): boolean {
  const head = headOf(path);
  return (
    head?.length === HEAD_BYTES && isSqlite(head) && head.readUInt32BE(APPLICATION_ID_AT) === APPLICATION_ID
  );
}

/** As much as there is of a database file's header (file format, section 1.3); undefined for what cannot be read twice. */
function headOf(path: string): Buffer | undefined {
  try {
    if (path === "-" || !fs.statSync(path).isFile()) return undefined; // To read from a pipe would take bytes from it.
    const fd = fs.openSync(path, "r");
    try {
      const head = Buffer.alloc(HEAD_BYTES);
      return head.subarray(0, fs.readSync(fd, head, 0, HEAD_BYTES, 0));
    } finally {
      fs.closeSync(fd);
    }
  } catch (cause) {
    throw new IoError(`cannot read ${path}: ${reasonOf(cause)}`, { cause });
  }
}

/** An inventory opened for reading. */
export class Inventory {
  /** As messages call it. */
  readonly path: string;
  private readonly db: Database.Database;

  constructor(path: string, db: Database.Database) {
    this.path = path;
    this.db = db;
  }

  /** All rows of a statement. */
  all<Row>(sql: string, params: SqlParams = {}): Row[] {
    return this.db.prepare(sql).all(params) as Row[];
  }

  /** The first row of a statement. */
  get<Row>(sql: string, params: SqlParams = {}): Row | undefined {
    return this.db.prepare(sql).get(params) as Row | undefined;
  }

  /** Rows of a statement, one at a time. */
  iterate<Row>(sql: string, params: SqlParams = {}): IterableIterator<Row> {
    return this.db.prepare(sql).iterate(params) as IterableIterator<Row>;
  }

  /**
   * One reading statement that somebody typed.
   * @throws {UsageError} when it is not SQL, is more than one statement, or reads nothing.
   */
  cursor(sql: string): Cursor {
    const statement = this.prepareTyped(sql);
    if (!statement.reader)
      throw new UsageError("only statements that return rows can be asked: SELECT, WITH, EXPLAIN");
    const columns = statement.columns().map((column) => column.name);
    return { columns, rows: statement.safeIntegers(true).raw(true).iterate() as Cursor["rows"] };
  }

  /** Makes a function known to SQL; a name that is taken is replaced. */
  define(name: string, fn: (value: SqlValue) => number | null): void {
    this.db.function(name, { deterministic: true }, fn as (...values: unknown[]) => unknown);
  }

  /** What SQLite finds wrong with the file's pages: nothing, when it is sound. */
  check(): string[] {
    const found = this.db.pragma("quick_check") as { quick_check: string }[];
    return found.map((row) => row.quick_check).filter((message) => message !== "ok");
  }

  close(): void {
    this.db.close();
  }

  private prepareTyped(sql: string): Database.Statement {
    try {
      return this.db.prepare(sql);
    } catch (error) {
      if (error instanceof RangeError || error instanceof TypeError) {
        throw new UsageError("one SQL statement, please");
      }
      if (error instanceof Database.SqliteError && error.code === "SQLITE_ERROR") {
        throw new UsageError(`SQL: ${error.message}`);
      }
      throw error;
    }
  }
}

/**
 * Opens an inventory, read-only. Messages call it `name`.
 * @throws {UsageError} when the file is no inventory, or one of a newer rdbscope.
 * @throws {IoError} when it cannot be read.
 */
export function openInventory(path: string, name = path): Inventory {
  if (!isSqliteFile(path)) throw new UsageError(`${path} is not an rdbscope inventory`);
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { readonly: true, fileMustExist: true });
    checkIdentity(path, db);
    return new Inventory(name, db);
  } catch (error) {
    db?.close();
    if (error instanceof UsageError) throw error;
    throw new IoError(`cannot open ${path}: ${(error as Error).message}`, { cause: error });
  }
}

function checkIdentity(path: string, db: Database.Database): void {
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
}
