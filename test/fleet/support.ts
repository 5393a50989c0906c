import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { DuckDBBlobValue, type DuckDBConnection, DuckDBInstance, type DuckDBValue } from "@duckdb/node-api";
import { partitionsOf } from "../../src/dataset/partitions.ts";
import { viewsOf } from "../../src/duckdb/views.ts";
import { FLEET_QUESTIONS } from "../../src/queries/named/fleet.ts";

/** A folder for a test file. */
export function newFolder(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-fleet-"));
}

/** Names and SQL of the questions of docs/fleet.md. */
export const QUESTIONS = Object.entries(FLEET_QUESTIONS).map(([name, { sql }]) => ({ name, sql }));

/** A dataset in DuckDB, with the views that `query` makes, by DuckDB's own package. */
export async function duckDbOf(dataset: string): Promise<DuckDBConnection> {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  for (const sql of viewsOf(dataset, partitionsOf(dataset).complete)) await connection.run(sql);
  return connection;
}

/** Rows of an answer: numbers as numbers, bytes as the text that they are, everything else as text. */
export async function rowsIn(
  connection: DuckDBConnection,
  sql: string,
): Promise<(string | number | null)[][]> {
  const reader = await connection.runAndReadAll(sql);
  return reader.getRows().map((row) => row.map(plain));
}

function plain(value: DuckDBValue): string | number | null {
  if (value === null || typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString("utf8");
  return String(value);
}

/** Every file below a folder, by its path from there, with its bytes. */
export function filesBelow(folder: string): Map<string, Buffer> {
  const names = fs.readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  const files = names.filter((name) => fs.statSync(path.join(folder, name)).isFile());
  return new Map(files.map((name) => [name, fs.readFileSync(path.join(folder, name))]));
}
