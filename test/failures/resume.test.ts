import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RdbWriter } from "../../bench/rdb-writer.ts";
import { SHAPES } from "../../bench/shapes.ts";
import { run } from "./kill-trial.ts";
import { faultOf, newFolder } from "./support.ts";

const root = newFolder();
const files: string[] = [];
let whole: Record<string, unknown[]>;
let wholeMs: number;

/** The rows of every table, but for the time of the analysis. */
function tablesOf(inventory: string): Record<string, unknown[]> {
  const db = new Database(inventory, { readonly: true });
  try {
    const names = db
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
      .pluck()
      .all();
    return Object.fromEntries(
      names.map((name) => {
        const rows = db.prepare(`SELECT * FROM "${name}"`).all() as Record<string, unknown>[];
        return [String(name), rows.map(({ analyzed_at: _, ...row }) => row)];
      }),
    );
  } finally {
    db.close();
  }
}

const argsOf = (inventory: string) => ["analyze", ...files, "-o", inventory, "--workers", "2", "--resume"];
const partsIn = (folder: string) =>
  fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => /^part-\d+\.sqlite$/.test(name)).length : 0;

beforeAll(async () => {
  for (let i = 0; i < 12; i++) {
    const file = path.join(root, `shard-${i}.rdb`);
    const writer = new RdbWriter(file, i + 1);
    SHAPES.mixed!(writer, { keys: 3000 });
    writer.finish();
    files.push(file);
  }
  const inventory = path.join(root, "whole.sqlite");
  const { ms, status, stderr } = await run(argsOf(inventory));
  expect([status, stderr]).toEqual([0, ""]);
  whole = tablesOf(inventory);
  wholeMs = ms;
});
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

test("a run of several snapshots, killed again and again, makes the same inventory in the end", async () => {
  const place = path.join(root, "killed");
  fs.mkdirSync(place);
  const inventory = path.join(place, "cluster.sqlite");
  const kept: number[] = [];
  for (const share of [0.3, 0.5, 0.6, 0.8, 0.9]) {
    const { killed } = await run(argsOf(inventory), share * wholeMs);
    if (!killed) break;
    expect(fs.existsSync(inventory) ? faultOf(inventory) : undefined).toBe(undefined);
    kept.push(partsIn(`${inventory}.partial`));
  }
  expect(kept).toEqual(kept.toSorted((a, b) => a - b));
  const { status, stderr } = await run(argsOf(inventory));
  expect([status, stderr.includes("bug")]).toEqual([0, false]);
  expect(faultOf(inventory)).toBe(undefined);
  expect(fs.readdirSync(place)).toEqual(["cluster.sqlite"]);
  const found = tablesOf(inventory);
  for (const [name, rows] of Object.entries(whole)) expect({ [name]: found[name] }).toEqual({ [name]: rows });
});
