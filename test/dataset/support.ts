import fs from "node:fs";
import path from "node:path";
import { DuckDBInstance, type DuckDBValue } from "@duckdb/node-api";
import { parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import type { Manifest } from "../../src/dataset/manifest.ts";
import { folderOf, type Partition } from "../../src/dataset/partition.ts";
import { PartitionSource } from "../../src/dataset/partition-source.ts";
import type { TableName } from "../../src/dataset/tables.ts";
import { writePartition } from "../../src/dataset/write-dataset.ts";
import { WorkerPool } from "../../src/pipeline/pool.ts";

export const PARTITION: Partition = { cluster: "c", date: "2026-01-31", node: "n" };

/** Writes a snapshot of an inventory as a partition of a dataset. */
export async function write(
  root: string,
  inventory: string,
  snapshot = 1,
  { workers = 2, partition = PARTITION }: { workers?: number; partition?: Partition } = {},
): Promise<Manifest> {
  const pool = new WorkerPool(workers);
  const source = new PartitionSource(inventory, inventory);
  try {
    return await writePartition(source, { root, snapshot, partition, pool });
  } finally {
    source.close();
    await pool.close();
  }
}

export type Row = Record<string, unknown>;

/** Times stay numbers: those of JavaScript end earlier. */
const parsers = { timestampFromMilliseconds: (ms: bigint) => Number(ms) };

/** The rows of a table as hyparquet reads them: a reader that has nothing to do with the writer. */
export async function rowsOf(root: string, table: TableName, partition = PARTITION): Promise<Row[]> {
  const folder = path.join(root, folderOf(table, partition));
  const files = fs
    .readdirSync(folder)
    .filter((name) => name.endsWith(".parquet"))
    .sort();
  const all: Row[] = [];
  for (const name of files) {
    const bytes = fs.readFileSync(path.join(folder, name));
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    all.push(...((await parquetReadObjects({ file, compressors, parsers, utf8: false })) as Row[]));
  }
  return all;
}

/** Asks DuckDB. */
export async function duckdb(sql: string): Promise<Record<string, DuckDBValue>[]> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjects();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Every file below a folder, from there on. */
export function filesIn(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}
