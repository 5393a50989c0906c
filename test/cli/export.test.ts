import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { workFolder } from "../pipeline/support.ts";
import { forbiddenIn } from "../support/hostile-names.ts";
import * as v from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";
import { readCsv } from "../support/read-csv.ts";
import { SAMPLE, start } from "./run-cli.ts";
import { runInside } from "./run-inside.ts";

const folder = workFolder();
const BINARY = Buffer.from([0xff, 0x41]);
const EVIL = "\x1b]0;owned\x07";
const WHEN = Date.UTC(2030, 0, 2, 3, 4, 5, 678);

const snapshot = path.join(folder, "small.rdb");
fs.writeFileSync(
  snapshot,
  new RdbWriter("REDIS", 11)
    .aux("redis-ver", "7.2.6")
    .aux("ctime", "1750000000")
    .key("user:1:name", v.stringValue("alice"), { expiresAtMs: WHEN })
    .key("user:2:name", v.stringValue("bob"), { expiresAtMs: WHEN - 678 })
    .key('=z,"', v.zset2Value([["m", 0.5]]))
    .key(
      "s",
      v.streamValue(21, {
        nodes: [[{ id: { ms: 1, seq: 1 }, pairs: [["f", "v"]] }]],
        last: { ms: 1, seq: 1 },
        groups: [],
      }),
    )
    .selectDb(4)
    .key(BINARY, v.listValue(["a", EVIL, "x".repeat(5000)]))
    .end(),
);
const inventory = path.join(folder, "small.sqlite");

async function out(...args: string[]): Promise<string> {
  const ran = await runInside(args);
  expect(ran.stderr.toString()).toBe("");
  expect(ran.status).toBe(0);
  return ran.stdout.toString();
}

const refused = (...args: string[]) => ended(2, args);
const failed = (...args: string[]) => ended(4, args);

async function ended(status: number, args: readonly string[]): Promise<string> {
  const ran = await runInside(args);
  expect(ran.status).toBe(status);
  expect(ran.stdout.length).toBe(0);
  return ran.stderr.toString();
}

test("an inventory is made", async () => {
  await out("analyze", snapshot, "-o", inventory, "--quiet");
});

/** Lines of other tools end with a line feed alone. */
async function compat(tool: string): Promise<string[][]> {
  const text = await out("export", inventory, "--csv-compat", tool, "--raw-csv");
  return readCsv(text.replaceAll("\n", "\r\n"));
}

describe("get", () => {
  const key = '"\\xffA"';

  test.each([snapshot, inventory])("shows a value whole, from %s", async (file) => {
    const shown = JSON.parse(await out("get", file, key));
    expect(shown).toEqual({
      db: 4,
      key: { base64: BINARY.toString("base64") },
      type: "list",
      encoding: "LIST",
      expires_at: null,
      value: ["a", EVIL, "x".repeat(5000)],
      elements: 3,
      shown: 3,
    });
  });

  test("says how much it leaves out", async () => {
    const ran = await runInside(["get", snapshot, key, "-l", "1"]);
    expect(JSON.parse(ran.stdout.toString())).toMatchObject({ value: ["a"], elements: 3, shown: 1 });
    expect(ran.stderr.toString()).toBe(
      "rdbscope: database 4: the first 1 of 3 elements; --limit N shows more\n",
    );
  });

  test.each([["get"], ["explain"]])("%s finds what stands before damage, and says so", async (command) => {
    const file = path.join(folder, "truncated.rdb");
    fs.writeFileSync(file, fs.readFileSync(SAMPLE).subarray(0, 300_000));
    const key = "session:9ecda2bab725feed3dfe1ce8fccfd933";
    const ran = await runInside([command, file, key]);
    expect(ran.status).toBe(3);
    expect(ran.stdout.toString()).toContain(key);
    expect(ran.stderr.toString()).toMatch(
      /^rdbscope: .*truncated.*at byte 300000; other databases behind that may hold the key, too\n$/,
    );
    const missing = await runInside([command, file, "nothing:of:the:kind"]);
    expect([missing.status, missing.stdout.toString()]).toEqual([3, ""]);
    expect(missing.stderr.toString()).toMatch(/^rdbscope: .*UNEXPECTED_EOF.*\n$/);
  });

  test("says how many pending ids of a list it leaves out", async () => {
    const file = path.join(folder, "pending.rdb");
    const ids = (count: number, from: number) =>
      Array.from({ length: count }, (_, i) => ({ ms: from + i, seq: 0 }));
    const consumers = [
      { name: "a", seenMs: 1, activeMs: 1, pending: ids(5, 1) },
      { name: "b", seenMs: 1, activeMs: 1, pending: ids(2, 9) },
    ];
    const stream = {
      nodes: [],
      last: { ms: 99, seq: 0 },
      groups: [{ name: "g", last: { ms: 50, seq: 0 }, consumers }],
    };
    fs.writeFileSync(file, new RdbWriter("REDIS", 11).key("s", v.streamValue(21, stream)).end());
    const ran = await runInside(["get", file, "s", "-l", "3"]);
    const [group] = JSON.parse(ran.stdout.toString()).value.groups;
    expect(group).toMatchObject({
      pending_count: 7,
      consumers: [{ name: "a", pending_count: 5 }, { name: "b" }],
    });
    expect(group.pending).toHaveLength(3);
    expect(group.consumers.map((one: { pending: string[] }) => one.pending.length)).toEqual([3, 2]);
    expect(group.consumers[1]).not.toHaveProperty("pending_count");
    expect(ran.stderr.toString()).toBe(
      "rdbscope: database 0: the first 3 pending ids of each list, of which the longest has 7; --limit N shows more\n",
    );
    const all = await out("get", file, "s", "-l", "7");
    expect(all).not.toContain("pending_count");
    const commands = await runInside(["get", file, "s", "-l", "5", "--as", "resp"]);
    expect(commands.stderr.toString()).toBe("");
    const fewer = await runInside(["get", file, "s", "-l", "4", "--as", "resp"]);
    expect(fewer.stderr.toString()).toMatch(
      /the first 4 pending ids of each list, of which the longest has 5;/,
    );
  });

  test("writes commands, but not to a terminal", async () => {
    expect(await out("get", snapshot, '=z,"', "--as", "resp")).toBe(
      '*4\r\n$4\r\nZADD\r\n$4\r\n=z,"\r\n$3\r\n0.5\r\n$1\r\nm\r\n',
    );
    const ran = await runInside(["get", snapshot, "s", "--as", "resp"], true);
    expect([ran.status, ran.stderr.toString()]).toEqual([2, expect.stringMatching(/a terminal would obey/)]);
  });

  test("cuts long elements on a terminal, which obeys nothing of it", async () => {
    const ran = await runInside(["get", snapshot, key], true);
    expect(forbiddenIn(ran.stdout)).toEqual([]);
    expect(JSON.parse(ran.stdout.toString()).value[2]).toEqual({ cut: "x".repeat(1000), bytes: 5000 });
  });

  test("finds nothing where nothing is", async () => {
    expect(await refused("get", snapshot, "user:1:nam")).toMatch(/did you mean "user:1:name"/);
    expect(await refused("get", snapshot, "s", "-n", "4")).toMatch(/it is in database 0/);
  });
});

describe("export", () => {
  test("to a file gives it its name when it is whole, and replaces none unasked", async () => {
    const target = path.join(folder, "values.ndjson");
    await out("export", snapshot, "--values", "ndjson", "-o", target);
    const text = fs.readFileSync(target, "utf8");
    expect(text).toBe(await out("export", snapshot, "--values", "ndjson"));
    expect(await refused("export", snapshot, "--values", "keys", "-o", target)).toMatch(/exists already/);
    await out("export", snapshot, "--values", "keys", "-o", target, "--force");
    expect(fs.readFileSync(target, "utf8")).toBe('user:1:name\nuser:2:name\n=z,"\ns\n\\xFFA\n');
    expect(await refused("export", snapshot, "--values", "keys", "-o", snapshot, "--force")).toMatch(
      /is what is read/,
    );
    for (const [kept, what] of [
      [inventory, "an inventory"],
      [SAMPLE, "a snapshot"],
      [folder, "a folder"],
      ["/dev/null", "a device or a pipe"],
    ] as const)
      expect(await refused("export", snapshot, "--values", "keys", "-o", kept, "--force")).toContain(
        `is ${what}: give`,
      );
    const cut = path.join(folder, "cut.rdb");
    fs.writeFileSync(cut, fs.readFileSync(SAMPLE).subarray(0, 5000));
    const ran = await runInside(["export", cut, "--values", "resp", "-o", path.join(folder, "never")]);
    expect(ran.status).toBe(3);
    expect(fs.readdirSync(folder).filter((name) => /never|rdbscope-\d/.test(name))).toEqual([]);
  });

  test("as CSV of rdbtools and HDT has their columns, and sizes of ours", async () => {
    const sizes = new Map(
      (
        JSON.parse(await out("query", inventory, "SELECT key, bytes FROM keys", "--format", "json")) as {
          key: unknown;
          bytes: number;
        }[]
      ).map(({ key, bytes }) => [typeof key === "string" ? key : "\\xFFA", bytes]),
    );
    const size = (key: string) => String(sizes.get(key));
    expect(await compat("rdbtools")).toEqual([
      [
        "database",
        "type",
        "key",
        "size_in_bytes",
        "encoding",
        "num_elements",
        "len_largest_element",
        "expiry",
      ],
      ["0", "string", "user:1:name", size("user:1:name"), "string", "5", "5", "2030-01-02T03:04:05.678000"],
      ["0", "string", "user:2:name", size("user:2:name"), "string", "3", "3", "2030-01-02T03:04:05"],
      ["0", "sortedset", '=z,"', size('=z,"'), "listpack", "1", "1", ""],
      ["0", "stream", "s", size("s"), "listpack", "1", "1", ""],
      ["4", "list", "\\xFFA", size("\\xFFA"), "listpack", "3", "5000", ""],
    ]);
    const hdt = await compat("hdt");
    expect(hdt[0]!.join()).toBe("database,key,type,size,size_readable,element_count,encoding,expiration");
    const bytes = Number(size("user:1:name"));
    expect(hdt[1]).toEqual([
      "0",
      "user:1:name",
      "string",
      `${bytes}`,
      `${bytes}B`,
      "0",
      "string",
      "2030-01-02T03:04:05Z",
    ]);
    expect(hdt[5]![4]).toMatch(/^5(\.[1-9])?K$/);
    expect(await out("export", inventory, "--csv-compat", "hdt")).toContain(`"'=z,"""`);
  });

  test("of keys has every row, from a snapshot and from its inventory", async () => {
    const rows = (text: string) =>
      text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
    const stored = rows(await out("export", inventory, "--keys", "ndjson"));
    expect(stored.map(({ db }) => db)).toEqual([0, 0, 0, 0, 4]);
    expect(rows(await out("export", snapshot, "--keys", "ndjson", "--quiet"))).toEqual(stored);
    const csv = readCsv(await out("export", inventory, "--keys", "csv", "-t", "zset", "--quiet"));
    expect(csv.map((row) => row[2])).toEqual(["key", `'=z,"`]);
    expect(csv[0]).toEqual(Object.keys(stored[0]));
    const asked = readCsv(await out("query", inventory, "SELECT * FROM keys LIMIT 1", "--format", "csv"));
    expect(csv[0]).toEqual(asked[0]);
  });

  test("of hashed names has hashes", async () => {
    const text = await out("export", snapshot, "--keys", "ndjson", "--hash-keys", "--quiet");
    expect(text).not.toMatch(/user:1/);
    expect(await refused("export", snapshot, "--values", "keys", "--hash-keys")).toMatch(/not for --values/);
  });

  test("as folded stacks adds up, from aggregates alone", async () => {
    const none = path.join(folder, "none.sqlite");
    await out("analyze", SAMPLE, "-o", none, "--keys", "none", "--quiet");
    const lines = (await out("export", none, "--folded")).trimEnd().split("\n");
    const stacks = lines.map((line) => /^(db\d+(?:;[^;]+)+) (\d+)$/.exec(line)!);
    const [total] = JSON.parse(
      await out("query", none, "SELECT sum(bytes) AS bytes FROM rollup", "--format", "json"),
    );
    expect(stacks.reduce((sum, [, , bytes]) => sum + Number(bytes), 0)).toBe(total.bytes);
    expect(stacks.map(([, stack]) => stack)).toContain("db0;cache;product;*");
    expect(await refused("export", none, "--keys", "csv")).toMatch(/needs a row a key/);
  });

  test.each([
    [["export", snapshot], /export writes one of --values/],
    [["export", snapshot, "--values", "json", "--folded"], /export writes one of --values/],
    [["export", snapshot, "--values", "xml"], /is not one of json, ndjson, resp, restore, keys/],
    [["export", snapshot, "--values", "json", "--workers", "2"], /--workers is not for --values/],
    [["export", inventory, "--values", "json"], /is an inventory, which holds no values/],
    [["export", inventory, "--folded", "--raw-csv"], /--raw-csv needs --keys csv or --csv-compat/],
    [["export", inventory, "--folded", "--force"], /--force needs --output/],
  ])("refuses %j", async (args, message) => expect(await refused(...args)).toMatch(message));

  test.runIf(fs.existsSync("/proc/self"))("says where no file can be made", async () => {
    expect(await failed("export", inventory, "--folded", "-o", "/proc/x")).toMatch(
      /cannot write in \/proc: no file can be made there\n$/,
    );
    const nowhere = path.join(folder, "nowhere");
    expect(await failed("export", inventory, "--folded", "-o", path.join(nowhere, "x"))).toMatch(
      /nowhere: no such file or folder\n$/,
    );
  });

  test("to a terminal refuses bytes that it would obey", async () => {
    const ran = await runInside(["export", snapshot, "--values", "resp"], true);
    expect([ran.status, ran.stderr.toString()]).toEqual([2, expect.stringMatching(/a terminal would obey/)]);
    for (const format of ["json", "ndjson", "keys"]) {
      expect(forbiddenIn((await runInside(["export", snapshot, "--values", format], true)).stdout)).toEqual(
        [],
      );
    }
  });

  test("ends quietly when its reader goes", async () => {
    const child = start(["export", SAMPLE, "--values", "ndjson"], {});
    let stderr = "";
    child.stderr.on("data", (text) => {
      stderr += text;
    });
    child.stdout.once("data", () => child.stdout.destroy());
    const status = await new Promise((resolve) => child.on("close", resolve));
    expect([status, stderr]).toEqual([0, ""]);
  });
});
