import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fromParamRecords } from "../../src/cli/query-process/protocol.ts";
import { statementOf } from "../../src/cli/statement.ts";
import { DOCUMENTED } from "../../src/inventory/documentation/index.ts";
import { openInventory } from "../../src/inventory/open.ts";
import type { Row } from "../../src/queries/answer.ts";
import { DATASET_QUESTIONS } from "../../src/queries/named/fleet.ts";
import { isPerSnapshot, NAMED_QUESTIONS } from "../../src/queries/named/index.ts";
import { query } from "../../src/queries/query.ts";
import { runCli, SAMPLE } from "../cli/run-cli.ts";
import { SAMPLE_TRUTH } from "../support/sample-truth.ts";

/** Inventories as other programs get them: of keys with binary names, and of several snapshots with hashed names. */
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-elsewhere-test-"));
const sample = path.join(folder, "sample.sqlite");
const several = path.join(folder, "several.sqlite");
const noRows = path.join(folder, "no-rows.sqlite");

beforeAll(async () => {
  const made = [
    await runCli(["analyze", SAMPLE, "-o", sample, "--quiet", "--index", "key,pattern,bytes"]),
    await runCli(["analyze", SAMPLE, SAMPLE, "-o", several, "--quiet", "--hash-keys"]),
    await runCli(["analyze", SAMPLE, "-o", noRows, "--quiet", "--keys", "none"]),
  ];
  expect(made.map(({ status }) => status)).toEqual([0, 0, 0]);
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const PYTHON = `
import sqlite3, sys
db = sqlite3.connect("file:" + sys.argv[1] + "?mode=ro", uri=True)
if sqlite3.sqlite_version_info < (3, 37): sys.exit(77)
for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name").fetchall():
    print(name, len(db.execute("SELECT * FROM " + name).fetchall()))
print(db.execute("SELECT typeof(key), count(*) FROM keys GROUP BY 1").fetchall())
print(db.execute("PRAGMA foreign_key_check").fetchall(), db.execute("PRAGMA integrity_check").fetchall())
`;

/** What ours says of the same: our own driver, told nothing but the file. */
function counts(file: string): string[] {
  const db = new Database(file, { readonly: true });
  const names = DOCUMENTED.map(({ name }) => name).sort();
  const lines = names.map((name) => `${name} ${db.prepare(`SELECT count(*) FROM ${name}`).pluck().get()}`);
  db.close();
  return lines;
}

const HAS = (program: string) => spawnSync(program, ["--version"]).status === 0;

describe("an inventory is read by", () => {
  test.skipIf(!HAS("python3"))("Python's sqlite3, every table and view", ({ skip }) => {
    for (const file of [sample, several, noRows]) {
      const { status, stdout, stderr } = spawnSync("python3", ["-c", PYTHON, file], { encoding: "utf8" });
      if (status === 77) skip("its SQLite is older than 3.37");
      expect(stderr).toBe("");
      const lines = stdout.trim().split("\n");
      expect(lines.slice(0, -2)).toEqual(counts(file));
      expect(lines.at(-1)).toBe("[] [('ok',)]");
      if (file === sample) expect(lines.at(-2)).toBe("[('blob', 1), ('text', 3263)]");
    }
  });

  test.skipIf(!HAS("sqlite3"))("the sqlite3 shell, every view and every named question", () => {
    const views = DOCUMENTED.map(({ name }) => `SELECT count(*) FROM ${name};`);
    const set = ".parameter set :snapshot 1";
    const questions = Object.values(NAMED_QUESTIONS).map(({ sql, params = {} }) => {
      const values = Object.keys(params).map((name) => `.parameter set :${name} 1`);
      return [set, ...values, `${sql};`].join("\n");
    });
    const input = [".parameter init", ...views, ...questions].join("\n");
    const { status, stderr } = spawnSync("sqlite3", ["-readonly", "-bail", sample], {
      input,
      encoding: "utf8",
    });
    expect([status, stderr]).toEqual([0, ""]);
  });

  test("an index that a filter on the view can use", () => {
    const db = new Database(sample, { readonly: true });
    const plan = (where: string) =>
      (db.prepare(`EXPLAIN QUERY PLAN SELECT key FROM keys WHERE ${where}`).all() as { detail: string }[])
        .map(({ detail }) => detail)
        .join("; ");
    expect(plan("key = 'user:1500'")).toContain("key_rows_by_key");
    expect(plan("pattern = 'user:*'")).toContain("key_rows_by_pattern");
    expect(plan("bytes > 1000")).toContain("key_rows_by_bytes");
    db.close();
  });
});

/** Questions that have to be told something. */
const GIVEN: Readonly<Record<string, readonly string[]>> = {
  "keys-like": ["glob=*"],
  key: ["key=stream:orders"],
};

/** The rows of a named question, of one snapshot where it is asked of each. */
function answered(file: string, name: string, snapshot: number): readonly Row[] {
  const perSnapshot = isPerSnapshot(NAMED_QUESTIONS[name]!) ? [`snapshot=${snapshot}`] : [];
  const { sql, params } = statementOf(name, [...(GIVEN[name] ?? []), ...perSnapshot]);
  const inventory = openInventory(file);
  try {
    return [...query(inventory, { sql, params: fromParamRecords(params) }).rows];
  } finally {
    inventory.close();
  }
}

describe("every named question is answered", () => {
  test.each(Object.entries(NAMED_QUESTIONS))("%s", (name, { sql }) => {
    const one = answered(sample, name, 1);
    const of = { one: one.length, several: answered(several, name, 1).length };
    if (name === "snapshots" || name === "nodes") return expect(of).toEqual({ one: 1, several: 2 });
    if (name === "same-data") return expect(of).toEqual({ one: 0, several: 1 });
    if (name === "warnings") {
      const second = answered(several, name, 2).map(({ code }) => code);
      return expect([of, second]).toEqual([{ one: 0, several: 0 }, ["SAME_DATA"]]);
    }
    if (DATASET_QUESTIONS.includes(name)) {
      // Of all snapshots together: the sample alone has no second day, no second node and no idle times.
      const empty = ["cluster-growth", "cluster-twice", "cluster-cold"].includes(name);
      expect(of.one > 0).toBe(!empty);
      return expect(answered(noRows, name, 1)).toEqual(/FROM fleet_keys/.test(sql) ? [] : one);
    }
    if (name !== "key") {
      // Names are hashed there: as many rows, and the same figures.
      expect(answered(several, name, 1).length).toBe(one.length);
      expect(answered(several, name, 2)).toEqual(answered(several, name, 1));
    }
    expect(answered(noRows, name, 1)).toEqual(/FROM keys/.test(sql) ? [] : one);
  });

  test("of a snapshot too, in any format", async () => {
    const csv = await runCli(["query", SAMPLE, "top-patterns", "--format", "csv", "--quiet"]);
    expect(csv.stdout.split("\r\n")[0]).toBe(
      "snapshot,pattern,keys,bytes,bytes_share,average_bytes,max_bytes,no_ttl_share",
    );
    const markdown = await runCli(["query", sample, "databases", "--format", "markdown"]);
    expect(markdown.stdout).toContain("| db | keys | keys\\_with\\_ttl |");
  });
});

test("named questions agree with what the server answered of each key", async () => {
  const { stdout } = await runCli([
    "query",
    sample,
    "most-elements",
    "--param",
    "limit=3",
    "--format",
    "json",
  ]);
  const longest = SAMPLE_TRUTH.filter(({ type }) => type !== "string")
    .sort((a, b) => b.length - a.length)
    .slice(0, 2)
    .map(({ key, length }) => [key.toString(), length]);
  const found = JSON.parse(stdout) as { key: string; elements: number }[];
  expect(found.slice(0, 2).map(({ key, elements }) => [key, elements])).toEqual(longest);
  const raw = await runCli(["query", sample, "no-ttl", "--param", "limit=1000", "--format", "json"]);
  const never = (JSON.parse(raw.stdout) as { keys: number; bytes: number; pattern: string }[]).filter(
    ({ pattern }) => pattern !== "leaderboard:alltime", // Its size is an expectation.
  );
  const own = SAMPLE_TRUTH.filter(
    ({ key, expiresAt }) => expiresAt === -1 && key.toString() !== "leaderboard:alltime",
  );
  expect(never.reduce((all, one) => all + one.keys, 0)).toBe(own.length);
  expect(never.reduce((all, one) => all + one.bytes, 0)).toBe(own.reduce((all, one) => all + one.bytes, 0));
});
