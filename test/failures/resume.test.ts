import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RdbWriter } from "../../bench/rdb-writer.ts";
import { SHAPES } from "../../bench/shapes.ts";
import { run } from "./kill-trial.ts";
import { CLI, faultOf, newFolder } from "./support.ts";

const root = newFolder();
const files: string[] = [];
let whole: Record<string, unknown[]>;

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

/** Runs the CLI and kills it when so many snapshots have been read; tells whether it was over before. */
function killAt(parts: number, inventory: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...CLI, ...argsOf(inventory)], { stdio: "ignore" });
    const look = setInterval(() => {
      if (partsIn(`${inventory}.partial`) >= parts) child.kill("SIGKILL");
    }, 1);
    child.on("error", reject).on("close", (_, signal) => {
      clearInterval(look);
      resolve(signal === null);
    });
  });
}

const FILES = 8;

beforeAll(async () => {
  for (let i = 0; i < FILES; i++) {
    const file = path.join(root, `shard-${i}.rdb`);
    const writer = new RdbWriter(file, i + 1);
    SHAPES.mixed!(writer, { keys: 2000 });
    writer.finish();
    files.push(file);
  }
  const inventory = path.join(root, "whole.sqlite");
  const { status, stderr } = await run(argsOf(inventory));
  expect([status, stderr]).toEqual([0, ""]);
  whole = tablesOf(inventory);
});
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

test("a run of several snapshots, killed again and again, makes the same inventory in the end", async () => {
  const place = path.join(root, "killed");
  fs.mkdirSync(place);
  const inventory = path.join(place, "cluster.sqlite");
  const [first, second] = [await killAt(2, inventory), partsIn(`${inventory}.partial`)];
  expect([first, second >= 2]).toEqual([false, true]);
  // With all that were to be read: it dies while it makes the inventory of them, or is done.
  for (const parts of [second + 2, FILES, FILES]) {
    if (fs.existsSync(inventory)) break;
    await killAt(parts, inventory);
    expect(fs.existsSync(inventory) ? faultOf(inventory) : undefined).toBe(undefined);
  }
  const { status } = await run(argsOf(inventory));
  expect(status).toBe(0);
  expect(faultOf(inventory)).toBe(undefined);
  expect(fs.readdirSync(place)).toEqual(["cluster.sqlite"]);
  const found = tablesOf(inventory);
  for (const [name, rows] of Object.entries(whole)) expect({ [name]: found[name] }).toEqual({ [name]: rows });
});
