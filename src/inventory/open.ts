import fs from "node:fs";
import { resolve } from "node:path";
import Database from "better-sqlite3";
import { IoError, reasonOf, UsageError } from "../errors.ts";
import { checkHeader, checkIdentity } from "./identity.ts";
import { type LeafOrder, openRows, type RowFile } from "./row-pages.ts";
import { APPLICATION_ID } from "./schema.ts";
import { bindTyped, checkReading, notReading } from "./statement.ts";

/** A value as SQLite holds it. Integers beyond 2^53 are bigints where `cursor` is used. */
export type SqlValue = string | number | bigint | Buffer | null;

/** Named parameters of a statement: `@name` or `:name` in the SQL text. */
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

  /** All rows of a statement. @throws {IoError} when the file is damaged, as the others here do */
  all<Row>(sql: string, params: SqlParams = {}): Row[] {
    return this.reading(() => this.db.prepare(sql).all(params) as Row[]);
  }

  /** The first row of a statement. */
  get<Row>(sql: string, params: SqlParams = {}): Row | undefined {
    return this.reading(() => this.db.prepare(sql).get(params) as Row | undefined);
  }

  /** Rows of a statement, one at a time. */
  *iterate<Row>(sql: string, params: SqlParams = {}): IterableIterator<Row> {
    try {
      yield* this.db.prepare(sql).iterate(params) as IterableIterator<Row>;
    } catch (error) {
      throw damageOf(this.path, error) ?? error;
    }
  }

  /**
   * One reading statement that somebody typed, with values for its parameters.
   * @throws {UsageError} when it is not SQL, is more than one statement, does anything but read, or has other parameters;
   * its rows throw it too, when a value cannot be computed.
   */
  cursor(sql: string, params: SqlParams = {}): Cursor {
    const statement = this.prepareTyped(sql);
    if (!statement.reader || !statement.readonly) throw notReading();
    const columns = statement.columns().map((column) => column.name);
    bindTyped(statement, params);
    return { columns, rows: this.rowsOf(statement.safeIntegers(true).raw(true)) };
  }

  /** Makes a function known to SQL; a name that is taken is replaced. */
  define(name: string, fn: (value: SqlValue) => number | null): void {
    this.db.function(name, { deterministic: true }, fn as (...values: unknown[]) => unknown);
  }

  /**
   * Opens the pages of the key rows, for threads to read; the file has to have its name still.
   * @throws {IoError} when they cannot be read
   */
  openRows(order: LeafOrder): RowFile {
    const root = this.get<{ rootpage: number }>(
      "SELECT rootpage FROM sqlite_schema WHERE name = 'key_rows'",
    )!;
    return openRows(this.db.name, this.path, root.rootpage, order);
  }

  /** What SQLite finds wrong with the file's pages: nothing, when it is sound. */
  check(): string[] {
    const found = this.reading(() => this.db.pragma("quick_check") as { quick_check: string }[]);
    return found.map((row) => row.quick_check).filter((message) => message !== "ok");
  }

  close(): void {
    this.db.close();
  }

  private reading<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw damageOf(this.path, error) ?? error;
    }
  }

  private prepareTyped(sql: string): Database.Statement {
    checkReading(sql);
    try {
      return this.db.prepare(sql);
    } catch (error) {
      if (error instanceof RangeError || error instanceof TypeError) {
        throw new UsageError("one SQL statement, please");
      }
      throw this.toldError(error);
    }
  }

  private *rowsOf(statement: Database.Statement): Cursor["rows"] {
    try {
      yield* statement.iterate() as Cursor["rows"];
    } catch (error) {
      throw this.toldError(error);
    }
  }

  /** Whose fault it is that a statement failed, in a line. */
  private toldError(error: unknown): unknown {
    if (!(error instanceof Database.SqliteError)) return error;
    const damage = damageOf(this.path, error);
    if (damage !== undefined) return damage;
    const message = error.message.replace(/\p{Cc}+/gu, " ");
    return STATEMENTS_FAULT.test(error.code)
      ? new UsageError(`SQL: ${message}`)
      : new IoError(`cannot read ${this.path}: ${message}`, { cause: error });
  }
}

/** Result codes that the statement is to blame for, not the file or the disk. */
const STATEMENTS_FAULT = /^SQLITE_(?:ERROR|TOOBIG|NOMEM|READONLY|AUTH|MISMATCH|RANGE)/;

/** Result codes of a file whose pages are not as SQLite wrote them. */
const DAMAGED = /^SQLITE_(?:CORRUPT|NOTADB)/;

/** What SQLite found broken, as an error that says whose fault it is; undefined: it was something else. */
function damageOf(path: string, cause: unknown): IoError | undefined {
  if (!(cause instanceof Database.SqliteError) || !DAMAGED.test(cause.code)) return undefined;
  return new IoError(`${path} is a damaged inventory (${cause.message}): analyze the snapshot again`, {
    cause,
  });
}

/** Whether an inventory could not be read because its pages are broken. */
export function isDamagedInventory(error: unknown): error is IoError {
  return error instanceof IoError && damageOf("", error.cause) !== undefined;
}

/** What a connection is told before it reads the schema, which may be anybody's. */
const GUARDS = ["trusted_schema = OFF", "cell_size_check = ON", "query_only = ON"];

/**
 * Opens an inventory, read-only. Messages call it `name`.
 * @throws {UsageError} when the file is no inventory as this rdbscope makes them.
 * @throws {IoError} when it cannot be read.
 */
export function openInventory(path: string, name = path): Inventory {
  const header = headOf(path);
  if (header === undefined || !isSqlite(header)) throw new UsageError(`${path} is not an rdbscope inventory`);
  checkHeader(path, header);
  let db: Database.Database | undefined;
  try {
    db = new Database(resolve(path), { readonly: true, fileMustExist: true });
    for (const guard of GUARDS) db.pragma(guard);
    checkIdentity(path, db);
    return new Inventory(name, db);
  } catch (error) {
    db?.close();
    if (error instanceof UsageError) throw error;
    throw (
      damageOf(name, error) ??
      new IoError(`cannot open ${path}: ${(error as Error).message}`, { cause: error })
    );
  }
}
