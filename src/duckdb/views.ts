import { filesOf, type Partition, TABLES, type TableName } from "./partitions.ts";

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

const PARTITION_TYPES = "{'cluster': VARCHAR, 'date': DATE, 'node': VARCHAR}";

/**
 * What a view has beside the columns of its files: those that inventories have in another form. Times are milliseconds since the
 * epoch there.
 */
const COLUMNS: Readonly<Record<TableName, string>> = {
  keys: "* REPLACE (epoch_ms(expires_at) AS expires_at)",
  rollup: "*",
  snapshots: "* REPLACE (epoch_ms(created_at) AS created_at, epoch_ms(analyzed_at) AS analyzed_at)",
};

/** The views that the questions of docs/fleet.md are asked of, over the others: see `FLEET_VIEWS` of inventories. */
const FLEET_VIEWS = [
  `CREATE VIEW fleet_snapshots AS SELECT * FROM snapshots`,
  `CREATE VIEW fleet_rollup AS SELECT * FROM rollup`,
  `CREATE VIEW fleet_keys AS SELECT *, nullif(regexp_extract(key_text, '^[^{]*\\{([^}]+)\\}', 1), '') AS hash_tag
     FROM (SELECT *, try(decode(key)) AS key_text FROM keys)`,
];

/** Statements that make the views of a dataset, over the files of these partitions alone. */
export function viewsOf(folder: string, partitions: readonly Partition[]): string[] {
  const own = TABLES.map((table) => {
    const files = filesOf(folder, table, partitions).map(quoted).join(", ");
    return `CREATE VIEW ${table} AS SELECT ${COLUMNS[table]} FROM read_parquet([${files}],
      hive_partitioning = true, hive_types = ${PARTITION_TYPES}, union_by_name = true)`;
  });
  return [...own, ...FLEET_VIEWS];
}
