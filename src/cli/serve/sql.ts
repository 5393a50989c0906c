import type { QueryTask } from "../query-process/protocol.ts";
import { statementOf } from "../statement.ts";
import type { Asked, Cell, CsvResult, Result, ResultPart } from "./shapes.ts";
import type { Room, Work } from "./work.ts";

/** Rows that the page is sent: more is for CSV, or the command line. */
export const MOST_ROWS = 5000;
const TABLE_ROOM: Room = { lines: MOST_ROWS + 1, bytes: 16 * 1024 ** 2 };
const CSV_ROOM: Room = { lines: Number.POSITIVE_INFINITY, bytes: 64 * 1024 ** 2 };

/** Answers a statement with tables. */
export async function askTable(work: Work, asked: Asked, signal: AbortSignal): Promise<Result> {
  const { text, notes, isCut } = await work.ask(taskOf(asked, "cells"), TABLE_ROOM, signal);
  const parts = partsOf(text);
  const rows = parts.reduce((sum, part) => sum + part.rows.length, 0);
  const cut = isCut ? `cut after ${rows.toLocaleString("en-US")} rows: CSV has more of them` : null;
  return { parts, notes, cut };
}

/** Answers a statement with CSV, as `query --format csv` writes it. */
export async function askCsv(work: Work, asked: Asked, signal: AbortSignal): Promise<CsvResult> {
  const { text, notes, isCut } = await work.ask(taskOf(asked, "csv"), CSV_ROOM, signal);
  const cut = isCut ? "cut after 64 MiB: rdbscope query FILE SQL --format csv writes all of it" : null;
  return { csv: text, notes, cut };
}

function taskOf({ sql, params = [] }: Asked, format: QueryTask["format"]) {
  return { statement: statementOf(sql, params), format, color: false };
}

/** The tables that lines of `cellLines` tell. */
export function partsOf(text: string): ResultPart[] {
  const parts: (Omit<ResultPart, "rows"> & { rows: Cell[][] })[] = [];
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const told = JSON.parse(line);
    if (Array.isArray(told)) parts.at(-1)!.rows.push(told);
    else parts.push({ ...told, rows: [] });
  }
  return parts;
}
