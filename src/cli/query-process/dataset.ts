import type { Manifest } from "../../dataset/manifest.ts";
import { folderOf } from "../../dataset/partition.ts";
import { filesOf, type Incomplete, partitionsOf } from "../../dataset/partitions.ts";
import { TABLE_NAMES } from "../../dataset/tables.ts";
import { withDuckDb } from "../../duckdb/cursor.ts";
import { viewsOf } from "../../duckdb/views.ts";
import { dateNotes, datesAsked } from "../../queries/named/fleet-notes.ts";
import { namedKind, namedQuestion } from "../../queries/named/index.ts";
import { answerOf, mentionsKeys } from "../../queries/query.ts";
import { HASHED_NOTE } from "../../queries/scope.ts";
import { someOf } from "../../queries/words.ts";
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
    const dates = datesAsked(task.statement.question, complete);
    const notes = [
      ...leftOut(incomplete),
      ...damageNotes(complete),
      ...sameFileNotes(complete, dates),
      ...dateNotes(task.statement.question, dates, complete),
      ...keyNotes(task, complete),
    ];
    for (const note of notes) tell({ note });
    await write(task, complete, onWaiting);
  } catch (error) {
    tellFailure(error);
  }
}

async function write(
  task: DatasetTask,
  partitions: readonly Manifest[],
  onWaiting: (waiting: boolean) => void,
) {
  const { path: folder, statement, limits, threads } = task;
  const asked = {
    views: viewsOf(folder, partitions),
    files: TABLE_NAMES.flatMap((table) => filesOf(folder, table, partitions)),
    sql: statement.sql,
    params: fromParamRecords(statement.params),
    memoryLimit: memoryLimit(limits.maxMemory),
    sortFolder: limits.sortFolder,
    threads,
  };
  const named = statement.question === undefined ? undefined : namedQuestion(statement.question);
  await withDuckDb(asked, async (values) => {
    const cli = processCli(onWaiting);
    const { columns, rows } = answerOf(values, named && namedKind);
    const section = {
      name: statement.question ?? "query",
      title: named?.title ?? "",
      columns,
      rows: counted(rows, () => {}),
    };
    await writeParts(cli, [{ section, extra: {} }], task.format, layoutOf(cli, task));
  });
}

/** DuckDB spills what is beyond its limit; the process is killed beyond `maxMemory`, which is all of it. */
function memoryLimit(maxMemory: number): number {
  return maxMemory === 0 ? 0 : Math.max(LEAST_BYTES, Math.floor((maxMemory - OWN_BYTES) * 0.8));
}

/** Partitions that a note names. */
const SHOWN = 5;

function leftOut(incomplete: readonly Incomplete[]): string[] {
  const more = incomplete.length - SHOWN;
  return [
    ...incomplete.slice(0, SHOWN).map(({ name, fault }) => `left out, as not complete: ${name}: ${fault}`),
    ...(more > 0 ? [`left out, as not complete: ${more} more (rdbscope verify tells of all)`] : []),
  ];
}

/** What is to be said whenever a dataset is read: keys of some partitions are missing, or may be. */
function damageNotes(partitions: readonly Manifest[]): string[] {
  const told = (of: (one: Manifest) => boolean, what: string) => {
    const found = partitions.filter(of).map((one) => folderOf("keys", one).replace(/^keys\//, ""));
    const count = `${found.length} of ${partitions.length} partitions`;
    return found.length === 0 ? [] : [`${what} ${count}: ${someOf(found)}`];
  };
  return [
    ...told((one) => !one.complete, "keys are missing, as damaged snapshots were salvaged, in"),
    ...told(
      ({ snapshot }) => snapshot.checksum === "mismatch",
      "bytes were changed, as checksums do not match, in the snapshots of",
    ),
  ];
}

/** What is counted twice on one of these days: files that are the same. Replicas are not known of a dataset. */
function sameFileNotes(partitions: readonly Manifest[], dates: readonly string[]): string[] {
  const first = new Map<string, string>();
  const same: string[] = [];
  for (const { date, node, keys, snapshot } of partitions) {
    if (!dates.includes(date) || keys === 0) continue;
    const file = `${date} ${snapshot.fingerprint}`;
    const other = first.get(file);
    if (other === undefined) first.set(file, node);
    else same.push(`${node} as ${other}`);
  }
  return same.length === 0 ? [] : [`totals count data twice, of the same file: ${someOf(same)}`];
}

/** What the reader of key rows has to know. */
function keyNotes({ name, statement }: DatasetTask, partitions: readonly Manifest[]): string[] {
  if (!mentionsKeys(statement.sql)) return [];
  const count = (of: (one: Manifest) => boolean) => partitions.filter(of).length;
  const hidden = count((one) => one.stored_rows === 0 && one.keys > 0);
  const hashed = count((one) => one.hashed_names !== null);
  const samples = count((one) => one.sample_share !== null);
  return [
    ...(hidden > 0
      ? [`${hidden} of ${partitions.length} partitions of ${name} have no rows of keys: --keys none`]
      : []),
    ...(hashed > 0 ? [HASHED_NOTE] : []),
    ...(samples > 0
      ? [
          `${samples} of ${partitions.length} partitions are samples, of which there are rows for some keys only: fleet_rollup estimates all`,
        ]
      : []),
  ];
}
