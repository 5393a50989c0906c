import { askDuckDb } from "../../duckdb/cursor.ts";
import { filesOf, type Partition, partitionsOf, TABLES } from "../../duckdb/partitions.ts";
import { viewsOf } from "../../duckdb/views.ts";
import { namedKind, namedQuestion } from "../../queries/named/index.ts";
import { answerOf } from "../../queries/query.ts";
import { layoutOf, processCli, writeParts } from "../io.ts";
import { counted, tellFailure } from "./answer.ts";
import { type DatasetTask, fromParamRecords, tell } from "./protocol.ts";

/** What this process takes without DuckDB's own memory. */
const OWN_BYTES = 160 * 1024 ** 2;
const LEAST_BYTES = 64 * 1024 ** 2;

/** Asks the dataset of DuckDB and writes the rows to stdout; what goes wrong is told to the waiting process. */
export async function answerFromDataset(
  task: DatasetTask,
  onWaiting: (waiting: boolean) => void,
): Promise<void> {
  try {
    const { complete, incomplete } = partitionsOf(task.path);
    for (const note of shortened(incomplete)) tell({ note });
    await write(task, complete, onWaiting);
  } catch (error) {
    tellFailure(error);
  }
}

async function write(
  task: DatasetTask,
  partitions: readonly Partition[],
  onWaiting: (waiting: boolean) => void,
) {
  const { path: folder, statement, limits, threads } = task;
  const values = askDuckDb({
    views: viewsOf(folder, partitions),
    files: TABLES.flatMap((table) => filesOf(folder, table, partitions)),
    sql: statement.sql,
    params: fromParamRecords(statement.params),
    memoryLimit: memoryLimit(limits.maxMemory),
    sortFolder: limits.sortFolder,
    threads,
  });
  const cli = processCli(onWaiting);
  const named = statement.question === undefined ? undefined : namedQuestion(statement.question);
  const { columns, rows } = answerOf(values, named && namedKind);
  const section = {
    name: statement.question ?? "query",
    title: named?.title ?? "",
    columns,
    rows: counted(rows, () => {}),
  };
  await writeParts(cli, [{ section, extra: {} }], task.format, layoutOf(cli, task));
}

/** DuckDB spills what is beyond its limit; the process is killed beyond `maxMemory`, which is all of it. */
function memoryLimit(maxMemory: number): number {
  return maxMemory === 0 ? 0 : Math.max(LEAST_BYTES, Math.floor((maxMemory - OWN_BYTES) * 0.8));
}

const SHOWN = 5;

function shortened(lines: readonly string[]): string[] {
  if (lines.length <= SHOWN + 1) return [...lines];
  return [...lines.slice(0, SHOWN), `… and ${lines.length - SHOWN} more partitions that are not complete`];
}
