import fs from "node:fs";
import type { ErrorRecord } from "../../errors.ts";
import type { SqlParams, SqlValue } from "../../inventory/open.ts";
import type { FormatName } from "../../reports/index.ts";

/** A statement with values for its parameters; `question` is its name where it has one. */
export interface Statement {
  readonly sql: string;
  readonly params: Readonly<Record<string, ParamRecord>>;
  readonly question?: string | undefined;
}

/** A value of SQL in a form that JSON has. */
export type ParamRecord = string | number | null | { readonly integer: string } | { readonly base64: string };

/** Makes records of values on one side of a process. */
export function toParamRecords(params: SqlParams): Record<string, ParamRecord> {
  const record = (value: SqlValue): ParamRecord => {
    if (typeof value === "bigint") return { integer: value.toString() };
    return Buffer.isBuffer(value) ? { base64: value.toString("base64") } : value;
  };
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, record(value)]));
}

/** Makes the values again on the other side: integers as integers, which SQLite does not take numbers for. */
export function fromParamRecords(records: Statement["params"]): SqlParams {
  const value = (record: ParamRecord): SqlValue => {
    if (typeof record === "number") return Number.isSafeInteger(record) ? BigInt(record) : record;
    if (typeof record !== "object" || record === null) return record;
    return "integer" in record ? BigInt(record.integer) : Buffer.from(record.base64, "base64");
  };
  return Object.fromEntries(Object.entries(records).map(([name, record]) => [name, value(record)]));
}

/** What a process is told whatever it is asked; it comes as JSON on its standard input. */
interface Task {
  /** The process that waits for the answer: without it there is nobody to answer. */
  readonly parent: number;
  readonly path: string;
  /** As messages call the inventory. */
  readonly name: string;
  readonly limits: QueryLimits;
}

/** What the process of a query is asked. */
export interface QueryTask extends Task {
  readonly statement: Statement;
  /** `cells`: for a page, as `cellLines` has them. */
  readonly format: FormatName | "cells";
  readonly color: boolean;
  readonly rawCsv?: boolean | undefined;
}

/** What the process of a query is asked of a dataset; `path` is its folder. */
export interface DatasetTask extends Omit<QueryTask, "format"> {
  readonly engine: "duckdb";
  readonly format: FormatName;
  readonly threads?: number | undefined;
}

/** What a process is asked that explains a key: it answers with a line of JSON, an array of explanations. */
export interface ExplainTask extends Task {
  readonly explain: WantedKey & ReadingRecord;
}

/** A key by its place in a snapshot, or by its name as somebody typed it. */
export type WantedKey =
  | { readonly snapshot: number; readonly offset: number }
  | { readonly key: string; readonly db?: number | undefined };

/** How the snapshot of an inventory is read again. */
interface ReadingRecord {
  readonly snapshotFile?: string | undefined;
  readonly tempDir?: string | undefined;
  readonly maxExpanded?: number | undefined;
}

/** What a query may take; 0: no limit. */
export interface QueryLimits {
  readonly timeoutMs: number;
  /** Resident bytes of its process. */
  readonly maxMemory: number;
  /** Where SQLite sorts what is too large for memory. */
  readonly sortFolder: string;
}

/** What the process of a query tells beside its rows, a line of JSON each. */
export interface Report {
  /** The inventory's name is needed no more. */
  readonly opened?: true;
  readonly note?: string;
  readonly failed?: ErrorRecord;
}

/** Where reports go: the first descriptor behind the standard ones. */
export const REPORTS_FD = 3;

/** Tells the waiting process something, before anything else happens. */
export function tell(report: Report): void {
  try {
    fs.writeSync(REPORTS_FD, `${JSON.stringify(report)}\n`);
  } catch {
    // Nobody is left to be told; the watchdog ends us.
  }
}

/** Cells of the memory that a query and its watchdog share; on the unused one the watchdog sleeps. */
export const CELL = { unused: 0, waiting: 1, count: 2 } as const;
