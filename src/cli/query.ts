import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Command } from "commander";
import * as z from "zod";
import { isDatasetFolder } from "../dataset/folder.ts";
import { IoError, reasonOf, UsageError } from "../errors.ts";
import { DATASET_QUESTIONS } from "../queries/named/fleet.ts";
import { NAMED_QUESTIONS, namedQuestion } from "../queries/named/index.ts";
import { mentionsKeys } from "../queries/query.ts";
import { questionsSection, renderQuestion, renderQuestions } from "../reports/questions.ts";
import { interruptible } from "./interrupt.ts";
import { type Cli, layoutOf, warner, writeLines, writeParts } from "./io.ts";
import {
  addInputOptions,
  addReportOptions,
  addRunOptions,
  checkOptions,
  ENGINES,
  oneOf,
  QUERY_OPTIONS,
  repeated,
} from "./options.ts";
import { runPrompt } from "./prompt/prompt.ts";
import { askInProcess } from "./query-process/ask.ts";
import type { QueryTask } from "./query-process/protocol.ts";
import { QUERY_PROGRAM } from "./query-program.ts";
import { statementOf, unknownToDatasets } from "./statement.ts";
import { withInventoryFile, withTempFolder } from "./target.ts";

const NO_SQL = "no SQL: give a SELECT or the name of a question (query --list)";
/** No statement that somebody wrote is longer. */
export const MAX_SQL_BYTES = 1024 ** 2;

const OPTIONS = z.object({
  ...QUERY_OPTIONS.shape,
  param: z.array(z.string()).default([]),
  list: z.union([z.string(), z.boolean()]).optional(),
  history: z.boolean(),
  engine: oneOf(ENGINES).optional(),
});
type Options = z.infer<typeof OPTIONS>;

/** `rdbscope query FILE SQL` */
export function queryCommand(cli: Cli): Command {
  const command = new Command("query")
    .description("ask SQL of the inventory, read-only (tables and columns: rdbscope schema, docs/sql.md)")
    .argument("[file]", "a snapshot, an inventory, or the folder of a dataset (docs/fleet.md)")
    .argument(
      "[sql]",
      'one SELECT, such as "SELECT key, bytes FROM keys ORDER BY bytes DESC LIMIT 5", or the name of a question; ' +
        "without it, from the standard input, which may be a terminal",
    )
    .option(
      "--engine <name>",
      "sqlite for snapshots and inventories, duckdb for datasets (default: what fits)",
    )
    .option("--list [name]", "print the questions that have names, or one of them with its SQL")
    .option(
      "--param <name=value>",
      "the value of :name in the SQL ($name of a dataset), or of a question's parameter",
      repeated,
    )
    .option("--timeout <time>", "how long the statement may run, such as 30s or 1h (0: no limit)", "5m")
    .option("--max-memory <size>", "memory that it may take, such as 500M (0: no limit)", "1G")
    .option("--no-history", "on a terminal: keep no history of statements");
  return addReportOptions(addInputOptions(addRunOptions(command))).action(
    async (file: string | undefined, sql: string | undefined) => {
      const options = checkOptions(OPTIONS, command);
      if (options.list !== undefined) await list(cli, file, options);
      else if (file === undefined) throw new UsageError("give a snapshot or an inventory (or --list)");
      else if (isForDuckDb(file, options)) await askDataset(cli, file, sql, options);
      else await run(cli, file, sql, options);
    },
  );
}

/** The questions, of a dataset those that it can be asked. */
async function list(cli: Cli, file: string | undefined, options: Options): Promise<void> {
  const { list: name, format, engine } = options;
  const layout = layoutOf(cli, options);
  const isDataset = file === undefined ? engine === "duckdb" : isForDuckDb(file, options);
  const isKnown = (one: string) => !isDataset || DATASET_QUESTIONS.includes(one);
  const all = Object.entries(NAMED_QUESTIONS).filter(([one]) => isKnown(one));
  const questions = typeof name === "string" ? { [name]: namedQuestion(name) } : Object.fromEntries(all);
  if (typeof name === "string" && !isKnown(name)) throw unknownToDatasets(name);
  if (format !== "table")
    return writeParts(cli, [{ section: questionsSection(questions), extra: {} }], format, layout);
  return writeLines(
    cli,
    typeof name === "string"
      ? renderQuestion(name, namedQuestion(name), layout)
      : renderQuestions(questions, layout),
  );
}

async function run(cli: Cli, file: string, sql: string | undefined, options: Options): Promise<void> {
  const { timeout: timeoutMs, maxMemory, tempDir, color, rawCsv } = options;
  if (tempDir !== undefined) checkFolder(tempDir);
  const isPrompt = sql === undefined && cli.stdin.isTTY === true;
  if (isPrompt) checkPrompt(cli, options);
  const statement = isPrompt ? undefined : statementOf(sql ?? (await readStdin(cli, file)), options.param);
  const limits = { timeoutMs, maxMemory, sortFolder: tempDir ?? os.tmpdir() };
  const warn = warner(cli, options.quiet);
  const keys = statement?.question === undefined || mentionsKeys(statement.sql) ? "all" : "none";
  await withInventoryFile(cli, file, options, { keys }, ({ path, name, opened }) => {
    const common = { parent: process.pid, path, name, color, rawCsv, limits };
    const ask = (task: QueryTask, signal: AbortSignal, onNote: (note: string) => void) =>
      askInProcess(QUERY_PROGRAM, task, signal, (report) => {
        if (report.opened && statement !== undefined) opened();
        if (report.note !== undefined) onNote(report.note);
      });
    const { format } = options;
    if (statement !== undefined)
      return interruptible((signal) => ask({ ...common, statement, format }, signal, warn));
    return runPrompt(
      cli,
      { name, path, format, color, history: options.history, warn },
      (typed, as, signal, onNote) => ask({ ...common, statement: typed, format: as }, signal, onNote),
    );
  });
}

/** @throws {UsageError} where the engine that was chosen cannot ask it */
function isForDuckDb(file: string, { engine }: Options): boolean {
  const isFolder = isDatasetFolder(file);
  if (engine === "sqlite" && isFolder)
    throw new UsageError(`${file} is a folder: ask it with --engine duckdb`);
  if (engine === "duckdb" && !isFolder)
    throw new UsageError(`${file} is no folder: --engine duckdb asks datasets; leave it out for this file`);
  return isFolder;
}

/** Options that say how a snapshot is read. */
const FOR_SNAPSHOTS = [
  ...["profile", "allocator", "set", "config", "ignoreChecksum", "salvage", "sample", "sampleSeed"],
  ...["maxExpanded", "hashKeys", "hashKeysSecretFile"],
] as readonly (keyof Options)[];

async function askDataset(cli: Cli, folder: string, sql: string | undefined, options: Options) {
  const [given] = FOR_SNAPSHOTS.filter((name) => options[name] !== undefined);
  if (given !== undefined)
    throw new UsageError(`--${given.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)} is for snapshots`);
  if (sql === undefined && cli.stdin.isTTY === true)
    throw new UsageError(`${NO_SQL}; datasets have no prompt`);
  const statement = statementOf(sql ?? (await readStdin(cli, folder)), options.param, DATASET_QUESTIONS);
  const { timeout: timeoutMs, maxMemory, color, rawCsv, format, workers: threads } = options;
  const warn = warner(cli, options.quiet);
  await withTempFolder(options.tempDir ?? os.tmpdir(), (sortFolder) => {
    const limits = { timeoutMs, maxMemory, sortFolder };
    const common = { parent: process.pid, path: path.resolve(folder), name: folder, color, rawCsv, limits };
    return interruptible((signal) =>
      askInProcess(
        QUERY_PROGRAM,
        { ...common, engine: "duckdb", statement, format, threads },
        signal,
        ({ note }) => {
          if (note !== undefined) warn(note);
        },
      ),
    );
  });
}

/** @throws {UsageError} when there is nobody to type, or something to be done with what is not typed yet */
function checkPrompt({ stdout }: Cli, { param }: Options): void {
  if (stdout.isTTY !== true) throw new UsageError(NO_SQL);
  if (param.length > 0) throw new UsageError("--param needs SQL, or the name of a question");
}

/** The statement on the standard input. @throws {UsageError} when there is none */
async function readStdin({ stdin }: Cli, file: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // The snapshot itself may come from there.
  for await (const chunk of file === "-" ? [] : stdin) {
    bytes += chunk.length;
    if (bytes > MAX_SQL_BYTES) throw new UsageError("the SQL on the standard input has more than 1 MiB");
    chunks.push(Buffer.from(chunk));
  }
  const sql = Buffer.concat(chunks).toString("utf8").trim();
  if (sql === "") throw new UsageError(`${NO_SQL}, or pipe it in`);
  return sql;
}

/** @throws {IoError} when SQLite could not sort there: it would choose another folder without a word. */
export function checkFolder(folder: string): void {
  try {
    fs.accessSync(`${folder}/.`, fs.constants.W_OK);
  } catch (cause) {
    throw new IoError(`cannot write in ${folder}: ${reasonOf(cause)}`, { cause });
  }
}
