import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { progressOf } from "../../src/cli/progress.ts";
import { runCli, SAMPLE } from "./run-cli.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-progress-"));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** Members of events, as docs/fleet.md has them. */
function documented(event: string): string[] {
  const text = fs.readFileSync(new URL("../../docs/fleet.md", import.meta.url), "utf8");
  const rows = [...text.matchAll(/^\| `(\w+)` +\| (all|progress|note|error|note, error|error, done) +\|/gm)];
  return rows
    .filter(([, , where]) => where === "all" || where!.split(", ").includes(event))
    .map(([, name]) => name!);
}

const eventsOf = (stderr: string): Record<string, string | number>[] =>
  stderr
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("--progress json", () => {
  test("tells each phase and the end, with what is documented", async () => {
    const output = path.join(folder, "one.sqlite");
    const { status, stderr } = await runCli(["analyze", SAMPLE, "-o", output, "--progress", "json"]);
    expect(status).toBe(0);
    const events = eventsOf(stderr);
    const done = events.pop()!;
    expect([Object.keys(done), done.event, done.exit_status]).toEqual([documented("done"), "done", 0]);
    for (const event of events) expect(Object.keys(event)).toEqual(documented("progress"));
    expect(events.map(({ phase }) => phase)).toEqual(["read", "merge"]);
    const bytes = fs.statSync(SAMPLE).size;
    const all = { bytes_done: bytes, bytes_total: bytes };
    expect(events.at(-1)).toMatchObject({ event: "progress", keys: 3264, file: SAMPLE, ...all });
    expect(Date.parse(String(events[0]!.time))).toBeGreaterThan(0);
  });

  test("tells the writing of a dataset, by keys", async () => {
    const { stderr } = await runCli([
      "analyze",
      SAMPLE,
      "--parquet",
      path.join(folder, "set"),
      "--progress",
      "json",
    ]);
    const events = eventsOf(stderr).slice(0, -1);
    expect(events.map(({ phase, keys_total: all }) => [phase, all])).toEqual([
      ["read", null],
      ["merge", null],
      ["write", 3264],
      ["write", 3264],
    ]);
    expect(events.map(({ keys }) => keys).slice(-3)).toEqual([3264, 0, 3264]);
    for (const event of events) expect(Object.keys(event)).toEqual(documented("progress"));
    const seconds = events.map(({ seconds }) => Number(seconds));
    expect(seconds).toEqual([...seconds].sort((a, b) => a - b));
  });

  test.each([["summary"], ["verify"], ["compare", "--profiles", "redis-7.2"]])(
    "tells it of %s too",
    async (command, ...more) => {
      const { stderr } = await runCli([command, SAMPLE, ...more, "--progress", "json"]);
      const [done, last] = eventsOf(stderr).reverse();
      expect([done!.event, last!.event, last!.file]).toEqual(["done", "progress", SAMPLE]);
      expect(last!.bytes_done).toBe(last!.bytes_total);
    },
  );

  test("is done of several of which one failed, with the status", async () => {
    const output = path.join(folder, "several.sqlite");
    const { status, stderr } = await runCli(["analyze", SAMPLE, folder, "-o", output, "--progress", "json"]);
    const events = eventsOf(stderr);
    expect(events.at(-1)).toMatchObject({ event: "done", exit_status: status });
    const last = events.filter(({ event }) => event === "progress").at(-1)!;
    expect([last.phase, last.bytes_done]).toEqual(["merge", last.bytes_total]);
  });

  test("tells an error with the exit status, and notes", async () => {
    const cut = path.join(folder, "cut.rdb");
    fs.writeFileSync(cut, fs.readFileSync(SAMPLE).subarray(0, 200_000));
    const failed = await runCli(["analyze", cut, "-o", path.join(folder, "x.sqlite"), "--progress", "json"]);
    const error = eventsOf(failed.stderr).at(-1)!;
    expect(Object.keys(error)).toEqual(documented("error"));
    expect(error).toMatchObject({ event: "error", exit_status: failed.status });
    expect(failed.status).toBe(3);
    expect(eventsOf(failed.stderr).map(({ event }) => event)).not.toContain("done");
    const { stderr } = await runCli(["verify", cut, "--progress", "json"]);
    const noted = eventsOf(stderr).find(({ event }) => event === "note")!;
    expect(Object.keys(noted)).toEqual(documented("note"));
  });

  test("is one of two words", async () => {
    const { status, stderr } = await runCli(["summary", SAMPLE, "--progress", "xml"]);
    expect([status, stderr]).toEqual([2, 'rdbscope: --progress: "xml" is not one of bar, json\n']);
  });
});

describe("the bar of a terminal", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  function terminal() {
    const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 200 });
    const cli = { stdin: process.stdin, stdout: stderr, stderr, env: {}, status: 0, outputError: undefined };
    const bar = progressOf(cli, {}, ["a.gz", "b.gz"]);
    /** What was shown since it was last asked for. */
    const shown = () => {
      vi.advanceTimersByTime(200);
      return stripVTControlCharacters(String(stderr.read() ?? "")).replaceAll(/[-=]{24}/g, "|");
    };
    return { bar, shown };
  }
  const MB = 2 ** 20;

  test("begins with what is told first, and shows nothing where nothing is", () => {
    const none = terminal();
    expect(none.shown()).toBe("");
    none.bar.stop();
    none.bar.update({ phase: "read", bytesDone: 1, bytesTotal: 2, keys: 1 });
    expect(none.shown()).toBe("");
    const { bar, shown } = terminal();
    bar.update({ phase: "write", bytesDone: 9, bytesTotal: 9, keys: 0, keysTotal: 2000 });
    expect(shown().trim()).toBe("writing | 0%  0 of 2,000");
    bar.stop();
  });

  test("counts speed and the time left from the beginning of each phase", () => {
    const { bar, shown } = terminal();
    const unpacked = (bytesDone: number) =>
      bar.update({ phase: "unpack", bytesDone, bytesTotal: 100 * MB, keys: 0 });
    /** Half of 100 MB in 10 s, and what is shown then. */
    const half = () => {
      unpacked(0);
      vi.advanceTimersByTime(9800);
      shown();
      unpacked(50 * MB);
      return shown();
    };
    const expected = "unpacking | 50%  50.00M of 100.00M  5.00M/s  10s left";
    expect(half()).toContain(expected);
    unpacked(100 * MB);
    vi.advanceTimersByTime(60_000);
    bar.update({ phase: "read", bytesDone: 100 * MB, bytesTotal: 200 * MB, keys: 1000 });
    vi.advanceTimersByTime(60_000);
    expect(half()).toContain(expected);
    bar.stop();
  });
});
