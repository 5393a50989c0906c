import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../../src/cli/run.ts";
import { DATASET_QUESTIONS } from "../../src/queries/named/fleet.ts";
import { aofFiles } from "../support/wrap.ts";
import { runCli, SAMPLE, start } from "./run-cli.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-dataset-test-"));
const dataset = path.join(folder, "it's a dataset");
const sort = path.join(folder, "sort");
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

beforeAll(async () => {
  fs.mkdirSync(sort);
  for (const node of ["one", "two"]) {
    const args = ["analyze", SAMPLE, "--parquet", dataset, "--node", node, "--quiet", "--workers", "1"];
    expect((await runCli(args)).status).toBe(0);
  }
});

const ask = (sql: string, ...more: string[]) => runCli(["query", dataset, sql, "--temp-dir", sort, ...more]);
const json = async (sql: string, ...more: string[]) => {
  const ran = await ask(sql, "--format", "json", ...more);
  expect(ran).toMatchObject({ status: 0, stderr: "" });
  return JSON.parse(ran.stdout);
};

describe("a dataset", () => {
  test("has typed partitions, times in ms and names as they are", async () => {
    const rows = await json(
      "SELECT node, typeof(date) AS t, date, count(*) AS keys, sum(bytes) AS bytes, max(expires_at) AS last FROM keys GROUP BY ALL ORDER BY node",
    );
    const expected = { t: "DATE", date: "2026-11-21", keys: 3264, last: expect.any(Number) };
    expect(rows).toMatchObject([
      { node: "one", ...expected },
      { node: "two", ...expected },
    ]);
    expect(rows[0].last).toBeGreaterThan(1.79e12);
    const [named] = await json("SELECT key FROM keys WHERE key = 'stream:orders' LIMIT 1");
    expect(named).toEqual({ key: "stream:orders" });
    const binary = await json("SELECT DISTINCT key FROM fleet_keys WHERE key_text IS NULL");
    expect(binary.length).toBeGreaterThan(0);
    for (const { key } of binary) expect(key).toEqual({ base64: expect.any(String) });
  });

  test("is asked by name, and with parameters", async () => {
    const shares = await ask("node-memory", "--format", "json");
    expect(JSON.parse(shares.stdout).map((row: { bytes_share: number }) => row.bytes_share)).toEqual([
      0.5, 0.5,
    ]);
    expect(shares.stderr).toBe("rdbscope: totals count data twice, of the same file: two as one\n");
    const sql = "SELECT count(*) AS keys FROM keys WHERE type = $type AND bytes > $least AND node = 'one'";
    expect(await json(sql, "--param", "type=hash", "--param", "least=0")).toEqual([{ keys: 951 }]);
  });

  test.each([
    ["x'00ff'", "AP8="],
    ["x'ff'", "/w=="],
  ])("takes bytes for a parameter: %s", async (literal, base64) => {
    const rows = await json("SELECT $k AS k, typeof($k) AS t", "--param", `k=${literal}`);
    expect(rows).toEqual([{ k: { base64 }, t: "BLOB" }]);
  });

  test("has no prompt, and says so on a terminal", async () => {
    let told = "";
    const stderr = new PassThrough().on("data", (text) => (told += text));
    const [stdin, stdout] = [new PassThrough(), new PassThrough()].map((one) =>
      Object.assign(one, { isTTY: true }),
    );
    const cli = { stdin: stdin!, stdout: stdout!, stderr, env: {}, status: 0, outputError: undefined };
    expect(await run(["query", dataset], cli)).toBe(2);
    expect(told).toMatch(/^rdbscope: no SQL: give a SELECT .*; datasets have no prompt\n$/);
  });

  test("finds a name by its bytes", async () => {
    const hex = Buffer.from("stream:orders").toString("hex");
    const sql = "SELECT count(*) AS n FROM keys WHERE key = $k AND node = 'one'";
    expect(await json(sql, "--param", `k=x'${hex}'`)).toEqual([{ n: 1 }]);
    expect(await json(sql, "--param", "k=x''")).toEqual([{ n: 0 }]);
    const text = "SELECT count(*) AS n FROM keys WHERE key = encode($k)";
    expect(await json(text, "--param", "k=\u043a\u043b\u044e\u0447")).toEqual([{ n: 0 }]);
  });

  test("has texts whole that begin with U+FEFF", async () => {
    const rows = await json("SELECT chr(65279) || 'bom' AS text, encode(chr(65279) || 'bom') AS bytes");
    expect(rows).toEqual([{ text: "\ufeffbom", bytes: "\ufeffbom" }]);
  });

  test("lists what it can be asked by name, with as many rows as are wanted", async () => {
    const { stdout } = await runCli(["query", dataset, "--list", "--format", "json"]);
    const listed = JSON.parse(stdout) as { question: string; parameters: string }[];
    expect(listed.map(({ question }) => question).sort()).toEqual([...DATASET_QUESTIONS].sort());
    const limited = listed.filter(({ parameters }) => parameters === "limit=20");
    expect(limited.length).toBeGreaterThan(5);
    for (const { question } of limited) {
      const rows = await ask(question, "--param", "limit=2", "--format", "json");
      expect([question, rows.status, JSON.parse(rows.stdout).length <= 2]).toEqual([question, 0, true]);
    }
    expect(JSON.parse((await ask("cluster-top-keys", "--format", "json")).stdout)).toHaveLength(20);
    const more = await ask("cluster-top-keys", "--param", "limit=30", "--format", "json");
    expect(JSON.parse(more.stdout)).toHaveLength(30);
    const other = await runCli(["query", dataset, "--list", "top-keys"]);
    expect([other.status, other.stderr]).toEqual([
      2,
      expect.stringMatching(/top-keys is a question for inventories/),
    ]);
    const none = await ask("node-memory", "--param", "limit=2");
    expect([none.status, none.stderr]).toEqual([2, expect.stringContaining("no parameter limit")]);
  });

  test("streams as many rows as there are", async () => {
    const { status, stdout } = await ask("SELECT a.slot FROM keys a, range(20)", "--format", "csv");
    expect(status).toBe(0);
    expect(stdout.split("\r\n").length).toBe(2 * 3264 * 20 + 2);
  });

  test("ends well when whoever reads it leaves, whatever DuckDB is doing", async () => {
    // A piece takes DuckDB longer than writing it takes us: it is at work when the output is closed.
    const slow =
      "SELECT repeat(sha256(repeat('x', 2000) || a.record_offset), 2) AS s FROM keys a, range(100)";
    for (let time = 0; time < 10; time++) {
      const workers = time % 2 === 0 ? ["--workers", "1"] : [];
      const child = start(["query", dataset, slow, "--format", "csv", "--temp-dir", sort, ...workers]);
      let stderr = "";
      child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
      child.stdout.once("data", () => child.stdout.destroy());
      const status = await new Promise((resolve) => child.on("close", resolve));
      expect([time, status, stderr]).toEqual([time, 0, ""]);
    }
    expect(fs.readdirSync(sort)).toEqual([]);
  });

  test.each([
    ["COPY keys TO 'x.parquet'", /cannot access|only statements/i],
    ["CREATE TABLE t AS SELECT 1", /only statements that return rows/],
    ["EXPLAIN ANALYZE CREATE TABLE t AS SELECT 1", /only statements that return rows/],
    ["SELECT 1; SELECT 2", /only statements that return rows/],
    ["SET threads = 1", /only statements that return rows/],
    ["ATTACH 'x.db'", /cannot access|only statements/i],
    ["INSTALL httpfs", /only statements|extensions|cannot access/i],
    ["SELECT * FROM read_text('/etc/passwd')", /Cannot access file/],
    ["SELECT * FROM glob('*')", /Cannot access file/],
    ["SELECT * FROM 'https://localhost/x.parquet'", /Cannot access file/],
    ["SELECT $x", /\$x has no value: give one with --param x=VALUE/],
    ["SELECT keyz FROM keys", /SQL: /],
    ["SELECT * FROM keys WHERE type = :type", /a parameter of a dataset is \$name/],
    ["SELECT * FROM keys WHERE type =@type", /a parameter of a dataset is \$name/],
    ["SELECT * FROM keys WHERE key LIKE 'user:%'", /[^.]: .*key_text of fleet_keys/],
    ["SELECT instr('user', key) FROM keys", /key_text of fleet_keys/],
    ["SELECT decode(key) FROM keys", /key_text of fleet_keys/],
    ["SELECT * FROM keys WHERE key = 'schl\u00fcssel'", /key = encode\(\$name\)/],
    ["top-keys", /is a question for inventories; of a dataset: node-memory/],
  ])("refuses %s in one line", async (sql, message) => {
    const ran = await ask(sql);
    expect(ran).toMatchObject({ status: 2, stdout: "" });
    expect(ran.stderr).toMatch(/^rdbscope: [^\n]*\n$/);
    expect(ran.stderr).toMatch(message);
  });

  const ENDLESS = "SELECT sum(a.bytes * b.bytes + c.bytes + d.bytes) FROM keys a, keys b, keys c, keys d";

  test("ends a question that takes too long, and leaves nothing behind", async () => {
    const { status, stderr } = await ask(ENDLESS, "--timeout", "1s");
    expect([status, stderr]).toEqual([2, expect.stringContaining("it ran longer than 1 s")]);
    expect(fs.readdirSync(sort)).toEqual([]);
  });

  test("ends a question when it is interrupted", async () => {
    const child = start(["query", dataset, ENDLESS, "--temp-dir", sort]);
    const ended = new Promise((resolve) => child.on("close", resolve));
    setTimeout(() => child.kill("SIGINT"), 1500);
    expect(await ended).toBe(130);
    expect(fs.readdirSync(sort)).toEqual([]);
  });

  test("leaves out what is not complete, and says so", async () => {
    const partition = path.join("cluster=default", "date=2026-11-21", "node=two");
    const manifest = path.join(dataset, "keys", partition, "_manifest.json");
    const text = fs.readFileSync(manifest);
    fs.rmSync(manifest);
    const ran = await ask("SELECT count(*) AS keys FROM keys", "--format", "csv");
    expect(ran).toMatchObject({ status: 0, stdout: "keys\r\n3264\r\n" });
    expect(ran.stderr).toMatch(
      /^rdbscope: left out, as not complete: cluster=default\/date=2026-11-21\/node=two: it has no _manifest.json\n$/,
    );
    fs.writeFileSync(manifest, text);
  });

  test.each([
    [
      "of another file",
      (text: string) => text.replace(/"path": "rollup[^"]*"/, '"path": "../elsewhere.parquet"'),
      "names ../elsewhere.parquet, which is no file of it",
    ],
    [
      "of a file that is not there",
      (text: string) => text.replace(/(rollup[^"]*)00000/, "$100001"),
      "part-00001.parquet is not there",
    ],
    [
      "of a file of another size",
      (text: string) => text.replace(/"bytes": \d+/, '"bytes": 7'),
      /part-00000.parquet has \d+ bytes, not 7/,
    ],
    [
      "of another partition",
      (text: string) => text.replace('"node": "two"', '"node": "one"'),
      /_manifest.json is that of keys.*node=one/,
    ],
    [
      "of a later version",
      (text: string) => text.replace('"dataset_version": 1', '"dataset_version": 9'),
      "version 9 of datasets: this rdbscope reads version 1",
    ],
    ["that is cut", (text: string) => text.slice(0, 300), "is no JSON"],
    [
      "without a member",
      (text: string) => text.replace('"magic"', '"magik"'),
      "its snapshot.magic is missing or wrong",
    ],
  ])("does not read by a manifest %s, and says why", async (_, changed, why) => {
    const manifest = path.join(
      dataset,
      "keys",
      "cluster=default",
      "date=2026-11-21",
      "node=two",
      "_manifest.json",
    );
    const text = fs.readFileSync(manifest, "utf8");
    fs.copyFileSync(SAMPLE, path.join(folder, "elsewhere.parquet"));
    fs.writeFileSync(manifest, changed(text));
    expect(fs.readFileSync(manifest, "utf8")).not.toBe(text);
    const ran = await ask("SELECT count(*) AS keys FROM keys", "--format", "csv");
    fs.writeFileSync(manifest, text);
    expect(ran).toMatchObject({ status: 0, stdout: "keys\r\n3264\r\n" });
    expect(ran.stderr).toMatch(/left out, as not complete: .*node=two: /);
    expect(ran.stderr).toMatch(why);
  });

  test("is verified by the checksums of its manifests", async () => {
    const sound = await runCli(["verify", dataset, "--format", "json"]);
    expect([sound.status, JSON.parse(sound.stdout)[0].sound]).toEqual([0, true]);
    const [file] = fs
      .readdirSync(dataset, { recursive: true, encoding: "utf8" })
      .filter((name) => /rollup.*parquet$/.test(name));
    const bytes = fs.readFileSync(path.join(dataset, file!));
    const changed = Buffer.from(bytes);
    changed[100]! ^= 1;
    fs.writeFileSync(path.join(dataset, file!), changed);
    const { status, stdout, stderr } = await runCli(["verify", dataset]);
    expect([status, stdout, stderr]).toEqual([3, expect.stringContaining(`${file} has changed`), ""]);
    const csv = await runCli(["verify", dataset, "--format", "csv"]);
    expect([csv.status, csv.stderr]).toEqual([3, expect.stringContaining(`${file} has changed`)]);
    fs.writeFileSync(path.join(dataset, file!), Buffer.alloc(bytes.length));
    const asked = await ask("SELECT sum(bytes) FROM rollup");
    expect([asked.status, asked.stderr]).toEqual([4, expect.stringContaining("rdbscope verify tells")]);
    // An end that is no footer, of the right length: what DuckDB says of it has no name.
    const end = bytes.length - 8;
    const footer = Buffer.from(bytes).fill(0xff, end - bytes.readUInt32LE(end), end);
    fs.writeFileSync(path.join(dataset, file!), footer);
    const named = await ask("SELECT sum(bytes) FROM rollup");
    expect([named.status, named.stderr]).toEqual([4, expect.stringContaining(`${file} cannot be read (`)]);
    fs.writeFileSync(path.join(dataset, file!), bytes);
  });

  test("is not sound with Parquet files that no manifest names: engines that list folders read them", async () => {
    const more = path.join(folder, "more");
    fs.cpSync(dataset, more, { recursive: true });
    const day = "cluster=default/date=2026-11-21";
    const part = path.join(more, `keys/${day}/node=one/part-00000.parquet`);
    const copies = [
      `keys/${day}/node=one/part-00001.parquet`,
      "keys/keys/cluster=default/date=2026-11-21/node=one/part-00000.parquet",
      `rollup/${day}/node=three/part-00000.parquet`,
      "rollup/copy.parquet",
    ];
    const others = [`keys/${day}/node=one/notes.txt`, "keys/.old/part-00000.parquet", "copy.parquet"];
    for (const name of [...copies, ...others]) {
      fs.mkdirSync(path.dirname(path.join(more, name)), { recursive: true });
      fs.copyFileSync(part, path.join(more, name));
    }
    fs.symlinkSync(path.join(more, "keys"), path.join(more, "keys", "above"));
    const verified = await runCli(["verify", more, "--format", "json"]);
    const messages = JSON.parse(verified.stdout)[0].faults.map((fault: { message: string }) => fault.message);
    const told = (name: string) => expect.stringContaining(`${name} is named by no manifest`);
    const [one, inside, , alone] = copies.map(told);
    const unfinished = expect.stringMatching(/node=three is not complete: it has no _manifest.json$/);
    expect([verified.status, messages]).toEqual([3, [unfinished, one, inside, alone]]);
  });

  test("may have no rows of keys", async () => {
    const none = path.join(folder, "none");
    await runCli(["analyze", SAMPLE, "--parquet", none, "--keys", "none", "--quiet", "--workers", "1"]);
    const ran = await runCli([
      "query",
      none,
      "SELECT count(*) AS keys, max(key) AS key FROM keys",
      "--format",
      "json",
    ]);
    expect([ran.status, JSON.parse(ran.stdout)]).toEqual([0, [{ keys: 0, key: null }]]);
    expect(ran.stderr).toMatch(/1 of 1 partitions of .* have no rows of keys: --keys none/);
  });
});

test.each([
  [[folder, "SELECT 1"], /is no dataset: it has no folder keys/],
  [[SAMPLE, "SELECT 1", "--engine", "duckdb"], /is no folder: --engine duckdb asks datasets/],
  [[folder, "SELECT 1", "--engine", "sqlite"], /is a folder: ask it with --engine duckdb/],
  [[folder, "SELECT 1", "--salvage"], /--salvage is for snapshots/],
])("query %j is refused", async (args, message) => {
  const { status, stderr } = await runCli(["query", ...args]);
  expect([status, stderr]).toEqual([2, expect.stringMatching(message)]);
});

test("a folder of an AOF is a snapshot, as ever", async () => {
  const aof = path.join(folder, "appendonlydir");
  fs.mkdirSync(aof);
  for (const [name, content] of Object.entries(aofFiles(fs.readFileSync(SAMPLE))))
    fs.writeFileSync(path.join(aof, name), content);
  const counted = await runCli(["query", aof, "SELECT count(*) AS keys FROM keys", "--format", "csv"]);
  expect(counted).toMatchObject({ status: 0, stdout: "keys\r\n3264\r\n" });
  const verified = await runCli(["verify", aof, "--format", "json"]);
  expect([verified.status, JSON.parse(verified.stdout)[0].keys]).toEqual([0, 3264]);
});

test("an empty dataset is a usage error", async () => {
  const empty = path.join(folder, "empty");
  fs.mkdirSync(path.join(empty, "keys"), { recursive: true });
  const { status, stderr } = await runCli(["query", empty, "SELECT 1"]);
  expect([status, stderr]).toEqual([2, expect.stringContaining("holds no partition")]);
});

test("a dataset tells which snapshots were salvaged, and who has none of the last day", async () => {
  const days = path.join(folder, "days");
  const cut = path.join(folder, "cut.rdb");
  fs.writeFileSync(cut, fs.readFileSync(SAMPLE).subarray(0, 300_000));
  for (const [file, node, date] of [
    [SAMPLE, "a", "2026-11-01"],
    [SAMPLE, "b", "2026-11-01"],
    [cut, "a", "2026-11-02"],
  ] as const) {
    const partition = ["--parquet", days, "--node", node, "--date", date];
    await runCli(["analyze", file, ...partition, "--salvage", "--quiet", "--workers", "1"]);
  }
  const salvaged =
    "keys are missing, as damaged snapshots were salvaged, in 1 of 3 partitions: cluster=default/date=2026-11-02/node=a\n";
  const last = await runCli(["query", days, "node-memory"]);
  expect(last.stderr.split("rdbscope: ").slice(1)).toEqual([
    salvaged,
    "1 of 2 nodes has no snapshot of 2026-11-02, the last day, and is not in this answer: b\n",
  ]);
  const growth = await runCli(["query", days, "cluster-growth"]);
  expect(growth.stderr).toContain("totals count data twice, of the same file: b as a\n");
  expect((await runCli(["query", days, "SELECT 1"])).stderr).toBe(`rdbscope: ${salvaged}`);
});

test("a dataset of which nothing is complete is told what is wrong, and is verified all the same", async () => {
  const broken = path.join(folder, "broken");
  fs.cpSync(dataset, broken, { recursive: true });
  for (const name of fs.readdirSync(broken, { recursive: true, encoding: "utf8" }))
    if (name.endsWith("_manifest.json")) fs.writeFileSync(path.join(broken, name), "{");
  const asked = await runCli(["query", broken, "SELECT 1"]);
  expect([asked.status, asked.stdout]).toEqual([4, ""]);
  expect(asked.stderr).toMatch(/no partition of .* is complete: .*node=one: .* is no JSON.*, and 1 other /);
  const verified = await runCli(["verify", broken, "--format", "json"]);
  expect([verified.status, JSON.parse(verified.stdout)[0].faults.length]).toEqual([3, 2]);
});

test("a dataset that is given as a snapshot is told to be one, and an inventory that is to become one", async () => {
  for (const args of [
    ...["summary", "types", "doctor", "report", "analyze"].map((command) => [command, dataset]),
    ["check", dataset, "--policy", path.join(import.meta.dirname, "../../docs/policy.example.yaml")],
    ["diff", dataset, SAMPLE],
    ["trend", SAMPLE, dataset],
  ]) {
    const { status, stderr } = await runCli(args);
    const message = `is a dataset: rdbscope query ${dataset} --list shows what it can be asked`;
    expect([args, status, stderr]).toEqual([args, 2, expect.stringContaining(message)]);
  }
  const inventory = path.join(folder, "one.sqlite");
  expect((await runCli(["analyze", SAMPLE, "-o", inventory, "--quiet"])).status).toBe(0);
  const { status, stderr } = await runCli(["analyze", inventory, "--parquet", path.join(folder, "of-one")]);
  expect([status, stderr]).toEqual([3, expect.stringContaining("export --parquet makes a dataset of it")]);
});

test("a folder of snapshots is no dataset to be written to: what can be done with them is told", async () => {
  const snapshots = path.join(folder, "snapshots");
  fs.mkdirSync(path.join(snapshots, "2026-11-01"), { recursive: true });
  fs.copyFileSync(SAMPLE, path.join(snapshots, "2026-11-01", "shard-1.rdb"));
  const files = path.join(snapshots, "*", "*.rdb");
  for (const args of [
    ["query", snapshots, "SELECT 1"],
    ["verify", snapshots],
    ["analyze", snapshots],
  ]) {
    const { status, stderr } = await runCli(args);
    expect([status, stderr]).toEqual([2, expect.stringContaining(files)]);
    expect(stderr).not.toContain(`--parquet ${snapshots}`);
  }
});
