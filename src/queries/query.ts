import type { Inventory, SqlParams } from "../inventory/open.ts";
import { type Column, type ColumnKind, column, type Row, type Value } from "./answer.ts";

/** Rows of a statement that somebody typed, as they come. */
export interface QueryAnswer {
  readonly columns: readonly Column[];
  readonly rows: Iterable<Row>;
}

const KINDS: Readonly<Record<string, ColumnKind>> = {
  key: "key",
  pattern: "key",
  largest_element: "key",
};

/** What somebody typed, with values for its `:name`s. */
export interface Typed {
  readonly sql: string;
  readonly params?: SqlParams;
  /** How tables show a column; else figures are as SQLite has them. */
  readonly kindOf?: (column: string) => ColumnKind;
}

/**
 * Asks SQL of the inventory, read-only. Column names that repeat get a number: `key`, `key_2`.
 * @throws {UsageError} when it is not one statement that returns rows, or has other parameters.
 */
export function query(inventory: Inventory, { sql, params, kindOf }: Typed): QueryAnswer {
  return answerOf(inventory.cursor(sql, params), kindOf);
}

/** Rows as values in the order of their columns. */
interface Values {
  readonly columns: readonly string[];
  readonly rows: Iterable<readonly Value[]>;
}

/** Makes an answer of what an engine tells. */
export function answerOf(values: Values, kindOf: Typed["kindOf"] = exactKind): QueryAnswer {
  const names = unique(values.columns);
  return {
    columns: names.map((name, i) => column(name, name, kindOf(values.columns[i]!))),
    rows: rowsOf(names, values.rows),
  };
}

/** Whether a statement asks of rows a key. */
export function mentionsKeys(sql: string): boolean {
  return /\b(?:from|join)\s+(?:main\.)?["`[]?(?:(?:fleet_)?keys|key_rows)\b/i.test(sql);
}

/** Whether it counts each of them as often as it stands for others, or filters by that. */
export function weighsKeys(sql: string): boolean {
  return /\bweight\b/i.test(sql);
}

function exactKind(column: string): ColumnKind {
  return Object.hasOwn(KINDS, column) ? KINDS[column]! : "number";
}

function* rowsOf(names: readonly string[], rows: Iterable<readonly Value[]>): Iterable<Row> {
  for (const values of rows) {
    const row: Record<string, Value> = Object.create(null);
    for (let i = 0; i < names.length; i++) row[names[i]!] = plain(values[i] ?? null);
    yield row;
  }
}

/** Integers that a double holds become numbers; larger ones stay exact. */
function plain(value: Value): Value {
  if (typeof value !== "bigint") return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function unique(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let n = 2; taken.has(free); n++) free = `${name}_${n}`;
    taken.add(free);
    return free;
  });
}
