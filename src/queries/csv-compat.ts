import { column, type Row, type Section, type Value } from "./answer.ts";
import { keyRows } from "./key-rows.ts";
import type { Scope } from "./scope.ts";

/** What a CSV of another tool is made of: a row of ours, by the tool's names of columns in its order. */
type Columns = Readonly<Record<string, (row: Row) => Value>>;

const isString = ({ type }: Row) => type === "string";

/**
 * Columns of redis-rdb-tools' `rdb -c memory` (memprofiler.py, 0.1.15): a string has as many elements as bytes, a stream
 * or module's value one; times are UTC as Python's isoformat() has them.
 */
const RDBTOOLS: Columns = {
  database: ({ db }) => db!,
  type: ({ type, module }) => (module ? "module" : type === "zset" ? "sortedset" : type!),
  key: ({ key }) => key!,
  size_in_bytes: ({ bytes }) => bytes!,
  encoding: (row) => ((row.module ?? isString(row)) ? (row.module ?? "string") : rdbtoolsEncoding(row)),
  num_elements: (row) =>
    isString(row) ? row.largest_element_bytes! : row.type === "stream" ? 1 : (row.elements ?? 1),
  len_largest_element: (row) => (row.module ? row.bytes! : row.largest_element_bytes!),
  expiry: ({ expires_at }) => isoFormat(expires_at as number | null),
};

/** Columns of HDT3213/rdb's `rdb -c memory` (helper/memory.go); times are RFC 3339 in UTC. */
const HDT: Columns = {
  database: ({ db }) => db!,
  key: ({ key }) => key!,
  type: ({ type }) => type!,
  size: ({ bytes }) => bytes!,
  size_readable: ({ bytes }) => readable(bytes as number),
  element_count: (row) => (row.type === "stream" ? 0 : (row.elements ?? 0)),
  encoding: (row) => (isString(row) ? "string" : row.encoding!),
  expiration: ({ expires_at }) => rfc3339(expires_at as number | null),
};

/** CSVs that other tools' users know. A new one: its columns, and a line here. */
export const CSV_COMPAT = { rdbtools: RDBTOOLS, hdt: HDT } as const satisfies Record<string, Columns>;

export type CsvCompat = keyof typeof CSV_COMPAT;

/** Every key of the scope in the columns of another tool; sizes are ours. */
export function compatRows(scope: Scope, name: CsvCompat): Section {
  const compat: Columns = CSV_COMPAT[name];
  const { rows, notes = [] } = keyRows(scope);
  const columns = Object.keys(compat).map((one) => column(one, one, one === "key" ? "key" : "text"));
  return { name: "keys", title: "Keys", columns, rows: mapped(rows, compat), notes };
}

function* mapped(rows: Iterable<Row>, compat: Columns): Iterable<Row> {
  const columns = Object.entries(compat);
  for (const row of rows) yield Object.fromEntries(columns.map(([name, of]) => [name, of(row)]));
}

function rdbtoolsEncoding({ type, encoding }: Row): Value {
  return type === "stream" ? "listpack" : encoding!;
}

/** Largest time that a Date holds, and with it the year 9999 that Python's ends with. */
const MAX_TIME = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

function isoFormat(ms: number | null): Value {
  if (ms === null || ms < 0 || ms > MAX_TIME) return ms;
  const text = new Date(ms).toISOString().slice(0, -1);
  return ms % 1000 === 0 ? text.slice(0, -4) : `${text}000`;
}

function rfc3339(ms: number | null): Value {
  if (ms === null || ms < 0 || ms > MAX_TIME) return ms;
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

const UNITS = ["B", "K", "M", "G", "T", "P"];

/** 1024-based, one decimal unless it is 0: FormatSize(), bytefmt/bytefmt.go. */
function readable(bytes: number): string {
  if (bytes === 0) return "0";
  const unit = Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** unit).toFixed(1).replace(/\.0$/, "")}${UNITS[unit]}`;
}
