import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { afterAll } from "vitest";
import { type AnalyzeOptions, type AnalyzeResult, analyze } from "../../src/pipeline/analyze.ts";

export type Row = Record<string, unknown>;

/** A folder for one test file, removed behind it. */
export function workFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-pipeline-"));
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

let outputs = 0;
const WRITTEN_AT = 1_750_000_000;

/** Analyzes snapshots given as bytes or paths; the inventory stands alone in a folder of its own. */
export async function run(
  folder: string,
  inputs: readonly (Uint8Array | string)[],
  options: Partial<AnalyzeOptions> = {},
): Promise<AnalyzeResult> {
  const place = path.join(folder, String(++outputs));
  fs.mkdirSync(path.join(place, "out"), { recursive: true });
  const paths = inputs.map((input, i) => {
    if (typeof input === "string") return input;
    const name = path.join(place, `${i}.rdb`);
    fs.writeFileSync(name, input);
    fs.utimesSync(name, WRITTEN_AT, WRITTEN_AT); // Stands in where a snapshot does not tell its time.
    return name;
  });
  return analyze({
    inputs: paths,
    output: path.join(place, "out", "inventory.sqlite"),
    workers: 2,
    ...options,
  });
}

export function ask(output: string, sql: string, ...params: unknown[]): Row[] {
  const db = new Database(output, { readonly: true });
  try {
    return db.prepare(sql).all(...params) as Row[];
  } finally {
    db.close();
  }
}

/** Every view and table that summaries are asked from, in an order that does not depend on who wrote it. */
export const SUMMARIES: Readonly<Record<string, string>> = {
  rollup: "SELECT * FROM rollup ORDER BY snapshot, db, type, encoding, pattern, size_class, weight",
  expiry: "SELECT * FROM expiry ORDER BY snapshot, db, pattern, starts_at, weight",
  evidence: "SELECT * FROM evidence ORDER BY snapshot, db, pattern, type, evidence",
  sketches: "SELECT * FROM sketches ORDER BY snapshot, type, pattern, measure, bucket",
  access: "SELECT * FROM access ORDER BY snapshot, db, pattern, measure, at_least",
  slots: "SELECT * FROM slots ORDER BY snapshot, slot",
  big_keys: "SELECT * FROM big_keys ORDER BY snapshot, ranked_by, type, rank, record_offset",
  hot_keys: "SELECT * FROM hot_keys ORDER BY snapshot, ranked_by, rank",
  databases: "SELECT * FROM databases ORDER BY snapshot, db",
  functions: "SELECT * FROM functions",
  module_aux: "SELECT * FROM module_aux",
  aux_fields: "SELECT * FROM aux_fields",
  warnings: "SELECT * FROM warnings",
  snapshots:
    "SELECT snapshot, file_bytes, magic, keys, expired_keys, checksum, created_at, complete FROM snapshots",
};

export const KEYS = "SELECT * FROM keys ORDER BY snapshot, record_offset";

export function summariesOf(output: string): Record<string, Row[]> {
  return Object.fromEntries(Object.entries(SUMMARIES).map(([name, sql]) => [name, ask(output, sql)]));
}
