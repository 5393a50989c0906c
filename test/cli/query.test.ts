import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readLiteral } from "../../src/cli/statement.ts";
import { KEYS, writeInventory } from "../queries/small-inventory.ts";
import { runCli } from "./run-cli.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-query-test-"));
const one = path.join(folder, "one.sqlite");
const two = path.join(folder, "two.sqlite");
const noRows = path.join(folder, "none.sqlite");

beforeAll(() => {
  writeInventory(one);
  writeInventory(two, KEYS, true, 2);
  writeInventory(noRows, KEYS, false);
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const json = async (...args: string[]) => {
  const ran = await runCli(["query", ...args, "--format", "json"]);
  expect(ran).toMatchObject({ status: 0, stderr: "" });
  return JSON.parse(ran.stdout);
};
/** A command line that is refused in one line. */
const refusal = async (...args: string[]) => {
  const ran = await runCli(["query", ...args]);
  expect(ran).toMatchObject({ status: 2, stdout: "" });
  expect(ran.stderr).toMatch(/^rdbscope: [^\n]*\n$/);
  return ran.stderr;
};

describe("parameters", () => {
  test("are bound, never spliced", async () => {
    const sql = "SELECT :text AS text, :n + 1 AS n, :b AS key, :absent IS NULL AS absent, typeof(:t) AS kind";
    const values = [
      "text='; DROP TABLE slots; --",
      "n=9007199254740992",
      "b=x'ff00'",
      "absent=NULL",
      "t='7'",
    ];
    expect(await json(one, sql, ...values.flatMap((value) => ["--param", value]))).toEqual([
      {
        text: "'; DROP TABLE slots; --",
        n: 9007199254740992 + 1,
        key: { base64: "/wA=" },
        absent: 1,
        kind: "text",
      },
    ]);
  });

  test("choose rows", async () => {
    const sql = "SELECT key FROM keys WHERE bytes > :least AND type = :type LIMIT :n";
    const params = ["--param", "least=100", "--param", "type=hash", "--param", "n=5"];
    expect(await json(one, sql, ...params)).toEqual([{ key: "user:2" }]);
  });

  test.each([
    [["SELECT :x"], /:x has no value: give one with --param x=VALUE/],
    [["SELECT 1", "--param", "x=1"], /there is no :x in the statement/],
    [["SELECT ?1"], /write :name/],
    [["SELECT ?"], /write :name/],
    [["SELECT :x", "--param", "x"], /"x" is not name=value/],
    [["SELECT :x", "--param", "x=1", "--param", "x=2"], /--param x was given twice/],
  ])("%j is refused", async (args, message) => expect(await refusal(one, ...args)).toMatch(message));
});

test.each([
  ["10", 10n],
  ["-1", -1n],
  ["9223372036854775808", "9223372036854775808"],
  ["007", "007"],
  ["1.5", 1.5],
  ["null", null],
  ["'it''s'", "it's"],
  ["X'00fF'", Buffer.from([0, 255])],
  ["user:*", "user:*"],
  ["", ""],
])("the value %j", (text, value) => expect(readLiteral(text)).toEqual(value));

describe("questions with names", () => {
  test("take typed parameters with defaults", async () => {
    const rows = await json(one, "top-keys", "--param", "limit=1", "--param", "db=0");
    expect(rows).toEqual([expect.objectContaining({ snapshot: 1, key: "user:2", bytes: 5000 })]);
    const sized = await json(one, "oversized-keys", "--param", "bytes=0.1K", "--param", "elements=600");
    expect(sized.map((row: { key: string }) => row.key)).toEqual(["user:2", "s:a"]);
  });

  test("are asked of each snapshot, or of one", async () => {
    const rows = await json(two, "databases");
    expect(rows.map((row: { snapshot: number }) => row.snapshot)).toEqual([]); // The table is empty here.
    const patterns = await json(two, "top-patterns", "--param", "limit=1");
    expect(patterns.map((row: { snapshot: number; keys: number }) => [row.snapshot, row.keys])).toEqual([
      [1, 2],
      [2, 2],
    ]);
    expect(await json(two, "top-patterns", "--param", "limit=1", "--param", "snapshot=2")).toHaveLength(1);
    const { stdout } = await runCli(["query", two, "top-patterns"]);
    expect(stdout).toContain("the patterns with the most memory: snapshot 2, dump2.rdb");
    expect(await refusal(two, "top-patterns", "--param", "snapshot=3")).toMatch(/holds no snapshot 3/);
  });

  test("find a key whose name is no text", async () => {
    const [row] = await json(one, "key", "--param", 'key="\\xff\\x00\\\\"');
    expect(row).toMatchObject({
      key: { base64: Buffer.from([0xff, 0, 0x5c]).toString("base64") },
      bytes: 60,
    });
  });

  test("say why there is nothing", async () => {
    expect((await runCli(["query", one, "hot-keys"])).stderr).toMatch(/no LFU counters/);
    expect((await runCli(["query", noRows, "top-keys"])).stderr).toMatch(/--keys none/);
  });

  test("that are misspelt are told", async () => {
    expect(await refusal(one, "top-patern")).toMatch(/no question top-patern: is it top-patterns/);
    expect(await refusal(one, "elements")).toMatch(/most-elements or largest-elements/);
    expect(await refusal(one, "SELECT")).toMatch(/no question SELECT/);
    expect(await refusal(one, "top-keys", "--param", "limt=2")).toMatch(/no parameter limt: is it limit\?/);
    expect(await refusal(one, "top-keys", "--param", "limit=many")).toMatch(
      /limit: "many" is not a whole number/,
    );
    for (const [param, expected] of [
      ["type=nonsense", /--param type: "nonsense" is not one of string, list, .* or modules' names/],
      ["db=a", /--param db: "a" is not a whole number/],
      ["limit=-1", /--param limit: "-1" is not a whole number/],
    ] as const)
      expect(await refusal(one, "top-keys", "--param", param)).toMatch(expected);
    expect(await refusal(one, "keys-like")).toMatch(/needs --param glob=VALUE/);
    expect(await refusal("--list", "nothing")).toMatch(/no question nothing/);
  });

  test.each([
    ["SELECT bites FROM keys", /no such column: bites: is it bytes\? rdbscope schema names all/],
    ["SELECT k.bites FROM keys k", /is it bytes\?/],
    ["SELECT max_bytes FROM keys", /: no such column: max_bytes: it is a column of rollup, [a-z_, ]+\n$/],
    ["SELECT key FROM other.keys", /no such table: other\.keys: (?!is it keys\?)/],
    ["SELECT key FROM key", /no such table: key: is it keys\?/],
    ["SELECT zzzzzz FROM keys", /no such column: zzzzzz: rdbscope schema names all/],
    ["SELECT key FROM keys WHERE bytes > 10K", /"10K": sizes in SQL are plain bytes, as 10240/],
    ["SELECT key FROM keys WHERE bytes > 2MB", /plain bytes, as 2097152/],
  ])("%s is refused with a hint", async (sql, hint) => expect(await refusal(one, sql)).toMatch(hint));

  test("are listed in a line each, with parameters and defaults", async () => {
    const { stdout } = await runCli(["query", "--list"]);
    expect(stdout).toMatch(/^top-patterns +the patterns with the most memory \(limit=20 db type\)$/m);
    const all = await json("--list");
    expect(stdout.trim().split("\n")).toHaveLength(all.length);
    expect((await runCli(["query", "--list", "top-patterns"])).stdout).toContain(`${all[8].sql};\n`);
  });
});

describe("without SQL", () => {
  const BIN = fileURLToPath(new URL("../../bin/rdbscope.js", import.meta.url));
  const piped = (input: string, ...args: string[]) =>
    new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) => {
      const child = spawn(process.execPath, [BIN, "query", ...args]);
      let [stdout, stderr] = ["", ""];
      child.stdout.on("data", (text) => (stdout += text));
      child.stderr.on("data", (text) => (stderr += text));
      child.on("close", (status) => resolve({ status, stdout, stderr }));
      child.stdin.end(input);
    });

  test("the statement comes from the standard input", async () => {
    const ran = await piped("-- what\nSELECT count(*) AS n\nFROM keys;\n", one, "--format", "ndjson");
    expect(ran).toEqual({ status: 0, stdout: '{"n":6}\n', stderr: "" });
    const named = await piped("top-keys\n", one, "--param", "limit=1", "--format", "ndjson");
    expect(JSON.parse(named.stdout)).toMatchObject({ key: "user:2" });
  });

  test("nothing there is wrong usage", async () => {
    for (const args of [[one], ["-"]]) {
      const ran = await piped("", ...args);
      expect(ran).toMatchObject({ status: 2, stdout: "" });
      expect(ran.stderr).toMatch(/^rdbscope: no SQL: [^\n]*\n$/);
    }
    expect(await refusal()).toMatch(/give a snapshot or an inventory/);
  });
});
