import type { ColumnDoc } from "../inventory/documentation/columns.ts";
import { VIEW_DOCS } from "../inventory/documentation/views.ts";

/** Grows when a table, a column or its type changes in a way that who reads a dataset notices. */
export const DATASET_VERSION = 1;

/** The tables of a dataset, and the folders of them. */
export const TABLE_NAMES = ["keys", "rollup", "snapshots"] as const;

export type TableName = (typeof TABLE_NAMES)[number];

/** What a column holds, as engines call it. Timestamps are in milliseconds and UTC. */
export type ColumnType = "BINARY" | "STRING" | "INT32" | "INT64" | "DOUBLE" | "BOOLEAN" | "TIMESTAMP";

/** A column of a dataset's table. */
export interface DatasetColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
  /** Its unit, and what it means: one line each. */
  readonly unit: string;
  readonly meaning: string;
}

/** Folders of a table that say which snapshot their rows are of: not in the files. */
export const PARTITION_COLUMNS = ["cluster", "date", "node"] as const;

/** Types by the units of columns. */
const TYPES: Readonly<Record<ColumnDoc[0], ColumnType>> = {
  "0 or 1": "BOOLEAN",
  "0-16383": "INT32",
  "0-255": "INT32",
  "0-255 or seconds": "INT64",
  "0-3": "INT32",
  JSON: "STRING",
  "byte offset": "INT64",
  bytes: "INT64",
  "bytes²": "DOUBLE",
  "bytes or count": "INT64",
  count: "INT64",
  id: "INT32",
  "keys a key": "DOUBLE",
  "ms since epoch": "TIMESTAMP",
  number: "INT64",
  ratio: "DOUBLE",
  seconds: "INT64",
  share: "DOUBLE",
  text: "STRING",
  "text or blob": "BINARY",
};

/** Columns of a view of the inventory, but for some: they mean the same in both. */
function columnsOf(
  columns: Readonly<Record<string, ColumnDoc>>,
  nullable: readonly string[],
  without: readonly string[],
): DatasetColumn[] {
  return Object.entries(columns)
    .filter(([name]) => !without.includes(name))
    .map(([name, [unit, meaning]]) => ({
      name,
      type: TYPES[unit],
      nullable: nullable.includes(name),
      unit,
      meaning,
    }));
}

const KEY_DOC: ColumnDoc = ["text or blob", "Key name, byte for byte."];

/** The end of the year 9999, in milliseconds since the epoch: engines fail on what is much later, and servers and snapshots do not. */
export const LATEST_MS = 253_402_300_799_999;

/** A time as datasets have it: what is later is told as that, and what is before the epoch as the epoch. */
export function boundedTime(ms: number): number {
  return Math.min(Math.max(ms, 0), LATEST_MS);
}

/** What each table has, in the order of its columns: those of the inventory's views of the same names, and `memory` beside `snapshots`. */
export const TABLES: Readonly<Record<TableName, readonly DatasetColumn[]>> = {
  keys: columnsOf(
    { ...VIEW_DOCS.keys.columns, key: KEY_DOC },
    ["elements", "expires_at", "idle_seconds", "freq", "module"],
    // What a row of a sample stands for follows of its `serialized_bytes` and the table `snapshots`.
    ["snapshot", "weight"],
  ),
  rollup: columnsOf(VIEW_DOCS.rollup.columns, ["class_max_bytes"], ["snapshot"]),
  snapshots: columnsOf(
    { ...VIEW_DOCS.snapshots.columns, ...VIEW_DOCS.memory.columns },
    [
      ...["server", "server_version", "used_mem", "hashed_names", "unexplained_bytes"],
      ...["sample_share", "sample_seed", "sample_certain_bytes", "sample_certain_keys"],
      ...["sample_drawn_keys", "sample_drawn_from", "sample_weight"],
    ],
    // When it was analyzed would make each run's file another one.
    ["snapshot", "analyzed_at"],
  ),
};
