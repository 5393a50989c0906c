import type { Manifest } from "../dataset/manifest.ts";
import { filesOf } from "../dataset/partitions.ts";
import { type ColumnType, TABLE_NAMES, TABLES, type TableName } from "../dataset/tables.ts";
import { FLEET_VIEW_DOCS } from "../inventory/documentation/fleet-views.ts";
import { quoted } from "./quoted.ts";

/** DuckDB's words for types of columns. */
const TYPES: Readonly<Record<ColumnType, string>> = {
  BINARY: "BLOB",
  STRING: "VARCHAR",
  INT32: "INTEGER",
  INT64: "BIGINT",
  DOUBLE: "DOUBLE",
  BOOLEAN: "BOOLEAN",
  TIMESTAMP: "TIMESTAMP",
};

const PARTITION_TYPES = "{'cluster': VARCHAR, 'date': DATE, 'node': VARCHAR}";

/** The view of a table: as in inventories, times are milliseconds since the epoch. */
function viewOf(table: TableName, files: readonly string[]): string {
  const columns = TABLES[table].map(({ name, type }) =>
    type === "TIMESTAMP" ? `epoch_ms(${name}) AS ${name}` : name,
  );
  const select = `CREATE VIEW ${table} AS SELECT cluster, date, node, ${columns.join(", ")}`;
  if (files.length === 0) return `${select} FROM ${emptyTable(table)}`;
  return `${select} FROM read_parquet([${files.map(quoted).join(", ")}],
    hive_partitioning = true, hive_types = ${PARTITION_TYPES}, union_by_name = true)`;
}

/** A table without rows: all partitions were made with --keys none. */
function emptyTable(table: TableName): string {
  const columns = TABLES[table].map(({ name, type }) => `NULL::${TYPES[type]} AS ${name}`);
  return `(SELECT NULL::VARCHAR AS cluster, NULL::DATE AS date, NULL::VARCHAR AS node, ${columns.join(", ")} LIMIT 0)`;
}

/** Columns of the views for fleets that the tables do not have under their names. */
const COMPUTED: Readonly<Record<string, string>> = {
  key_text: "try(decode(key))",
  hash_tag: "nullif(regexp_extract(try(decode(key)), '^[^{]*[{]([^}]+)[}]', 1), '')",
};

function fleetView(table: TableName): string {
  const columns = Object.keys(FLEET_VIEW_DOCS[`fleet_${table}`].columns);
  const select = columns.map((name) => (name in COMPUTED ? `${COMPUTED[name]} AS ${name}` : name));
  return `CREATE VIEW fleet_${table} AS SELECT ${select.join(", ")} FROM ${table}`;
}

/** Statements that make the views of a dataset, over the files of these partitions alone. */
export function viewsOf(folder: string, partitions: readonly Manifest[]): string[] {
  return [
    ...TABLE_NAMES.map((table) => viewOf(table, filesOf(folder, table, partitions))),
    ...TABLE_NAMES.map(fleetView),
  ];
}
