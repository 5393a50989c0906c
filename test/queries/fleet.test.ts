import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { nodeNames, rangesOf } from "../../src/inventory/nodes.ts";
import { runInside } from "../cli/run-inside.ts";
import { ask, type Row, workFolder } from "../pipeline/support.ts";
import { fleetSnapshot } from "../support/fleet.ts";

const folder = workFolder();
const NODES = 3;
const fleet = path.join(folder, "fleet.sqlite");
const files = Array.from({ length: NODES }, (_, node) => path.join(folder, `n${node}`, "dump.rdb"));
const broken = path.join(folder, "broken.rdb");
let made: Awaited<ReturnType<typeof runInside>>;

beforeAll(async () => {
  for (const [node, file] of files.entries()) {
    fs.mkdirSync(path.dirname(file));
    fs.writeFileSync(file, fleetSnapshot({ node, nodes: NODES, keys: 900 }));
  }
  fs.writeFileSync(broken, fs.readFileSync(files[0]!).subarray(0, 5000));
  made = await runInside(["analyze", ...files, broken, "-o", fleet, "--workers", "1"]);
});

const json = async (...args: string[]) => {
  const { status, stdout } = await runInside([...args, "--format", "json"]);
  expect(status).toBe(0);
  return JSON.parse(stdout.toString()) as Row[];
};

describe("analyze of several", () => {
  it("ends with 3 where one is damaged, and with 4 where one cannot be read, and says which", async () => {
    expect(made.status).toBe(3);
    expect(made.stderr.toString()).toMatch(
      /broken.rdb: UNEXPECTED_EOF.*\n.*1 file is missing in .*--resume reads it again/,
    );
    const nowhere = path.join(folder, "nowhere.rdb");
    const output = path.join(folder, "other.sqlite");
    const args = ["analyze", files[0]!, broken, nowhere, "-o", output, "--workers", "1", "--quiet"];
    const { status, stderr } = await runInside(args);
    expect([status, /cannot open .*nowhere.rdb/.test(stderr.toString())]).toEqual([4, true]);
  });

  it("ends the same in any order, and with 2 where all that is wrong is what was given", async () => {
    const nowhere = path.join(folder, "nowhere.rdb");
    const statusOf = async (...inputs: string[]) => {
      const output = path.join(folder, "order.sqlite");
      const args = ["analyze", ...inputs, "-o", output, "--force", "--workers", "1", "--quiet"];
      return (await runInside(args)).status;
    };
    for (const [inputs, status] of [
      [[folder, files[0]!], 2],
      [[folder, broken, files[0]!], 3],
      [[folder, broken], 3],
      [[folder, nowhere, files[0]!], 4],
      [[folder, nowhere], 4],
    ] as const) {
      expect([inputs, await statusOf(...inputs)]).toEqual([inputs, status]);
      expect([inputs, await statusOf(...[...inputs].reverse())]).toEqual([inputs, status]);
    }
  });

  it("counts the same data twice as a warning, which is told once", async () => {
    const output = path.join(folder, "twice.sqlite");
    const { stdout, stderr } = await runInside(["analyze", files[0]!, files[0]!, files[0]!, "-o", output]);
    const rows = stdout
      .toString()
      .split("\n")
      .filter((line) => line.startsWith(files[0]!));
    expect(rows.map((line) => line.split(/ {2,}/).at(-2))).toEqual(["0", "1", "1"]);
    expect(`${stdout}${stderr}`.match(/holds the same data as snapshot 1/g)).toHaveLength(2);
  });
});

describe("all snapshots together", () => {
  it("have the sums of all", async () => {
    const sums = "sum(keys) AS keys, sum(bytes) AS bytes";
    const wanted = (by: string) =>
      ask(fleet, `SELECT ${by}, ${sums} FROM rollup GROUP BY ${by} ORDER BY bytes DESC, ${by}`);
    for (const [command, by] of Object.entries({
      types: "type",
      encodings: "type, encoding",
      patterns: "pattern",
    })) {
      const names = [...by.split(", "), "keys", "bytes"];
      const rows = await json(command, fleet, "--fleet");
      expect(rows.map((row) => Object.fromEntries(names.map((name) => [name, row[name]])))).toEqual(
        wanted(by),
      );
    }
    const filtered = await json("types", fleet, "--fleet", "--key", "user:*");
    const ofRows =
      "SELECT type, count(*) AS keys FROM keys WHERE key GLOB 'user:*' GROUP BY type ORDER BY sum(bytes) DESC";
    expect(filtered.map(({ type, keys }) => ({ type, keys }))).toEqual(ask(fleet, ofRows));
  });

  it("have quantiles of all keys", async () => {
    for (const { type, p50_bytes: middle } of await json("types", fleet, "--fleet")) {
      const sizes = ask(fleet, "SELECT bytes FROM keys WHERE type = ? ORDER BY bytes", type).map((row) =>
        Number(row.bytes),
      );
      const exact = sizes[Math.ceil(sizes.length / 2) - 1]!;
      expect(Math.abs(Number(middle) - exact)).toBeLessThanOrEqual(exact * 0.011);
    }
  });

  it("have the biggest keys with their nodes, and slots", async () => {
    const keys = await json("bigkeys", fleet, "--fleet", "--limit", "5");
    const sql = `SELECT n.node, k.key, k.bytes FROM keys k JOIN nodes n ON n.snapshot = k.snapshot
      ORDER BY k.bytes DESC, k.snapshot, k.record_offset LIMIT 5`;
    const byMemory = keys.filter((row) => row.ranked_by === "bytes");
    const short = (rows: readonly Row[]) =>
      rows.map(({ node, key, bytes }) => ({ node, key: String(key).slice(0, 99), bytes }));
    expect(short(byMemory)).toEqual(short(ask(fleet, sql)));
    const [balance] = await json("slots", fleet, "--fleet");
    expect(balance).toMatchObject(
      ask(fleet, "SELECT count(*) AS slots, sum(keys) AS keys FROM slot_owners WHERE owners = 1")[0]!,
    );
  });

  it("are refused where there is no such sum", async () => {
    for (const more of [
      ["--snapshot", "1"],
      ["--ttl", "1h.."],
    ])
      expect((await runInside(["types", fleet, "--fleet", ...more])).status).toBe(2);
  });
});

describe("what several snapshots have to be read with", () => {
  const DAY = 86_400;
  const node = (name: string, facts: Partial<Parameters<typeof fleetSnapshot>[0]>) => {
    const file = path.join(folder, `${name}.rdb`);
    fs.writeFileSync(file, fleetSnapshot({ node: 0, nodes: 2, keys: 300, ...facts }));
    return file;
  };
  const output = path.join(folder, "days.sqlite");
  const notes = async (...args: string[]) => {
    const { status, stderr } = await runInside(args);
    expect(status).toBe(0);
    return stderr.toString();
  };

  beforeAll(async () => {
    const [first, replId] = [1_750_000_000, "e".repeat(40)];
    const given = [
      node("primary", { replId, replOffset: 10, ctime: first }),
      node("other", { node: 1, ctime: first }),
      node("later", { replId, replOffset: 90_000, ctime: first + DAY, salt: "s" }),
      node("replica", { replId, replOffset: 90_010, ctime: first + DAY, salt: "s" }),
    ];
    await runInside(["analyze", ...given, "-o", output, "--workers", "1", "--quiet"]);
  });

  it("is that data is counted twice, be it a replica of a later day", async () => {
    const fleetNotes = await notes("types", output, "--fleet", "--format", "json");
    expect(fleetNotes).toContain("totals count data twice: snapshot 4 as 3 (view same_data)\n");
    expect(fleetNotes).toContain("totals add up one server at several times: snapshot 3 as 1 (");
    expect(await notes("types", output, "--format", "json")).toBe("");
    const [, table] = [0, (await runInside(["types", output, "--fleet"])).stdout.toString()];
    expect(table).toContain("note: totals count data twice: snapshot 4 as 3 (view same_data)\n");
    const { stdout } = await runInside(["summary", output, "--format", "json"]);
    const flags = (JSON.parse(stdout.toString()) as Row[]).map((row) => [row.snapshot, row.flags]);
    expect(Object.fromEntries(flags)).toEqual({
      1: "",
      2: "",
      3: "same server as 1",
      4: "same data as 3",
    });
  });

  it("is that questions of the last day count twice what is of it alone, and lack who is not", async () => {
    const told = await notes("query", output, "cluster-patterns", "--format", "csv");
    expect(told).toContain("totals count data twice: snapshot 4 as 3 (view same_data)\n");
    expect(told).not.toContain("several times");
    expect(told).toMatch(/2 of 4 nodes have no snapshot of 2025-06-16, the last day, .*: other, primary\n/);
    expect(await notes("query", output, "SELECT 1")).toBe("");
    const limited = await runInside([
      "query",
      output,
      "cluster-patterns",
      "--param",
      "limit=1",
      "--format",
      "json",
    ]);
    const [row, ...others] = JSON.parse(limited.stdout.toString()) as Row[];
    const sql =
      "SELECT max(b) AS bytes FROM (SELECT sum(bytes) AS b FROM rollup WHERE snapshot > 2 GROUP BY pattern)";
    expect([[{ bytes: row!.bytes }], others]).toEqual([ask(output, sql), []]);
  });

  it("is which of them is damaged", async () => {
    const cut = ["one", "two"].map((name) => {
      const file = path.join(folder, `${name}.rdb`);
      fs.writeFileSync(file, fs.readFileSync(files[0]!).subarray(0, name === "one" ? 5000 : 6000));
      return file;
    });
    const salvaged = path.join(folder, "salvaged.sqlite");
    const made = await runInside([
      "analyze",
      ...cut,
      ...files,
      "--salvage",
      "-o",
      salvaged,
      "--workers",
      "1",
    ]);
    expect(made.stdout.toString()).toContain(`note: ${cut.join(", ")}: salvaged: `);
    expect(made.stdout.toString()).toMatch(/^note: [^,]*two.rdb: lost: bytes \d+ to 6000/m);
    expect(await notes("query", salvaged, "SELECT 1")).toMatch(/^rdbscope: one, two: salvaged: /m);
    expect(await notes("types", salvaged, "--format", "csv")).toMatch(/^rdbscope: one, two: salvaged: /m);
  });
});

describe("the summary of several", () => {
  it("has a line a node, the fullest first, and what is missing", async () => {
    const rows = await json("summary", fleet);
    const nodes = ask(fleet, "SELECT node, used_memory, keys FROM nodes ORDER BY used_memory DESC");
    expect(rows.slice(0, NODES).map(({ node, used_memory, keys }) => ({ node, used_memory, keys }))).toEqual(
      nodes,
    );
    expect(rows[NODES]).toMatchObject({
      snapshot: 4,
      path: broken,
      keys: null,
      flags: "missing: UNEXPECTED_EOF",
    });
    const { stdout } = await runInside(["summary", fleet, "--no-color"], 80);
    expect(stdout.toString()).toMatch(/total .*\n(.*\n)*note: 1 snapshot could not be read and is missing/);
    const [one] = await json("summary", fleet, "--snapshot", "2");
    expect(one!.path ?? (one!.snapshot as Row).path).toBe(files[1]);
  });

  it("is told of the keys that are asked for", async () => {
    const rows = await json("summary", fleet, "--type", "hash");
    const sql = "SELECT snapshot, sum(keys) AS keys FROM rollup WHERE type = 'hash' GROUP BY 1 ORDER BY 1";
    const found = rows.slice(0, NODES).map(({ snapshot, keys }) => ({ snapshot, keys }));
    expect(found.sort((a, b) => Number(a.snapshot) - Number(b.snapshot))).toEqual(ask(fleet, sql));
    const { stdout } = await runInside(["summary", fleet, "--type", "hash"]);
    const total = stdout.toString().match(/^total .*$/m)![0];
    expect(total.trim().split(/ {2,}/).at(-1)).toBe("-"); // used_memory is not known of a part of the keys
  });

  it("parts no word where there is another way", async () => {
    const output = path.join(folder, "long-names.sqlite");
    const long = [...files, broken].flatMap((file) =>
      ["production", "staging"].map((name) => {
        const place = path.join(folder, `${name}-eu-west-1-cache`, path.basename(path.dirname(file)));
        fs.mkdirSync(path.dirname(place), { recursive: true });
        fs.copyFileSync(file, `${place}-${path.basename(file)}`);
        return `${place}-${path.basename(file)}`;
      }),
    );
    await runInside(["analyze", ...long, "-o", output, "--workers", "1", "--quiet"]);
    const { stdout } = await runInside(["summary", output, "--no-color"], 80);
    expect(stdout.toString().match(/UNEXPECTED_EOF$/gm)).toHaveLength(2);
  });
});

it("keeps nodes apart whose files are called alike, and knows them on each day", async () => {
  const days = [0, 1].map((day) => Date.parse("2026-10-31T12:00:00Z") / 1000 + day * 86_400);
  const inputs = days.flatMap((ctime, day) =>
    [0, 1].map((node) => {
      const file = path.join(folder, `day${day}`, `host${node}`, "dump.rdb");
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, fleetSnapshot({ node, nodes: 2, keys: 300, ctime }));
      return file;
    }),
  );
  const output = path.join(folder, "hosts.sqlite");
  const twice = path.join(folder, "host-twice.sqlite");
  await runInside(["analyze", ...inputs, "-o", output, "--workers", "1", "--quiet"]);
  await runInside(["analyze", inputs[0]!, inputs[0]!, "-o", twice, "--workers", "1", "--quiet"]);
  expect(ask(output, "SELECT date, node, keys FROM fleet_snapshots ORDER BY date, node")).toEqual(
    ["2026-10-31", "2026-11-01"].flatMap((date) =>
      [0, 1].map((node) => ({ date, node: `host${node}/dump`, keys: expect.any(Number) })),
    ),
  );
  expect((await json("query", output, "node-memory")).map(({ node }) => node).sort()).toEqual([
    "host0/dump",
    "host1/dump",
  ]);
  const names = (await json("query", twice, "cluster-twice")).map((row) => Number(row.names));
  const [{ keys }] = ask(twice, "SELECT keys FROM snapshots LIMIT 1") as [{ keys: number }];
  expect(names.reduce((sum, one) => sum + one, 0)).toBe(keys);
});

it("names nodes by as many folders as it takes", () => {
  expect(nodeNames(["a/dump.rdb", "b/dump.rdb.gz", "shard-1.rdb", "-"])).toEqual([
    "a/dump",
    "b/dump",
    "shard-1",
    "stdin",
  ]);
  expect(nodeNames(["x/a/dump.rdb", "y/a/dump.rdb"])).toEqual(["x/a/dump", "y/a/dump"]);
  expect(nodeNames(["10.0.0.1-6379.rdb", "10.0.0.2-6379.rdb"])).toEqual(["10.0.0.1-6379", "10.0.0.2-6379"]);
  expect(nodeNames(["dump.rdb", "dump.rdb"])).toEqual(["dump", "dump (2)"]);
  expect(nodeNames([".rdb"])).toEqual([".rdb"]);
});

it("writes slots as ranges", () => {
  expect(rangesOf([])).toBe("");
  expect(rangesOf([0, 1, 2, 4, 16383])).toBe("0-2,4,16383");
  const odd = Array.from({ length: 150 }, (_, i) => i * 2);
  expect(rangesOf(odd)).toMatch(/^0,2,.*,198,… \(50 more\)$/);
});
