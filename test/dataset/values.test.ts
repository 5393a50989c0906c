import path from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { TABLES, type TableName } from "../../src/dataset/tables.ts";
import { SAMPLE } from "../cli/run-cli.ts";
import { ask, run, workFolder } from "../pipeline/support.ts";
import { sampleSnapshots } from "../support/arbitrary-snapshot.ts";
import * as values from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";
import { duckdb, type Row, rowsOf, write } from "./support.ts";

const folder = workFolder();
let datasets = 0;
const dataset = () => path.join(folder, `dataset-${++datasets}`);

/** Later times are told as its end: engines would fail on them. */
const YEAR_9999 = Date.parse("9999-12-31T23:59:59.999Z");

const FROM: Readonly<Record<TableName, string>> = {
  keys: "keys WHERE snapshot = ? ORDER BY record_offset",
  rollup: "rollup WHERE snapshot = ? ORDER BY db, type, encoding, pattern, size_class, weight, bytes, keys",
  snapshots: "memory JOIN snapshots s ON s.snapshot = memory.snapshot WHERE s.snapshot = ?",
};

/** What SQLite says of a table's columns, in the form that a reader of Parquet gives. */
function expected(inventory: string, table: TableName, snapshot: number): Row[] {
  return ask(inventory, `SELECT * FROM ${FROM[table]}`, snapshot).map((row) =>
    Object.fromEntries(TABLES[table].map(({ name, type }) => [name, asParquet(row[name], type)])),
  );
}

function asParquet(value: unknown, type: string): unknown {
  if (value === null) return null;
  if (type === "BINARY") return Buffer.from(value as string).toString("hex");
  if (type === "BOOLEAN") return value === 1;
  if (type === "INT64") return BigInt(Math.round(value as number));
  return type === "TIMESTAMP" ? Math.min(Number(value), YEAR_9999) : value;
}

/** Rows as lines, which are compared in a hundredth of the time. */
function lines(rows: readonly Row[]): string[] {
  return rows.map((row) =>
    JSON.stringify(row, (_, value) => (typeof value === "bigint" ? `${value}n` : value)),
  );
}

/** Bytes as hexadecimal digits, and what is not there as null. */
function plain(rows: readonly Row[]): Row[] {
  const told = (value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString("hex") : (value ?? null);
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, told(value)])),
  );
}

/** Writes a snapshot as a dataset, and compares it with the inventory; tells where it is. */
async function compare(inventory: string, snapshot: number): Promise<string> {
  const root = dataset();
  const manifest = await write(root, inventory, snapshot);
  for (const table of ["keys", "rollup", "snapshots"] as const) {
    const wanted = expected(inventory, table, snapshot);
    expect(lines(plain(await rowsOf(root, table))), table).toEqual(lines(wanted));
    const told = manifest.files.filter((file) => file.table === table);
    expect(told.reduce((sum, { rows }) => sum + rows, 0)).toBe(wanted.length);
  }
  return root;
}

/** A snapshot with what rows seldom have: large and binary names, databases, what servers say of use, modules, all sizes of integers. */
function odd(): Uint8Array {
  const writer = new RdbWriter("REDIS", 11).aux("redis-ver", "7.2.4").aux("ctime", "1750000000").selectDb(0);
  for (const size of [0, 1, 16_200, 16_340, 16_341, 16_384, 100_000, 6_000_000]) {
    writer.key(Buffer.alloc(size, "k"), values.stringValue("v"));
  }
  for (let i = 0; i < 256; i++) writer.key(Buffer.from([i, 0xff, 0, i]), values.stringValue("x".repeat(i)));
  writer.selectDb(1);
  for (let i = 0; i < 3000; i++) {
    const expiresAtMs = [1, 2 ** 31, 1_750_000_000_000, 1_750_000_000_001, 2 ** 41 + i, 2 ** 53, 2 ** 62][
      i % 8
    ];
    writer.key(`user:${i}`, values.stringValue("x".repeat(i % 400)), {
      ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
      ...(i % 3 === 0 ? { freq: i % 256 } : i % 3 === 1 ? { idleSeconds: i * 1000 } : {}),
    });
  }
  const doc = values.moduleValue("ReJSON-RL", 3, [{ text: Buffer.from("{}") }]);
  return writer.selectDb(70_000).key("doc", doc).end();
}

describe("a dataset's values are those of the inventory's views", () => {
  it("of the sample", async () => {
    const { output } = await run(folder, [SAMPLE]);
    await compare(output, 1);
  });

  it("of all types, in an inventory of several snapshots, and when SQLite has rewritten it", async () => {
    const snapshots = sampleSnapshots().slice(-2);
    const empty = new RdbWriter("REDIS", 11).aux("ctime", "300000000000000").end();
    const { output } = await run(folder, [...snapshots.map(({ bytes }) => bytes), empty]);
    for (let i = 1; i <= snapshots.length + 1; i++) await compare(output, i);
    const db = new Database(output);
    db.pragma("page_size = 512");
    db.exec("VACUUM");
    db.close();
    await compare(output, 2);
  });

  it("without rows, with hashed names, or of a sample", async () => {
    const none = await run(folder, [SAMPLE], { keys: "none" });
    await compare(none.output, 1);
    const hashed = await run(folder, [SAMPLE], { hashKeys: true });
    await compare(hashed.output, 1);
    const sampled = await run(folder, [SAMPLE], { sample: { share: 0.2, seed: 1 } });
    await compare(sampled.output, 1);
  });

  it("of names and numbers that are seldom; DuckDB sees the columns as they are documented", async () => {
    const { output } = await run(folder, [odd()]);
    const [has] = ask(
      output,
      "SELECT max(length(key)) AS most, count(DISTINCT db) AS dbs, max(module) AS module FROM keys",
    );
    expect(has).toEqual({ most: 6_000_000, dbs: 3, module: "ReJSON-RL" });
    const root = await compare(output, 1);
    const names = {
      BINARY: "BLOB",
      STRING: "VARCHAR",
      INT32: "INTEGER",
      INT64: "BIGINT",
      DOUBLE: "DOUBLE",
      BOOLEAN: "BOOLEAN",
      TIMESTAMP: "TIMESTAMP WITH TIME ZONE",
    };
    for (const table of ["keys", "rollup", "snapshots"] as const) {
      const files = `'${root}/${table}/*/*/*/*.parquet'`;
      const found = await duckdb(`DESCRIBE SELECT * FROM read_parquet(${files}, hive_partitioning = false)`);
      expect(found.map((row) => [row.column_name, row.column_type])).toEqual(
        TABLES[table].map(({ name, type }) => [name, names[type]]),
      );
      const schema = await duckdb(
        `SELECT name, repetition_type FROM parquet_schema(${files}) WHERE repetition_type IN ('REQUIRED', 'OPTIONAL') AND num_children IS NULL`,
      );
      expect(schema.map((row) => [row.name, row.repetition_type])).toEqual(
        TABLES[table].map(({ name, nullable }) => [name, nullable ? "OPTIONAL" : "REQUIRED"]),
      );
    }
    const [sums] = await duckdb(
      `SELECT count(*) AS n, sum(bytes) AS bytes, count(expires_at) AS expiring, count(freq) AS freq, count(*) FILTER (expired) AS expired,
         count(DISTINCT key) AS names, epoch_ms(max(expires_at)) AS latest FROM read_parquet('${root}/keys/*/*/*/*.parquet')`,
    );
    const [wanted] = ask(
      output,
      `SELECT count(*) AS n, sum(bytes) AS bytes, count(expires_at) AS expiring, count(freq) AS freq, sum(expired) AS expired,
         count(DISTINCT key) AS names, min(max(expires_at), ${YEAR_9999}) AS latest FROM keys`,
    );
    expect(Object.fromEntries(Object.entries(sums!).map(([name, value]) => [name, Number(value)]))).toEqual(
      wanted,
    );
  });

  it("is found by its folders, and its row groups by their statistics", async () => {
    const writer = new RdbWriter("REDIS", 11).aux("ctime", "1750000000").selectDb(0);
    for (let i = 0; i < 140_000; i++) writer.key(`k${i}`, values.stringValue("v"));
    const { output } = await run(folder, [writer.end()]);
    const root = dataset();
    await write(root, output);
    const files = `'${root}/keys/*/*/*/*.parquet'`;
    const rows = await duckdb(
      `SELECT count(*) AS n FROM read_parquet(${files}, hive_partitioning = true) WHERE cluster = 'c' AND date = DATE '2026-01-31' AND node = 'n'`,
    );
    expect(rows).toEqual([{ n: 140_000n }]);
    const groups = await duckdb(
      `SELECT row_group_num_rows AS n, stats_min_value AS least, stats_max_value AS most FROM parquet_metadata(${files})
       WHERE path_in_schema = 'record_offset' ORDER BY row_group_id`,
    );
    expect(groups).toHaveLength(2);
    expect(Number(groups[0]!.most)).toBeLessThan(Number(groups[1]!.least));
    const [ends] = ask(output, "SELECT min(record_offset) AS least, max(record_offset) AS most FROM keys");
    expect([Number(groups[0]!.least), Number(groups[1]!.most)]).toEqual([ends!.least, ends!.most]);
    const without = await duckdb(
      `SELECT path_in_schema AS name FROM parquet_metadata(${files}) WHERE row_group_id = 0 AND stats_min_value IS NULL AND stats_null_count IS NULL`,
    );
    const texts = TABLES.keys.filter(({ type }) => type === "STRING" || type === "BINARY");
    expect(without.map(({ name }) => name).sort()).toEqual(texts.map(({ name }) => name).sort());
  });
});
