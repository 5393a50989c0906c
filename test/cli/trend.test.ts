import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { analyze, openInventory, trend } from "../../src/index.ts";
import { displayWidth } from "../../src/reports/text.ts";
import { forbiddenIn, hostileSnapshot } from "../support/hostile-names.ts";
import { stringValue } from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";
import { readCsv } from "../support/read-csv.ts";
import { runInside } from "./run-inside.ts";

const START = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;
/** Strings of 64 bytes named `session:0001`: what one takes does not depend on how many there are. */
const SESSIONS_A_DAY = 200;

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a colour is
const COLOUR = /\x1b\[\d+m/g;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-trend-"));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** A snapshot of a day with so many sessions, and 50 users. */
function writeDay(name: string, ctime: number | undefined, sessions: number, version = "7.2.6"): string {
  const writer = new RdbWriter().aux("redis-ver", version);
  if (ctime !== undefined) writer.aux("ctime", String(Math.floor(ctime / 1000)));
  writer.aux("used-mem", String(1_000_000 + sessions * 100)).selectDb(0);
  for (let i = 0; i < sessions; i++)
    writer.key(`session:${String(i).padStart(6, "0")}`, stringValue("x".repeat(64)));
  for (let i = 0; i < 50; i++) writer.key(`user:${String(i).padStart(6, "0")}`, stringValue("y".repeat(20)));
  const file = path.join(folder, name);
  fs.writeFileSync(file, writer.end());
  return file;
}

const days = [0, 1, 2, 3, 4, 5].map((day) => START + day * DAY_MS);
let files: string[] = [];
let inventory = "";

beforeAll(async () => {
  files = days.map((at, day) => writeDay(`day-${day}.rdb`, at, (day + 1) * SESSIONS_A_DAY));
  inventory = path.join(folder, "all.sqlite");
  await analyze({ inputs: [...files].reverse(), output: inventory, keys: "none", workers: 1 });
});

const run = async (args: readonly string[], terminal: number | false = false) => {
  const { status, stdout, stderr } = await runInside(["trend", ...args], terminal);
  return { status, stdout: stdout.toString(), stderr: stderr.toString() };
};

interface Json {
  readonly points: {
    readonly created_at: number;
    readonly paths: string[];
    readonly keys: number;
    readonly bytes: number;
  }[];
  readonly totals: {
    readonly measure: string;
    readonly per_day: number | null;
    readonly per_month_share: number | null;
  }[];
  readonly patterns: { readonly name: string; readonly keys: (number | null)[]; readonly per_day: number }[];
  readonly limits: Record<string, number | string | boolean | null>[];
  readonly notes: string[];
}
const jsonOf = async (args: readonly string[]) => {
  const { stdout, stderr, status } = await run([...args, "--format", "json", "--quiet"]);
  expect([status, stderr]).toEqual([0, ""]);
  return (JSON.parse(stdout) as Json[])[0]!;
};

describe("a series", () => {
  it("is the same of snapshots, of one inventory of all, and of both, in any order", async () => {
    const found = await jsonOf([...files].reverse());
    expect(found.points.map(({ created_at: at }) => at)).toEqual(days);
    expect(found.points.map(({ keys }) => keys)).toEqual(
      days.map((_, day) => (day + 1) * SESSIONS_A_DAY + 50),
    );
    expect(found.totals.find(({ measure }) => measure === "keys")!.per_day).toBe(SESSIONS_A_DAY);
    const unnamed = (of: Json) => ({ ...of, points: of.points.map((point) => ({ ...point, paths: [] })) });
    expect(unnamed(await jsonOf([inventory]))).toEqual(unnamed(found));
    const both = await jsonOf([files[2]!, inventory, files[0]!]);
    expect(unnamed(both)).toEqual({
      ...unnamed(found),
      notes: ["2 snapshots given more than once: each counts once", ...found.notes],
    });
  });

  it("grows by what its keys take, and no other pattern does", async () => {
    const { points, patterns } = await jsonOf(files);
    const aDay = (points[5]!.bytes - points[0]!.bytes) / 5;
    const [sessions, users] = patterns;
    expect(sessions).toMatchObject({ name: "session:*", keys: days.map((_, i) => (i + 1) * SESSIONS_A_DAY) });
    expect(sessions!.per_day).toBeCloseTo(aDay, 6);
    expect(users).toMatchObject({ name: "user:*", per_day: 0 });
  });

  it("calls points by what was given: snapshots, or inventories with the number of the snapshot", async () => {
    expect((await jsonOf(files)).points.map(({ paths }) => paths)).toEqual(files.map((file) => [file]));
    // They were analyzed in reverse order.
    const numbered = days.map((_, day) => [`${inventory}#${6 - day}`]);
    expect((await jsonOf([inventory])).points.map(({ paths }) => paths)).toEqual(numbered);
    const single = path.join(folder, "single.sqlite");
    await analyze({ inputs: [files[1]!], output: single, keys: "none", workers: 1 });
    const { points } = await jsonOf([files[0]!, single]);
    expect(points.map(({ paths }) => paths)).toEqual([[files[0]], [single]]);
    const twin = path.join(folder, "twin.sqlite");
    await analyze({
      inputs: [writeDay("dump.rdb", START + DAY_MS, 7)],
      output: twin,
      keys: "none",
      workers: 1,
    });
    expect((await run([single, twin])).stderr).toContain(`${single} and ${twin} are both of`);
  });

  it("of a part of the keys is of these", async () => {
    const { totals, points } = await jsonOf([...files, "-k", "user:*"]);
    expect(points.every(({ keys }) => keys === 50)).toBe(true);
    expect(totals.map(({ measure }) => measure)).toEqual(["keys", "bytes", "heap_bytes"]);
    const { status, stderr } = await run([...files, "-t", "hash", "--maxmemory", "1gb"]);
    expect([status, stderr]).toEqual([2, expect.stringContaining("--maxmemory is about all keys")]);
  });

  it("is what the library answers", async () => {
    const opened = openInventory(inventory);
    try {
      expect(trend([opened], { maxmemory: 2 ** 30 }).points.map(({ keys }) => keys)).toEqual(
        days.map((_, day) => (day + 1) * SESSIONS_A_DAY + 50),
      );
      expect(() => trend([])).toThrow("a trend needs a snapshot at least");
    } finally {
      opened.close();
    }
  });
});

describe("the day that maxmemory is reached", () => {
  // used-mem is 1,000,000 and 100 bytes a session: 20,000 bytes more each day, 1,020,000 on the first.
  it("is where the straight line is there", async () => {
    const { limits } = await jsonOf([...files, "--maxmemory", "2020000"]);
    const saved = limits.find(({ measure }) => measure === "used_memory_saved")!;
    expect(saved).toMatchObject({ state: "nearer", has_band: true, limit_bytes: 2_020_000, last: 1_120_000 });
    for (const at of [saved.reached_at, saved.earliest_at, saved.latest_at])
      expect(Math.abs((at as number) - (START + 50 * DAY_MS))).toBeLessThan(1000);
  });

  it("has the words of redis.conf, and refuses what is none", async () => {
    expect((await jsonOf([inventory, "--maxmemory", "1gb"])).limits[0]!.limit_bytes).toBe(2 ** 30);
    expect((await jsonOf([inventory, "--maxmemory", "1g"])).limits[0]!.limit_bytes).toBe(1e9);
    for (const wrong of ["0", "-1", "much", "4xb"]) {
      const { status, stderr } = await run([inventory, "--maxmemory", wrong]);
      expect([status, stderr.split("\n").length]).toEqual([2, 2]);
      expect(stderr).toContain("--maxmemory");
    }
  });

  it("is reached, not reached, or cannot be said", async () => {
    const state = async (args: readonly string[]) =>
      (await jsonOf([...args, "--maxmemory", "1100000"])).limits.map((one) => one.state);
    expect(await state([inventory])).toContain("reached");
    const shrinking = [writeDay("s0.rdb", START, 900), writeDay("s1.rdb", START + DAY_MS, 300)];
    expect((await jsonOf([...shrinking, "--maxmemory", "1gb"])).limits.map((one) => one.state)).toEqual([
      "not",
      "not",
    ]);
    const [one] = (await jsonOf([files[0]!, "--maxmemory", "1gb"])).limits;
    expect(one).toMatchObject({ state: "unknown", reached_at: null, earliest_at: null });
  });

  it("is that of the fullest node", async () => {
    // Each round has one node with twice the keys of the other.
    const nodes = [0, 1, 2].flatMap((day) => [
      writeDay(`n${day}a.rdb`, START + day * DAY_MS, 1000 + 100 * day),
      writeDay(`n${day}b.rdb`, START + day * DAY_MS + 60_000, 2000 + 200 * day),
    ]);
    const { points, limits } = await jsonOf([...nodes, "--nodes", "2", "--maxmemory", "100mb"]);
    expect(points.map(({ keys }) => keys)).toEqual([3100, 3400, 3700]);
    expect(points[0]!.created_at).toBe(START + 30_000);
    const alone = await jsonOf([nodes[5]!]);
    const used = (of: Json) => (of.points.at(-1) as unknown as { used_memory: number }).used_memory;
    const all = limits[0]!.last as number;
    expect(limits[0]!.limit_bytes).toBe(Math.round((100 * 2 ** 20 * all) / used(alone)));
  });
});

describe("what is no series", () => {
  const refused = async (args: readonly string[]) => {
    const { status, stdout, stderr } = await run(args);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    return stderr;
  };

  it("two snapshots of one time, which may be nodes of a cluster", async () => {
    const twin = writeDay("twin.rdb", START, 7);
    expect(await refused([files[0]!, twin])).toMatch(
      /day-0\.rdb and .*twin\.rdb are both of 2026-01-01 .*--nodes N/,
    );
  });

  it("nodes of which some are missing, or that were saved at any time", async () => {
    expect(await refused([...files.slice(0, 5), "--nodes", "2"])).toMatch(
      /5 snapshots .* 1 too many, or 1 missing/,
    );
    expect(await refused([...files, "--nodes", "2"])).toMatch(
      /cannot be told which snapshots belong together/,
    );
  });

  it("other profiles, unless they may be mixed", async () => {
    const other = writeDay("other.rdb", START + 9 * DAY_MS, 5, "6.2.14");
    expect(await refused([...files, other])).toMatch(/profile \(redis-7\.2, redis-6\.2\).*--allow-mixed/);
    const { notes, points } = await jsonOf([...files, other, "--allow-mixed"]);
    expect(points).toHaveLength(7);
    expect(notes[0]).toMatch(/^--allow-mixed: 1 snapshot of 7 /);
    expect((await jsonOf([...files, other, "--profile", "redis-7.2"])).points).toHaveLength(7);
  });

  it("snapshots without a time, unless their files have it", async () => {
    const without = writeDay("without.rdb", undefined, 5);
    fs.utimesSync(without, (START + 8 * DAY_MS) / 1000, (START + 8 * DAY_MS) / 1000);
    expect(await refused([...files, without])).toMatch(/without\.rdb has no time of creation.*--file-times/);
    const { points, notes } = await jsonOf([...files, without, "--file-times"]);
    expect(points.at(-1)!.created_at).toBe(START + 8 * DAY_MS);
    expect(notes).toContain("--file-times: 1 snapshot at the time of the file");
  });

  it("options for snapshots, of inventories alone", async () => {
    expect(await refused([inventory, "--profile", "redis-7.2"])).toMatch(/--profile is for snapshots/);
    expect((await run([inventory, files[0]!, "--profile", "redis-7.2"])).status).toBe(0);
  });
});

describe("what cannot be said", () => {
  it("is said: of one point, of two, and of less than a day", async () => {
    expect((await jsonOf([files[0]!])).notes.join()).toMatch(/one point: how it grows cannot be said/);
    const two = await jsonOf(files.slice(0, 2));
    expect(two.notes.join()).toMatch(/two points.*how sure it is cannot be said/);
    expect(two.totals[1]).toMatchObject({ per_day_margin: null });
    const hour = [0, 1, 2].map((i) => writeDay(`hour-${i}.rdb`, START + i * 3_600_000, 100 + i));
    expect((await jsonOf(hour)).notes.join()).toMatch(/shorter than a day/);
  });

  it("a month of what comes to nothing, or of less than a day, is not told", async () => {
    const monthOf = async (args: readonly string[]) => (await jsonOf(args)).totals[1]!.per_month_share;
    const halved = [writeDay("h0.rdb", START, 500), writeDay("h1.rdb", START + DAY_MS, 200)];
    expect(await monthOf(halved)).toBe(-1);
    const second = [writeDay("sec-0.rdb", START, 10), writeDay("sec-1.rdb", START + 30_000, 20)];
    expect(await monthOf(second)).toBeNull();
    const { stdout } = await run(second, 100);
    expect(stdout).toContain("2 points in 30 seconds");
    expect(stdout).not.toMatch(/\d%/);
    const minutes = [second[0]!, writeDay("min-1.rdb", START + 45 * 60_000, 20)];
    expect((await run(minutes, 100)).stdout).toContain("2 points in 45.0 minutes");
  });

  it("growth that is no straight line is told", async () => {
    const faster = [0, 1, 2, 3, 4, 5, 6].map((day) =>
      writeDay(`faster-${day}.rdb`, START + day * DAY_MS, 100 + 60 * day * day),
    );
    expect((await jsonOf(faster)).notes.join()).toMatch(/growth speeds up/);
    expect((await jsonOf(files)).notes.join()).not.toMatch(/speeds|slows|pull/);
    const falling = [0, 1, 2, 3, 4, 5, 6].map((day) =>
      writeDay(`falling-${day}.rdb`, START + day * DAY_MS, 2500 - 60 * day * day),
    );
    const { notes } = await jsonOf(falling);
    expect(notes.join()).toMatch(/it shrinks ever faster: 0B a day at the beginning, -/);
    expect(notes.join()).not.toMatch(/growth/);
  });
});

describe("formats", () => {
  it.each([80, 100])("tables of %i columns are no wider", async (width) => {
    const { stdout } = await run([inventory, "--maxmemory", "8mb"], width);
    const lines = stdout.split("\n");
    expect(lines.filter((line) => displayWidth(line.replace(COLOUR, "")) > width)).toEqual([]);
    expect(stdout).toContain("When 8.00M (maxmemory) is reached");
    expect(stdout).toMatch(/session:\*.*\+/);
    expect(stdout).toContain("▁");
  });

  it("CSV and NDJSON have the same figures, for plots", async () => {
    const csv = readCsv((await run([inventory, "--format", "csv", "--maxmemory", "8mb"])).stdout);
    const lines = (await run([inventory, "--format", "ndjson", "--maxmemory", "8mb"])).stdout
      .trim()
      .split("\n");
    const records = lines.map((line) => JSON.parse(line) as Record<string, string | number | null>);
    const bytes = records.filter((one) => one.record === "point" && one.name === "session:*");
    expect(bytes.map((one) => one.created_at)).toEqual(days);
    const [header, ...rows] = csv;
    expect(header).toEqual(["record", "group", "name", "created_at", "measure", "value"]);
    expect(
      rows.filter((row) => row[2] === "session:*" && row[4] === "bytes").map((row) => Number(row[5])),
    ).toEqual(bytes.map((one) => one.bytes));
    expect(rows.filter((row) => row[0] === "limit" && row[4]!.endsWith("_state"))).toHaveLength(2);
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([6]));
  });

  it("show nothing that a terminal would obey", async () => {
    const hostile = path.join(folder, "hostile.rdb");
    fs.writeFileSync(hostile, hostileSnapshot());
    for (const format of ["table", "expanded", "json", "ndjson", "csv", "markdown"]) {
      const { stdout } = await runInside([
        "trend",
        hostile,
        "--file-times",
        "--format",
        format,
        "-l",
        "1000",
      ]);
      expect(forbiddenIn(stdout, /\r?\n/g)).toEqual([]);
    }
  });
});
