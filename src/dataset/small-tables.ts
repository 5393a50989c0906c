import type { Inventory } from "../inventory/open.ts";
import { Batches, type ColumnValues } from "./arrow.ts";
import { boundedTime, type ColumnType, type DatasetColumn, TABLES, type TableName } from "./tables.ts";

/** Where the rows of a table come from; `@snapshot` is the snapshot's id. */
const SQL: Readonly<Record<Exclude<TableName, "keys">, string>> = {
  rollup: `SELECT * FROM rollup WHERE snapshot = @snapshot
    ORDER BY db, type, encoding, pattern, size_class, weight, bytes, keys`,
  snapshots: `SELECT m.*, s.* FROM snapshots s JOIN memory m ON m.snapshot = s.snapshot WHERE s.snapshot = @snapshot`,
};

const BATCH_ROWS = 16_384;

type Value = string | number | null;
type Row = Readonly<Record<string, Value>>;

/** The rows of `rollup` or `snapshots` of one snapshot; each batch is an Arrow IPC stream. */
export function* smallTable(
  inventory: Inventory,
  snapshot: number,
  name: Exclude<TableName, "keys">,
): Generator<Uint8Array> {
  const rows = inventory.all<Row>(SQL[name], { snapshot });
  const columns = TABLES[name];
  const texts = Object.fromEntries(
    columns
      .filter(({ type }) => type === "STRING")
      .map((column) => [
        column.name,
        [...new Set(rows.map((row) => row[column.name]).filter((text) => text !== null))].map(String).sort(),
      ]),
  );
  const numbers = Object.fromEntries(
    Object.entries(texts).map(([column, all]) => [column, new Map(all.map((text, i) => [text, i]))]),
  );
  const batches = new Batches(columns, texts);
  if (rows.length === 0) yield batches.opening();
  for (let from = 0; from < rows.length; from += BATCH_ROWS) {
    const part = rows.slice(from, from + BATCH_ROWS);
    yield batches.encode(part.length, (column) => columnOf(part, column, numbers[column.name]));
  }
}

/** Values of a column, of rows of which some have none. */
const VALUES: Readonly<
  Record<Exclude<ColumnType, "BINARY" | "STRING">, (all: readonly Value[]) => ColumnValues["values"]>
> = {
  INT32: (all) => Int32Array.from(all, Number),
  // Of a sample sums are estimates with fractions.
  INT64: (all) => BigInt64Array.from(all, (value) => BigInt(Math.round(Number(value)))),
  TIMESTAMP: (all) => BigInt64Array.from(all, (value) => BigInt(boundedTime(Number(value)))),
  DOUBLE: (all) => Float64Array.from(all, Number),
  BOOLEAN: (all) => bits(all.map((value) => Number(value) === 1)),
};

function columnOf(
  rows: readonly Row[],
  { name, type }: DatasetColumn,
  numbers: ReadonlyMap<string, number> | undefined,
): ColumnValues {
  const all = rows.map((row) => row[name] ?? null);
  const valid = all.includes(null) ? bits(all.map((value) => value !== null)) : undefined;
  if (type === "BINARY") throw new TypeError(`${name}: no small table has bytes`);
  const values =
    type === "STRING" ? Int32Array.from(all, (text) => numbers!.get(String(text)) ?? 0) : VALUES[type](all);
  return { values, valid };
}

function bits(flags: readonly boolean[]): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(flags.length / 8));
  for (const [i, flag] of flags.entries()) if (flag) bytes[i >> 3]! |= 1 << (i & 7);
  return bytes;
}
