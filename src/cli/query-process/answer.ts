import { IoError, toErrorRecord, UsageError } from "../../errors.ts";
import { type Inventory, openInventory, type SqlParams } from "../../inventory/open.ts";
import type { Row, Section } from "../../queries/answer.ts";
import { dateNotes, datesAsked, type FleetSnapshot } from "../../queries/named/fleet-notes.ts";
import { isPerSnapshot, namedKind, namedQuestion } from "../../queries/named/index.ts";
import { damageNotes, sameDataNotes } from "../../queries/notes.ts";
import { mentionsKeys, query, type Typed, weighsKeys } from "../../queries/query.ts";
import { rowNotes } from "../../queries/sample-notes.ts";
import { HASHED_NOTE } from "../../queries/scope.ts";
import { type SnapshotRow, snapshots } from "../../queries/snapshots.ts";
import type { Part } from "../../reports/index.ts";
import { ClosedOutput, EXIT, statusOf } from "../exit-status.ts";
import { layoutOf, processCli, writeLines, writeParts } from "../io.ts";
import { cellLines } from "./cells.ts";
import { fromParamRecords, type QueryTask, type Statement, tell } from "./protocol.ts";
import { withSqlHint } from "./sql-hint.ts";

/** Longest text or blob of an answer: six characters for one, as JSON may need, still make a string. */
const MAX_VALUE_LENGTH = 64 * 1024 * 1024;

/** Asks the inventory and writes the rows to stdout; what goes wrong is told to the waiting process. */
export async function answer(task: QueryTask, onWaiting: (waiting: boolean) => void): Promise<void> {
  try {
    const inventory = openInventory(task.path, task.name);
    tell({ opened: true });
    await write(inventory, task, onWaiting);
  } catch (error) {
    tellFailure(error);
  }
}

/** Tells the waiting process what went wrong. */
export function tellFailure(error: unknown): void {
  if (error instanceof ClosedOutput) return;
  const outside = statusOf(error) === EXIT.io && !(error instanceof IoError);
  tell({ failed: toErrorRecord(outside ? new IoError((error as Error).message) : withSqlHint(error)) });
}

async function write(inventory: Inventory, task: QueryTask, onWaiting: (waiting: boolean) => void) {
  const cli = processCli(onWaiting);
  const { parts, hint } = asked(inventory, task.statement);
  for (const note of notesOf(inventory, task)) tell({ note });
  let count = 0;
  const counting = parts.map(({ section, extra }) => ({
    section: { ...section, rows: counted(section.rows, () => count++) },
    extra,
  }));
  if (task.format === "cells") await writeLines(cli, cellLines(counting));
  else await writeParts(cli, counting, task.format, layoutOf(cli, task, parts.length > 1));
  if (count === 0 && hint !== undefined) tell({ note: hint });
}

/** What a statement answers; a named question may be asked of each snapshot apart. */
function asked(inventory: Inventory, statement: Statement): { parts: Part[]; hint?: string | undefined } {
  const { sql, question } = statement;
  const params = fromParamRecords(statement.params);
  const section = (title: string, given: SqlParams, kindOf?: Typed["kindOf"]): Section => ({
    name: question ?? "query",
    title,
    ...query(inventory, { sql, params: given, ...(kindOf && { kindOf }) }),
  });
  if (question === undefined) return { parts: [{ section: section("", params), extra: {} }] };
  const named = namedQuestion(question);
  const hint = named.whenEmpty;
  if (!isPerSnapshot(named))
    return { parts: [{ section: section(named.title, params, namedKind), extra: {} }], hint };
  const id = params.snapshot === undefined ? undefined : Number(params.snapshot);
  const all = snapshots(inventory, id);
  const of = ({ snapshot, path }: SnapshotRow) => (all.length > 1 ? `: snapshot ${snapshot}, ${path}` : "");
  const parts = all.map((one) => ({
    section: section(named.title + of(one), { ...params, snapshot: one.snapshot }, namedKind),
    extra: { snapshot: one.snapshot },
  }));
  return { parts, hint };
}

/** What the reader of an answer has to know. */
function notesOf(inventory: Inventory, task: QueryTask): string[] {
  const all =
    task.statement.question === undefined
      ? []
      : inventory.all<FleetSnapshot>(
          "SELECT cluster, date, node FROM fleet_snapshots WHERE date IS NOT NULL",
        );
  const dates = datesAsked(task.statement.question, all);
  return [
    ...damageNotes(inventory),
    ...(dates.length === 0 ? [] : sameDataNotes(inventory, dates)),
    ...dateNotes(task.statement.question, dates, all),
    ...keyNotes(inventory, task),
  ];
}

/** What the reader of key rows has to know. */
function keyNotes(inventory: Inventory, { name, statement }: QueryTask): string[] {
  if (!mentionsKeys(statement.sql)) return [];
  const all = snapshots(inventory);
  return [
    ...(hasNoRows(all) ? [`${name} was made with --keys none: it has no rows in keys`] : []),
    ...(all.some((one) => one.hashed_names !== null) ? [HASHED_NOTE] : []),
    ...(weighsKeys(statement.sql) ? [] : rowNotes(all)),
  ];
}

/** The same rows, each of which is told; one that is too large is refused. */
export function* counted(rows: Iterable<Row>, onRow: () => void): Iterable<Row> {
  for (const row of checked(rows)) {
    onRow();
    yield row;
  }
}

function* checked(rows: Iterable<Row>): Iterable<Row> {
  for (const row of rows) {
    for (const name in row) {
      const value = row[name];
      if ((typeof value === "string" || Buffer.isBuffer(value)) && value.length > MAX_VALUE_LENGTH) {
        throw new UsageError(
          `a value has more than ${MAX_VALUE_LENGTH} bytes: ask for parts of it with substr()`,
        );
      }
    }
    yield row;
  }
}

function hasNoRows(all: readonly SnapshotRow[]): boolean {
  return all.every((one) => one.stored_rows === 0) && all.some((one) => one.keys > 0 && one.filters === "{}");
}
