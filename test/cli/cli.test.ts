import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FORMATS } from "../../src/reports/index.ts";
import { withFolder, writeInventory } from "../queries/small-inventory.ts";
import { runCli, SAMPLE, start } from "./run-cli.ts";
import { runInside } from "./run-inside.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-cli-test-"));
const inventory = path.join(folder, "small.sqlite");
const noRows = path.join(folder, "no-rows.sqlite");
const two = path.join(folder, "two.sqlite");
const truncated = path.join(folder, "truncated.rdb");
const changed = path.join(folder, "changed.rdb");

const sampleAll = path.join(folder, "all.sqlite");
const sampleNone = path.join(folder, "none.sqlite");

beforeAll(async () => {
  writeInventory(inventory);
  writeInventory(noRows, undefined, false);
  writeInventory(two, undefined, true, 2);
  const sample = fs.readFileSync(SAMPLE);
  fs.writeFileSync(truncated, sample.subarray(0, 5000));
  const wrong = Buffer.from(sample);
  wrong[wrong.length - 1]! ^= 1;
  fs.writeFileSync(changed, wrong);
  expect((await runCli(["analyze", SAMPLE, "-o", sampleAll])).status).toBe(0);
  expect((await runCli(["analyze", SAMPLE, "-o", sampleNone, "--keys", "none"])).status).toBe(0);
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

describe("exit statuses", () => {
  const cases: [number, string[], RegExp][] = [
    [0, ["types", inventory], /^$/],
    [2, [], /Usage: rdbscope/],
    [2, ["nonsense"], /^rdbscope: unknown command 'nonsense' \(see rdbscope --help\)\n$/],
    [2, ["types"], /missing required argument/],
    [2, ["types", inventory, "--nonsense"], /unknown option '--nonsense'/],
    [
      2,
      ["types", inventory, "--format", "xml"],
      /^rdbscope: --format: "xml" is not one of table, expanded, json/,
    ],
    [
      2,
      ["types", inventory, "--size", "9..1"],
      /^rdbscope: --size: "9..1" begins behind its end: is it 1..9\?\n$/,
    ],
    [2, ["types", inventory, "--ttl", "7d..1h"], /--ttl: "7d..1h" begins behind its end: is it 1h..7d\?/],
    [2, ["types", inventory, "--size", ".."], /^rdbscope: --size: ".." is not a range of sizes.*\n$/],
    [2, ["types", inventory, "--size", "9..x"], /^rdbscope: --size: "9..x" is not a range of sizes.*\n$/],
    [2, ["types", inventory, "--db", "x"], /--db: "x" is not a list of database numbers/],
    [2, ["types", inventory, "-t", "strng"], /--type: "strng" is not a list of string, list/],
    [2, ["types", inventory, "-k", "(", "--regex"], /--key: Invalid regular expression/],
    [2, ["types", inventory, "--regex"], /--regex needs --key/],
    [2, ["types", inventory, "--workers", "2"], /--workers is for snapshots/],
    [2, ["types", inventory, "--snapshot", "7"], /holds no snapshot 7; it holds 1/],
    [2, ["types", noRows, "-k", "user:*"], /--key needs a row a key.*--keys all/],
    [2, ["bigkeys", inventory, "-l", "0"], /--limit: "0" is not a whole number from 1/],
    [2, ["types", inventory, "--set", "cluster-enabled=yes"], /--set is for snapshots/],
    [2, ["types", SAMPLE, "--profile", "redis-1"], /--profile: "redis-1" is not one of .*redis-7\.2/],
    [2, ["types", SAMPLE, "--allocator", "mine"], /--allocator: "mine" is not one of jemalloc/],
    [2, ["types", SAMPLE, "--set", "maxclients=1"], /--set: unknown setting maxclients: it is none of those/],
    [
      2,
      ["types", SAMPLE, "--set", "hash-max-listpack-entires=1"],
      /did you mean hash-max-listpack-entries\?/,
    ],
    [2, ["types", SAMPLE, "--set", "hash-max-listpack-entries=-4"], /"-4" is not a whole number from 0/],
    [2, ["types", SAMPLE, "--snapshot", "7"], /fixtures.sample\.rdb holds no snapshot 7/],
    [2, ["types", SAMPLE, "--set", "cluster-enabled"], /--set: "cluster-enabled" is not a setting such as/],
    [2, ["types", SAMPLE, "--set", "cluster-enabled=2"], /cluster-enabled: "2" is not yes or no/],
    [2, ["explain", SAMPLE, "no such key"], /holds no key "no such key"\n$/],
    [2, ["explain", SAMPLE, "stream:orders", "--snapshot", "1"], /is for inventories/],
    [2, ["compare", SAMPLE], /give servers: --profiles or --target/],
    [2, ["compare", inventory, "--profiles", "redis-7.2"], /is an inventory: compare reads the snapshot/],
    [
      2,
      ["compare", SAMPLE, "--profiles", "redis-7.2,redis-1"],
      /--profiles: "redis-1" is not one of redis-4/,
    ],
    [
      2,
      ["compare", SAMPLE, "--profiles", "redis-7.2,redis-7.2"],
      /are called redis-7\.2: name one .*name=other/,
    ],
    [
      2,
      ["compare", SAMPLE, "--target", "redis-7.2 foo=1"],
      /--target "redis-7.2 foo=1": unknown setting foo/,
    ],
    [2, ["compare", SAMPLE, "--target", "a=b"], /does not begin with the name of a profile/],
    [2, ["compare", SAMPLE, "--target", "redis-7.2 b"], /--target: "b" is not a setting/],
    [4, ["types", SAMPLE, "--config", path.join(folder, "missing.conf")], /cannot read .*missing\.conf/],
    [2, ["query", inventory, "DROP TABLE slots"], /only statements that return rows/],
    [2, ["analyze", SAMPLE, SAMPLE], /several snapshots need a name/],
    [2, ["analyze", SAMPLE, "--keys", "none", "--index", "key"], /--index needs key rows/],
    [2, ["analyze", SAMPLE, "-o", inventory], /exists already: .* add to it with --resume/],
    [2, ["analyze", SAMPLE, "-o", folder], /is a folder: give the output a file name/],
    [3, ["types", truncated], /truncated\.rdb: UNEXPECTED_EOF.*at byte \d+/],
    [4, ["types", path.join(folder, "missing.rdb")], /missing\.rdb: no such file or folder\n$/],
    [4, ["analyze", SAMPLE, "-o", path.join(folder, "missing", "x.sqlite")], /missing/],
  ];

  test.each(cases)("%i: %j", async (status, args, message) => {
    const ran = await runCli(args);
    expect(ran.stderr).toMatch(message);
    expect(ran.status).toBe(status);
    if (status !== 0) expect(ran.stdout).toBe("");
  });

  test("a file that is neither snapshot nor inventory is refused as damaged", async () => {
    const file = path.join(folder, "text.txt");
    fs.writeFileSync(file, "hello, this is some text");
    expect(await runCli(["summary", file])).toMatchObject({ status: 3, stdout: "" });
  });

  test("a SQLite database of somebody else is no inventory", async () => {
    const file = path.join(folder, "other.sqlite");
    fs.writeFileSync(file, Buffer.concat([fs.readFileSync(inventory)]).fill(0, 68, 72));
    const ran = await runCli(["summary", file]);
    expect(ran).toMatchObject({ status: 2 });
    expect(ran.stderr).toMatch(/not an rdbscope inventory/);
  });
});

describe("a snapshot whose checksum does not match", () => {
  test("is answered, and exits 3", async () => {
    const ran = await runCli(["summary", changed]);
    expect(ran.status).toBe(3);
    expect(ran.stdout).toMatch(/checksum mismatch/);
    expect(ran.stderr).toMatch(/changed\.rdb: CHECKSUM_MISMATCH.*at byte \d+\n/);
  });

  test("exits 0 with --ignore-checksum", async () => {
    expect((await runCli(["types", changed, "--ignore-checksum"])).status).toBe(0);
    expect((await runCli(["verify", changed, "--ignore-checksum"])).status).toBe(0);
  });

  test("is found by verify", async () => {
    expect((await runCli(["verify", changed])).status).toBe(3);
  });

  test("leaves an inventory that says so", async () => {
    const output = path.join(folder, "changed.sqlite");
    expect((await runCli(["analyze", changed, "-o", output])).status).toBe(3);
    const ran = await runCli(["query", output, "SELECT checksum FROM snapshots", "--format", "csv"]);
    expect(ran.stdout).toBe("checksum\r\nmismatch\r\n");
  });
});

describe("verify ends with a verdict", () => {
  const verdictOf = async (file: string) => {
    const text = await runInside(["verify", file]);
    const json = await runInside(["verify", file, "--format", "ndjson"]);
    const line = text.stdout.toString().trimEnd().split("\n").at(-1)!;
    const { sound, faults } = JSON.parse(json.stdout.toString());
    expect(json.status).toBe(text.status);
    return { status: text.status, line, sound, faults: faults.length };
  };

  test("of a snapshot", async () => {
    const cut = path.join(folder, "cut.rdb");
    fs.writeFileSync(cut, fs.readFileSync(SAMPLE).subarray(0, 300_000));
    expect(await verdictOf(SAMPLE)).toEqual({
      status: 0,
      line: expect.stringMatching(/^verdict +sound$/),
      sound: true,
      faults: 0,
    });
    expect(await verdictOf(cut)).toEqual({
      status: 3,
      line: expect.stringMatching(/^verdict +not sound: UNEXPECTED_EOF at byte 300000$/),
      sound: false,
      faults: 1,
    });
  });

  test("of an inventory, whatever is broken in it", async () => {
    expect((await verdictOf(sampleAll)).line).toMatch(/^verdict +sound$/);
    const whole = fs.readFileSync(sampleAll);
    const page = whole.readUInt16BE(16);
    const broken: [string, Buffer][] = [["cut", whole.subarray(0, whole.length / 2)]];
    for (const first of [1, 3, whole.length / page - 1]) {
      const bytes = Buffer.from(whole);
      bytes.fill(0xa5, first * page, (first + 1) * page);
      broken.push([`page-${first}`, bytes]);
    }
    for (const [name, bytes] of broken) {
      const file = path.join(folder, `${name}.sqlite`);
      fs.writeFileSync(file, bytes);
      const verdict = await verdictOf(file);
      expect(verdict).toMatchObject({ status: 3, sound: false });
      expect(verdict.line).toMatch(/^verdict +not sound: /);
    }
    const cut = path.join(folder, "cut.sqlite");
    for (const args of [
      ["types", cut],
      ["query", cut, "SELECT 1"],
    ]) {
      const ran = await runInside(args);
      expect([ran.status, ran.stdout.toString()]).toEqual([4, ""]);
      expect(ran.stderr.toString()).toMatch(
        /^rdbscope: .*cut\.sqlite is a damaged inventory \(.*\): analyze the snapshot again\n$/,
      );
    }
  });
});

describe("questions", () => {
  test.each(["types", "encodings", "patterns", "ttl", "bigkeys"])(
    "%s answers the same from a snapshot, its inventory and one without rows",
    async (command) => {
      const answers = [SAMPLE, sampleAll, sampleNone].map((file) =>
        runCli([command, file, "--format", "json"]),
      );
      const [first, ...others] = (await Promise.all(answers)).map(({ stdout }) => JSON.parse(stdout));
      expect(first.length).toBeGreaterThan(0);
      for (const other of others) expect(other).toEqual(first);
    },
  );

  test.each([80, 100, 120])("summary fits %i columns", async (columns) => {
    const { stdout, status } = await runInside(["summary", SAMPLE, "--no-color", "--quiet"], columns);
    expect(status).toBe(0);
    const lines = stdout.toString().split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
    if (columns >= 100) expect(lines.length).toBeLessThan(65);
  });

  test("a pipe is no terminal: COLUMNS cuts nothing there", async () => {
    const name = "n".repeat(200);
    const ran = await runCli(["query", inventory, `SELECT '${name}' AS name`], { COLUMNS: "80" });
    expect(ran.stdout).toContain(name);
    const summary = await runCli(["summary", SAMPLE], { COLUMNS: "40" });
    expect(summary.stdout).toBe((await runCli(["summary", SAMPLE])).stdout);
  });

  test.each(Object.keys(FORMATS))("summary has the format %s", async (format) => {
    const { stdout, status } = await runCli(["summary", two, "--format", format]);
    expect(status).toBe(0);
    for (const node of ["dump1", "dump2"]) expect(stdout).toContain(node);
    if (format === "json") expect(JSON.parse(stdout)).toHaveLength(2);
  });

  test("several snapshots get a table and a total each, or the one that is asked for", async () => {
    const both = await runCli(["types", two]);
    expect(both.stdout.match(/^By type: snapshot \d/gm)).toHaveLength(2);
    expect(both.stdout.match(/^total/gm)).toHaveLength(2);
    const one = await runCli(["types", two, "--snapshot", "2", "--format", "ndjson"]);
    expect(
      new Set(
        one.stdout
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line).snapshot),
      ),
    ).toEqual(new Set([2]));
  });

  test("two snapshots analyzed into one inventory", async () => {
    const output = path.join(folder, "both.sqlite");
    const ran = await runCli([
      "analyze",
      SAMPLE,
      SAMPLE,
      "-o",
      output,
      "--format",
      "ndjson",
      "--index",
      "key,bytes",
    ]);
    expect(ran.stdout.trim().split("\n")).toHaveLength(2);
    const sql = "SELECT snapshot, count(*) AS n FROM keys GROUP BY 1";
    const counted = await runCli(["query", output, sql, "--format", "json"]);
    expect(JSON.parse(counted.stdout)).toEqual([
      { snapshot: 1, n: 3264 },
      { snapshot: 2, n: 3264 },
    ]);
  });

  test("filters of analyze restrict what is stored", async () => {
    const output = path.join(folder, "filtered.sqlite");
    expect((await runCli(["analyze", SAMPLE, "-o", output, "-k", "session:*"])).status).toBe(0);
    const { stdout } = await runCli(["query", output, "SELECT count(*) AS n FROM keys", "--format", "csv"]);
    expect(stdout).toBe("n\r\n900\r\n");
  });

  test("the key of a snapshot that is not text comes out as base64, and as \\xNN in a table", async () => {
    const file = path.join(folder, "small.sqlite");
    const sql = "SELECT key FROM keys WHERE typeof(key) = 'blob'";
    expect((await runCli(["query", file, sql, "--format", "ndjson"])).stdout).toBe(
      '{"key":{"base64":"/wBc"}}\n',
    );
    expect((await runCli(["query", file, sql])).stdout).toBe("key\n\\xFF\\x00\\\\\n");
  });
});

describe("for which server", () => {
  test("settings change encodings and are recorded: --set over --config", async () => {
    const config = path.join(folder, "redis.conf");
    fs.writeFileSync(config, "maxclients 100\nhash-max-ziplist-entries 2\nzset-max-listpack-entries 2\n");
    const output = path.join(folder, "set.sqlite");
    const args = ["--config", config, "--set", "hash-max-listpack-entries=512", "--allocator", "jemalloc-16"];
    expect((await runCli(["analyze", SAMPLE, "-o", output, "--keys", "none", ...args])).status).toBe(0);
    const sql = `SELECT allocator, settings ->> 'hashMaxListpackEntries' AS hash, settings ->> 'zsetMaxListpackEntries' AS zset,
      (SELECT max(max_elements) <= 2 FROM rollup WHERE type = 'zset' AND encoding = 'listpack') AS packed FROM snapshots`;
    const { stdout } = await runCli(["query", output, sql, "--format", "csv"]);
    expect(stdout).toBe("allocator,hash,zset,packed\r\njemalloc-16,512,2,1\r\n");
    const shown = await runCli(["summary", output]);
    expect(shown.stdout).toMatch(/sized as redis-7\.2 with jemalloc-16, zset-max-listpack-entries=2\n/);
  });

  test("a profile that was never measured is labelled", async () => {
    const file = path.join(folder, "derived.sqlite");
    writeInventory(file);
    const db = new Database(file);
    db.exec("UPDATE snapshot_rows SET profile_measured = 0");
    db.close();
    const { stdout } = await runCli(["summary", file]);
    expect(stdout).toMatch(/sized as redis-7\.2 \(derived, not measured\) with jemalloc/);
  });

  test("summary tells used_memory, of the whole snapshot only", async () => {
    const whole = await runCli(["summary", sampleNone, "--format", "json"]);
    const [{ memory, snapshot }] = JSON.parse(whole.stdout);
    expect(memory.unexplained_bytes).toBe(snapshot.used_mem - memory.estimated_bytes);
    const part = await runCli(["summary", sampleNone, "--format", "json", "-t", "hash"]);
    expect(JSON.parse(part.stdout)[0].memory).toBeNull();
  });
});

describe("explain and compare", () => {
  test.each(Object.keys(FORMATS))("explain has the format %s", async (format) => {
    const { stdout, status } = await runCli([
      "explain",
      sampleAll,
      "products:discounted",
      "--format",
      format,
    ]);
    expect(status).toBe(0);
    expect(stdout).toContain("bucket array");
    if (format !== "json" && format !== "ndjson") return;
    const parsed = JSON.parse(stdout);
    const { parts, bytes } = format === "json" ? parsed[0] : parsed;
    expect(parts.reduce((sum: number, part: { bytes: number }) => sum + part.bytes, 0)).toBe(bytes);
  });

  test.each(["table", "expanded", "markdown", "csv", "json"])("compare has the format %s", async (format) => {
    const target = "redis-7.2 hash-max-listpack-entries=3 name=small";
    const args = ["compare", SAMPLE, "--target", target, "-l", "2", "--format", format, "--workers", "1"];
    const ran = await runInside([...args, "--no-color", "--quiet"], 80);
    expect(ran.status).toBe(0);
    const stdout = ran.stdout.toString();
    expect(stdout).toMatch(/small[\s\S]*hashtable/);
    if (format === "table")
      expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    if (format !== "json") return;
    const [{ changed_keys, patterns, targets }] = JSON.parse(stdout);
    expect([changed_keys.length, patterns.length]).toEqual([2, 2]);
    expect(targets[1].used_memory.estimated_bytes_more).toBeGreaterThan(0);
  });
});

describe("what an answer is worth", () => {
  test("compare is told which servers cannot load the snapshot, are derived, or are its own", async () => {
    const { stdout } = await runCli(["compare", SAMPLE, "--profiles", "redis-7.2,redis-6.0", "-t", "hash"]);
    expect(stdout).toContain("note: redis-6.0 cannot load RDB 11: sized as if it could\n");
    expect(stdout).toMatch(/^redis-6\.0\* +redis-6\.0\*, jemalloc/m);
    expect(stdout).toContain("note: * derived from the server's sources");
    expect(stdout).toContain("note: only keys with type hash;");
    expect(stdout).not.toMatch(/^Server.*used_memory/m);
    const own = await runCli(["compare", SAMPLE, "--profiles", "redis-7.2"]);
    expect(own.stdout).toMatch(/redis-7\.2 is what the snapshot is sized as by itself: nothing differs\n$/);
  });

  test("the saved used_memory of another server is not compared", async () => {
    const { stdout } = await runCli(["summary", SAMPLE, "--profile", "redis-8.6"]);
    expect(stdout).toMatch(/when saved, by redis 7\.2\.6: not comparable with another server/);
  });

  test("filters and derived profiles are told by every question", async () => {
    const { stdout } = await runCli(["types", SAMPLE, "-t", "hash", "--profile", "redis-6.0"]);
    expect(stdout).toContain("note: only keys with type hash\n");
    expect(stdout).toContain("note: the profile redis-6.0 is derived from the server's sources");
  });

  test("query without key rows says so", async () => {
    const ran = await runCli(["query", sampleNone, "SELECT count(*) FROM keys"]);
    expect(ran.stderr).toMatch(/was made with --keys none: it has no rows in keys/);
  });
});

describe("surroundings", () => {
  test("no temporary file is left, whatever happens", async () => {
    await withFolder(async (temp) => {
      await runCli(["types", SAMPLE, "--temp-dir", temp]);
      await runCli(["types", truncated, "--temp-dir", temp]);
      await runCli(["query", SAMPLE, "SELECT nope", "--temp-dir", temp]);
      expect(fs.readdirSync(temp)).toEqual([]);
    });
  });

  test.each(["csv", "table"])("a closed pipe ends %s quietly", async (format) => {
    const endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT * FROM n";
    const child = start(["query", inventory, endless, "--format", format]);
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
    child.stdout.once("data", () => child.stdout.destroy());
    const status = await new Promise((resolve) => child.on("close", resolve));
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test.each(["SIGINT", "SIGTERM"] as const)(
    "%s during an analysis exits 130 and cleans up",
    async (signal) => {
      await withFolder(async (temp) => {
        const file = path.join(temp, "large.rdb");
        writeLargeSnapshot(file);
        const made = path.join(temp, "made");
        fs.mkdirSync(made);
        const child = start(["analyze", file, "-o", path.join(made, "x.sqlite"), "--workers", "1"]);
        let stderr = "";
        child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
        while (fs.readdirSync(made).length === 0 && child.exitCode === null)
          await new Promise((go) => setTimeout(go, 5));
        child.kill(signal);
        const status = await new Promise((resolve) => child.on("close", resolve));
        expect({ status, stderr }).toEqual({ status: 130, stderr: "rdbscope: interrupted\n" });
        expect(fs.readdirSync(made)).toEqual([]);
      });
    },
  );

  test.each([
    ["--values", "ndjson"],
    ["--keys", "ndjson"],
  ])("SIGINT while nobody reads what export %s writes exits 130", async (...args) => {
    const child = start(["export", SAMPLE, ...args]);
    await new Promise((resolve) => child.stdout.once("readable", resolve)); // And never read.
    child.kill("SIGINT");
    expect(await new Promise((resolve) => child.on("exit", resolve))).toBe(130);
    child.stdout.destroy();
  });

  test("SIGINT during an export to a file leaves none", async () => {
    await withFolder(async (temp) => {
      const file = path.join(temp, "large.rdb");
      writeLargeSnapshot(file);
      const made = path.join(temp, "made");
      fs.mkdirSync(made);
      const child = start(["export", file, "--keys", "csv", "-o", path.join(made, "x.csv")]);
      while (fs.readdirSync(made).length === 0 && child.exitCode === null)
        await new Promise((go) => setTimeout(go, 5));
      child.kill("SIGINT");
      expect(await new Promise((resolve) => child.on("exit", resolve))).toBe(130);
      expect(fs.readdirSync(made)).toEqual([]);
    });
  });

  test("nothing is coloured but a terminal", async () => {
    expect((await runCli(["summary", inventory], { FORCE_COLOR: "1" })).stdout).not.toContain("\x1b");
  });
});

function writeLargeSnapshot(file: string): void {
  const head = Buffer.concat([Buffer.from("REDIS0011"), Buffer.of(0xfe, 0)]);
  const record = Buffer.concat([
    Buffer.of(0, 12),
    Buffer.from("abcdefghijkl"),
    Buffer.of(3),
    Buffer.from("xyz"),
  ]);
  const block = Buffer.alloc(record.length * 100_000, record);
  fs.writeFileSync(file, head);
  for (let i = 0; i < 30; i++) fs.appendFileSync(file, block);
  fs.appendFileSync(file, Buffer.concat([Buffer.of(0xff), Buffer.alloc(8)]));
}
