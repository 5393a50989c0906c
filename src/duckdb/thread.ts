import type { MessagePort } from "node:worker_threads";
import { workerData } from "node:worker_threads";
import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBValue } from "@duckdb/node-api";
import { IoError, toErrorRecord, UsageError } from "../errors.ts";
import { checkReading, notReading } from "../inventory/statement.ts";
import { textOrBytes } from "../inventory/utf8.ts";
import type { Value } from "../queries/answer.ts";
import type { DuckMessage, DuckTask, DuckWish } from "./cursor.ts";
import { quoted } from "./quoted.ts";

interface Given extends DuckTask {
  readonly port: MessagePort;
  readonly signal: Int32Array;
}

type DuckDb = typeof import("@duckdb/node-api");

const { port, signal, ...task }: Given = workerData;
let connection: DuckDBConnection | undefined;

/** Kinds of DuckDB's errors that no statement is the reason of. */
const OF_FILES = /^(?:IO|Invalid|Serialization)$/;

function tell(message: DuckMessage): void {
  port.postMessage(message);
  Atomics.add(signal, 0, 1);
  Atomics.notify(signal, 0);
}

/** True when whoever takes rows asks for more: no piece is made ahead of the one that is written. False: nobody takes any more. */
async function isWanted(): Promise<boolean> {
  if (!stopped) await new Promise<void>((resolve) => (onWish = resolve));
  return !stopped;
}

let stopped = false;
let onWish = () => {};
port.on("message", (wish: DuckWish) => {
  if (wish === "stop") {
    stopped = true;
    connection?.interrupt();
    port.close(); // Nothing else keeps this thread.
  }
  onWish();
});

/** The package's decoder drops U+FEFF from the beginnings of texts; this one keeps it. */
class WholeTextDecoder extends TextDecoder {
  constructor(label?: string, options?: ConstructorParameters<typeof TextDecoder>[1]) {
    super(label, { ...options, ignoreBOM: true });
  }
}

async function load(): Promise<DuckDb> {
  globalThis.TextDecoder = WholeTextDecoder; // Of this thread, for the package, which makes one when it is loaded.
  try {
    return await import("@duckdb/node-api");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new UsageError(
      "DuckDB is not installed: npm install @duckdb/node-api (with -g where rdbscope was installed so)",
    );
  }
}

/** Settings that nothing can change later: no network, no extensions, no files but those of the dataset. */
function locks({ files, sortFolder }: DuckTask): string[] {
  return [
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET allow_community_extensions = false",
    "SET allow_persistent_secrets = false",
    `SET temp_directory = ${quoted(sortFolder)}`,
    `SET allowed_paths = [${files.map(quoted).join(", ")}]`,
    "SET enable_external_access = false",
  ];
}

async function open({ DuckDBInstance }: DuckDb): Promise<DuckDBConnection> {
  const { memoryLimit, threads } = task;
  const instance = await DuckDBInstance.create(":memory:", {
    ...(memoryLimit > 0 && { memory_limit: `${Math.ceil(memoryLimit / 1024)}KiB` }),
    ...(threads !== undefined && { threads: String(threads) }),
  });
  return instance.connect();
}

/** Makes the views, between what nothing may change any more. */
async function prepareViews(connection: DuckDBConnection): Promise<void> {
  for (const sql of [...locks(task), ...task.views, "SET lock_configuration = true"])
    await connection.run(sql);
}

/**
 * EXPLAIN of a statement that reads, and not EXPLAIN ANALYZE, which does what the statement says; everything else DuckDB parses.
 * @throws {UsageError} when it is not one statement that reads, or has other parameters
 */
async function prepare(duckDb: DuckDb, connection: DuckDBConnection): Promise<DuckDBPreparedStatement> {
  const { StatementType } = duckDb;
  const statements = await connection.extractStatements(task.sql);
  if (statements.count !== 1) throw notReading();
  const statement = await statements.prepare(0);
  const { statementType } = statement;
  if (statementType === StatementType.EXPLAIN) checkReading(task.sql);
  else if (statementType !== StatementType.SELECT) throw notReading();
  bind(duckDb, statement);
  return statement;
}

function bind({ DuckDBBlobValue }: DuckDb, statement: DuckDBPreparedStatement): void {
  const names = Array.from({ length: statement.parameterCount }, (_, i) => statement.parameterName(i + 1));
  const missing = names.find((name) => !Object.hasOwn(task.params, name));
  if (missing !== undefined) {
    const isNumber = /^\d+$/.test(missing);
    throw new UsageError(
      isNumber
        ? "parameters have names: write $name, and give it a value with --param name=VALUE"
        : `$${missing} has no value: give one with --param ${missing}=VALUE`,
    );
  }
  const unused = Object.keys(task.params).find((name) => !names.includes(name));
  if (unused !== undefined) throw new UsageError(`there is no $${unused} in the statement`);
  const values = Object.entries(task.params).map(([name, value]) => [
    name,
    value instanceof Uint8Array ? new DuckDBBlobValue(value) : value,
  ]);
  if (values.length > 0) statement.bind(Object.fromEntries(values));
}

/** A value as inventories have it: whole numbers, doubles, texts, bytes; anything else as DuckDB writes it. */
function toValue({ DuckDBBlobValue, DuckDBDecimalValue }: DuckDb, value: DuckDBValue): Value {
  if (value === null || typeof value === "number" || typeof value === "bigint" || typeof value === "string")
    return value;
  if (typeof value === "boolean") return Number(value);
  if (value instanceof DuckDBBlobValue) return textOrBytes(value.bytes);
  if (value instanceof DuckDBDecimalValue) return value.toDouble();
  return String(value);
}

/** Rows of a plan: a line each, not one text. */
function linesOf(rows: readonly (readonly Value[])[]): Value[][] {
  return rows.flatMap(([, plan]) => String(plan).trimEnd().split("\n")).map((line) => [line]);
}

/** Files whose ends are looked at to name the one that is broken: each takes a millisecond. */
const PROBED = 5000;

/** The first file whose end cannot be read; undefined: all can, as far as was looked. */
async function brokenFile(): Promise<string | undefined> {
  for (const file of task.files.slice(0, PROBED)) {
    try {
      await connection?.run(`SELECT num_rows FROM parquet_file_metadata(${quoted(file)})`);
    } catch {
      return file;
    }
  }
  return undefined;
}

try {
  const duckDb = await load();
  connection = await open(duckDb);
  await prepareViews(connection);
  const statement = await prepare(duckDb, connection);
  const isPlan = statement.statementType === duckDb.StatementType.EXPLAIN;
  const result = await statement.stream();
  tell({ columns: isPlan ? ["plan"] : result.columnNames() });
  for (let done = false; !done && (await isWanted()); ) {
    const chunk = await result.fetchChunk();
    done = chunk === null || chunk.rowCount === 0;
    const rows = (chunk?.getRows() ?? []).map((row) => row.map((value) => toValue(duckDb, value)));
    tell({ rows: isPlan ? linesOf(rows) : rows });
  }
} catch (error) {
  tell({ failed: toErrorRecord(await told(error)) });
}

/** Words of DuckDB's errors, and whose fault they are. */
async function told(error: unknown): Promise<unknown> {
  const match = /^(?:Failed to \w+ statements: )?(\w+(?: \w+)?) Error: ([^\n]*)/.exec(
    (error as Error).message,
  );
  if (match === null) return error;
  const [, kind, message] = match;
  if (kind === "Out of Memory")
    return new UsageError(`the query was ended: ${message}; allow more with --max-memory (0: no limit)`);
  if (OF_FILES.test(kind!) || /\.parquet'/.test(message!)) {
    const file = /\.parquet['"]/.test(message!) ? undefined : await brokenFile();
    const what = file ?? "a file of the dataset";
    return new IoError(`${what} cannot be read (${message}): rdbscope verify tells which files have changed`);
  }
  return new UsageError(`SQL: ${message}`);
}
