import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeInventory } from "../queries/small-inventory.ts";
import { runInside } from "./run-inside.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-schema-test-"));
const file = path.join(folder, "small.sqlite");
beforeAll(() => writeInventory(file));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const text = async (...args: string[]) => (await runInside(["schema", ...args])).stdout.toString();

describe("schema", () => {
  test("prints every table with its columns, without an inventory", async () => {
    const columns = JSON.parse(await text("--format", "json"));
    expect(columns[0]).toEqual({
      table: "keys",
      kind: "view",
      column: "snapshot",
      type: "INTEGER",
      unit: "id",
      meaning: "Snapshot the row belongs to: 1, 2, … in the order of analysis.",
    });
    expect((await text()).match(/^\w+ \((?:view|table|base table)\): /gm)!.length).toBe(
      new Set(columns.map((one: { table: string }) => one.table)).size,
    );
  });

  test("keeps sentences whole on a narrow terminal", async () => {
    const { stdout } = await runInside(["schema", "--table", "memory"], true);
    const lines = stripVTControlCharacters(stdout.toString()).split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(stdout.toString()).not.toMatch(/\w…\w/);
  });

  test("gives the statements that make an inventory", async () => {
    const db = new Database(":memory:");
    db.exec(await text("--sql"));
    const made = new Database(file, { readonly: true });
    const names = "SELECT name, sql FROM sqlite_schema ORDER BY name";
    expect(db.prepare(names).all()).toEqual(made.prepare(names).all());
    expect(db.pragma("user_version")).toEqual(made.pragma("user_version"));
    made.close();
    expect(await text("--sql", "--table", "slots")).toMatch(/^CREATE TABLE slots \([^;]*;\n$/);
  });

  test("tells what was added to an inventory", async () => {
    const db = new Database(file);
    db.exec('CREATE INDEX by_size ON key_rows (bytes); CREATE TABLE "mine\x1b[2J" (a)');
    db.close();
    const { stderr, status } = await runInside(["schema", file, "--table", "slots"]);
    expect([status, stderr.toString()]).toEqual([
      0,
      `rdbscope: ${file} has more than that: index by_size, table mine\\x1B[2J\n`,
    ]);
  });

  test.each([
    [["--table", "rolup"], "there is no table or view rolup: is it rollup?"],
    [["--sql", "--format", "json"], "--sql is SQL, whatever --format says"],
    [[path.join(os.tmpdir(), "nothing-here.sqlite")], "no such file"],
  ])("%j is refused", async (args, message) => {
    const { status, stdout, stderr } = await runInside(["schema", ...args]);
    expect(status).not.toBe(0);
    expect(stdout.toString()).toBe("");
    expect(stderr.toString()).toMatch(/^rdbscope: [^\n]*\n$/);
    expect(stderr.toString()).toContain(message);
  });
});
