import { Readable, Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import { note } from "../../src/cli/io.ts";
import { SAMPLE } from "./run-cli.ts";
import { runInside } from "./run-inside.ts";

const texts = async (args: readonly string[], terminal: boolean | number) => {
  const { stdout, stderr } = await runInside(terminal === false ? args : [...args, "--no-color"], terminal);
  return { stdout: stdout.toString(), stderr: stderr.toString() };
};

describe("on a narrow terminal", () => {
  test.each(["patterns", "bigkeys", "types", "efficiency"])(
    "%s tells of columns it leaves out",
    async (name) => {
      const [wide, narrow] = [await texts([name, SAMPLE], 300), await texts([name, SAMPLE], 80)];
      // Both have the same tables: columns are missing of which a narrow one lacks the heading.
      const headings = ({ stdout }: { stdout: string }) =>
        stdout.split("\n").flatMap((line) => (/ Memory /.test(line) ? [line.trim().split(/ {2,}/)] : []));
      const shown = headings(narrow);
      const missing = new Set(
        headings(wide).flatMap((all, i) => all.filter((one) => !shown[i]!.includes(one))),
      );
      expect(missing.size).toBeGreaterThan(0);
      const what = missing.size === 1 ? "1 column does" : `${missing.size} columns do`;
      expect(narrow.stderr.split("\n").filter((line) => line.includes("not fit"))).toEqual([
        `rdbscope: ${what} not fit: --format expanded, or a pipe, has ${missing.size === 1 ? "it" : "them"}`,
      ]);
      expect(wide.stderr).not.toContain("not fit");
      expect((await texts([name, SAMPLE, "--quiet"], 80)).stderr).not.toContain("not fit");
      expect((await texts([name, SAMPLE, "--format", "expanded"], 80)).stderr).not.toContain("not fit");
    },
  );

  test("what explain says of sources is whole, and machines have the version in each", async () => {
    const { stdout } = await texts(["explain", SAMPLE, "leaderboard:alltime"], 80);
    expect(stdout).toContain("Source in Redis 7.2.6\n");
    expect(stdout).toMatch(/^dictEntry .* dictInsertAtPosition\(\), dict\.c$/m);
    const json = await texts(["explain", SAMPLE, "leaderboard:alltime", "--format", "csv"], false);
    expect(json.stdout).toContain("dictInsertAtPosition(), dict.c, Redis 7.2.6");
  });

  const sink = () => new Writable({ write: (_chunk, _, done) => done() });

  test.each([
    [true, "40"],
    [false, "40"],
  ])("notes are wrapped at words: terminal %s", (isTTY, columns) => {
    let written = "";
    const stream = new Writable({
      write(chunk, _, done) {
        written += chunk;
        done();
      },
    });
    const stderr = Object.assign(stream, { isTTY });
    const surroundings = { stdin: Readable.from([]), stdout: sink(), stderr, env: { COLUMNS: columns } };
    const message = "a sample: 952 of 19,168 keys were drawn, and all 577 read";
    note({ ...surroundings, status: 0, outputError: undefined }, message);
    const lines = written.trimEnd().split("\n");
    expect(lines.map((line) => line.trim()).join(" ")).toBe(`rdbscope: ${message}`);
    expect(lines.length > 1 && lines.every((line) => line.length <= 40)).toBe(isTTY);
  });
});

describe("how much is shown", () => {
  const rows = (stdout: string) => stdout.trim().split(/\r?\n/).length - 1;

  test.each(["patterns", "efficiency", "slots"])("%s takes --limit by all its names", async (name) => {
    const ask = async (...more: string[]) =>
      rows((await texts([name, SAMPLE, "--format", "csv", ...more], false)).stdout);
    const two = await ask("-l", "2");
    expect(two).toBeLessThan(await ask("-l", "5"));
    expect(await ask("--limit", "2")).toBe(two);
    expect(await ask("--largest", "2")).toBe(two);
    expect((await texts([name, SAMPLE, "--largest", "x"], false)).stderr).toMatch(/--limit: "x" is not/);
  });

  test.each(["bigkeys", "hotkeys", "ttl", "doctor", "compare", "diff", "get", "patterns"])(
    "%s documents one name",
    async (name) => {
      const { stdout } = await texts([name, "--help"], false);
      expect(stdout).toContain("-l, --limit <n>");
      expect(stdout).not.toContain("--largest");
    },
  );

  test("get takes the other name too", async () => {
    const { stdout } = await texts(["get", SAMPLE, "user:1000", "--largest", "1"], false);
    expect(JSON.parse(stdout)).toMatchObject({ elements: 7, shown: 1 });
  });
});
