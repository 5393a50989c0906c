import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { displayWidth } from "../../src/reports/text.ts";
import { run as analyzed, ask, workFolder } from "../pipeline/support.ts";
import { forbiddenIn, hostileSnapshot } from "../support/hostile-names.ts";
import { stringValue } from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";
import { readCsv } from "../support/read-csv.ts";
import { runInside } from "./run-inside.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a colour is
const COLOUR = /\x1b\[\d+m/g;

const folder = workFolder();
const SAMPLE = "fixtures/sample.rdb";
const CATALOGUE = "docs/plan/catalogue.example.yaml";

const plan = async (args: readonly string[], terminal: number | false = false) => {
  const { status, stdout, stderr } = await runInside(["plan", ...args], terminal);
  return { status, stdout: stdout.toString(), stderr: stderr.toString() };
};
type Row = Record<string, string | number | null>;
const rowsOf = async (args: readonly string[]) => {
  const { stdout, stderr, status } = await plan([...args, "--format", "json", "--quiet"]);
  expect([status, stderr]).toEqual([0, ""]);
  const rows = JSON.parse(stdout) as Row[];
  return (section: string) => rows.filter((row) => row.section === section);
};
const partOf = (rows: readonly Row[], part: string, scenario: string) =>
  rows.find((row) => row.part === part && row.scenario === scenario)?.bytes;

describe("plan", () => {
  it("has the memory model's totals of each target as its data", async () => {
    const names = ["redis-6.2", "redis-8.6", "valkey-8.1"];
    const rows = await rowsOf([SAMPLE, "--profiles", names.join(",")]);
    for (const name of names) {
      const { output } = await analyzed(folder, [SAMPLE], { profile: name, keys: "none" });
      const [memory] = ask(output, "SELECT *, estimated_bytes - baseline_bytes AS data FROM memory") as Row[];
      const parts = ["keys", "tables", "functions", "data", "empty server"];
      expect(parts.map((part) => partOf(rows("data"), part, name))).toEqual([
        memory!.key_bytes,
        memory!.table_bytes,
        memory!.function_bytes,
        memory!.data,
        memory!.baseline_bytes,
      ]);
      const term = rows("terms").find((row) => row.term === "data" && row.scenario === name);
      expect(term!.bytes).toBe(memory!.data);
    }
  });

  it("says the same of an inventory, with rows or without", async () => {
    const snapshot = await plan([SAMPLE, "--format", "csv", "--catalogue", CATALOGUE, "--growth", "3%"]);
    for (const keys of ["all", "none"] as const) {
      const { output } = await analyzed(folder, [SAMPLE], { keys });
      const inventory = await plan([output, "--format", "csv", "--catalogue", CATALOGUE, "--growth", "3%"]);
      expect(inventory.stdout).toBe(snapshot.stdout);
    }
  });

  it("asks for the snapshot where an inventory was made for another server", async () => {
    const { output } = await analyzed(folder, [SAMPLE], { keys: "none" });
    const other = await plan([output, "--profiles", "redis-8.6"]);
    expect(other).toMatchObject({ status: 2, stdout: "" });
    expect(other.stderr).toContain(
      "made for redis-7.2 with jemalloc: for another target plan reads the snapshot (fixtures/sample.rdb)",
    );
    const settings = await plan([output, "--set", "hash-max-listpack-entries=3"]);
    expect(settings.stderr).toMatch(/^rdbscope: --set: .*other settings/);
    expect((await plan([output, "--profiles", "redis-7.2"])).status).toBe(0);
    const part = await analyzed(folder, [SAMPLE], { keys: "none", filters: { types: ["hash"] } });
    expect((await plan([part.output])).stderr).toContain("was made of a part of the keys");
  });

  it("finds files of a scenario beside it, and tells where it is wrong", async () => {
    const file = path.join(folder, "s.yaml");
    fs.writeFileSync(path.join(folder, "INFO.txt"), "used_memory:1\r\nmem_fragmentation_ratio:1.9\r\n");
    fs.writeFileSync(
      file,
      "version: 1\nscenarios:\n  - name: a\n    info: INFO.txt\n  - name: b\n    fragmentation: 1.2\n",
    );
    const rows = await rowsOf([SAMPLE, "--scenario", file]);
    expect(rows("scenarios").map(({ fragmentation }) => fragmentation)).toEqual([1.9, 1.2]);
    fs.writeFileSync(file, "version: 1\nscenarios:\n  - name: a\n    sync: sometimes\n");
    expect(await plan([SAMPLE, "--scenario", file])).toMatchObject({
      status: 2,
      stderr: `rdbscope: ${file}:4:11: scenarios[0].sync: "sometimes" is not one of partial, full, mixed\n`,
    });
    expect((await plan([SAMPLE, "--scenario", file, "--clients", "5"])).stderr).toMatch(
      /^rdbscope: --clients: /,
    );
    expect(await plan([SAMPLE, "--scenario", path.join(folder, "none.yaml")])).toMatchObject({ status: 4 });
  });

  it.each([
    [["--growth", "x"], '--growth: "x" is not a percentage such as 5% or -2%'],
    [["--clients", "1.5"], "--clients: 1.5 is not a whole number"],
    [["--workload", "fast"], '--workload: "fast" is not one of read-heavy'],
    [["--growth-of", "x"], '--growth-of: "x" is not a pattern with a percentage'],
    [
      ["--growth-of", "sesion:*=5%"],
      "--growth-of: fixtures/sample.rdb has no pattern sesion:*: did you mean session:*?",
    ],
    [["--history", SAMPLE], "--history tells when machines are outgrown: give them with --catalogue"],
    [["--model", "docs/plan/model.example.yaml"], "give a snapshot or an inventory, or --model"],
    [["--snapshot", "1"], "--snapshot is for inventories"],
    [["--info", "INFO.txt", "--fragmentation", "1.3"], "--info and --fragmentation both say the ratio"],
    [
      ["--growth", "900000%", "--months", "600"],
      "--growth: in 600 months this makes more than 1E of the keys",
    ],
  ])("refuses %j", async (args, message) => {
    const { status, stderr, stdout } = await plan([SAMPLE, ...args]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
  });

  it("takes no option of reading for a model", async () => {
    const { status, stderr } = await plan(["--model", "docs/plan/model.example.yaml", "--workers", "2"]);
    expect([status, stderr]).toEqual([
      2,
      "rdbscope: --workers is for snapshots and inventories; --model reads none\n",
    ]);
  });

  it("has the same figures in every format", async () => {
    const args = [SAMPLE, "--catalogue", CATALOGUE, "--profiles", "redis-7.2,valkey-9.1"];
    const rows = await rowsOf(args);
    const csv = readCsv((await plan([...args, "--format", "csv", "--quiet"])).stdout).slice(1);
    const figure = (section: string, scenario: string, item: string, measure: string) =>
      csv.find(
        (line) => line[0] === section && line[1] === scenario && line[2] === item && line[3] === measure,
      )?.[4];
    for (const row of rows("terms")) {
      expect(figure("terms", String(row.scenario), String(row.term), "bytes")).toBe(String(row.bytes));
    }
    for (const row of rows("costs")) {
      expect(figure("costs", String(row.scenario), `${row.region}, ${row.purchase}`, "year")).toBe(
        String(row.year),
      );
    }
    const keys = csv.map(([section, scenario, item, measure]) =>
      JSON.stringify([section, scenario, item, measure]),
    );
    expect(new Set(keys).size).toBe(keys.length);
    expect((await plan([...args, "--format", "markdown"])).stdout).toContain("| Scenario | Term |");
    expect(
      rows("notes")
        .map(({ note }) => note)
        .join("\n"),
    ).toMatch(/made-up figures/);
  });

  it("fits a narrow terminal", async () => {
    const { stdout } = await plan([SAMPLE, "--catalogue", CATALOGUE], 100);
    const widest = Math.max(...stdout.split("\n").map((line) => displayWidth(line.replace(COLOUR, ""))));
    expect(widest).toBeLessThanOrEqual(100);
  });

  it("hashes names", async () => {
    const { stdout } = await plan([SAMPLE, "--hash-keys", "--format", "json", "--catalogue", CATALOGUE]);
    expect(stdout).toContain("session:*");
    expect(stdout).not.toContain("leaderboard:alltime");
  });

  it("lets no name of a snapshot reach the terminal as it is", async () => {
    const file = path.join(folder, "hostile.rdb");
    fs.writeFileSync(file, hostileSnapshot());
    for (const format of ["table", "markdown", "csv"] as const) {
      const { stdout, stderr } = await runInside(["plan", file, "--format", format, "-l", "1000"]);
      expect(forbiddenIn(Buffer.concat([stdout, stderr]), /\r?\n/g)).toEqual([]);
    }
  });

  it("explains damage and an empty snapshot", async () => {
    const file = path.join(folder, "cut.rdb");
    fs.writeFileSync(file, fs.readFileSync(SAMPLE).subarray(0, 9000));
    expect(await plan([file])).toMatchObject({ status: 3, stdout: "" });
    const empty = path.join(folder, "empty.rdb");
    fs.writeFileSync(empty, new RdbWriter().end());
    const { status, stdout } = await plan([empty, "--catalogue", CATALOGUE]);
    expect([status, stdout.includes("cache-2")]).toEqual([0, true]);
    expect(stdout).not.toMatch(/NaN|Infinity|undefined/);
  });
});

describe("a forecast", () => {
  const DAY_MS = 86_400_000;
  const START = Date.UTC(2026, 0, 1);
  /** Strings of 64 bytes: what one takes does not depend on how many there are. */
  function writeDay(day: number): string {
    const writer = new RdbWriter()
      .aux("redis-ver", "7.2.6")
      .aux("ctime", String((START + day * DAY_MS) / 1000))
      .selectDb(0);
    for (let i = 0; i < 1100 + day * 200; i++)
      writer.key(`session:${String(i).padStart(6, "0")}`, stringValue("x".repeat(64)));
    const file = path.join(folder, `day-${day}.rdb`);
    fs.writeFileSync(file, writer.end());
    return file;
  }

  it("says when the machine is full, as a line through the points has it", async () => {
    const files = [0, 1, 2, 3].map(writeDay);
    const { output } = await analyzed(folder, files, { keys: "none" });
    const bytes = ask(
      output,
      "SELECT estimated_bytes - baseline_bytes AS bytes FROM memory ORDER BY snapshot",
    );
    const catalogue = path.join(folder, "machines.yaml");
    const machines = `version: 1
as_of: 2026-01-01
source: a test
currency: EUR
machines: [{ name: small, memory: 2M, vcpu: 1 }]
`;
    fs.writeFileSync(catalogue, machines);
    const scenario = path.join(folder, "forecast.yaml");
    fs.writeFileSync(
      scenario,
      "version: 1\nscenarios: [{ name: a, fragmentation: 1, replicas: 0, clients: 0, core: 0, safety: 0%, maxmemory_share: 100% }]\n",
    );
    // With all else at nothing, the machine is full when used_memory is as large.
    const args = [output, "--snapshot", "4", "--scenario", scenario, "--catalogue", catalogue];
    const [row] = (await rowsOf([...args, "--history", output]))("forecast");
    const [first, , , last] = (bytes as { bytes: number }[]).map((one) => one.bytes);
    expect(last).toBeGreaterThan(first!);
    const [{ baseline }] = ask(output, "SELECT baseline_bytes AS baseline FROM memory LIMIT 1") as [
      { baseline: number },
    ];
    expect(row).toMatchObject({ machine: "small", shards: 1 });
    const limit = row!.limit_bytes as number;
    expect(limit).toBeLessThanOrEqual(2 * 1024 ** 2);
    expect(limit).toBeGreaterThan(1.99 * 1024 ** 2);
    expect(baseline).toBeLessThan(limit);
    const trend = await runInside([
      "trend",
      output,
      "--maxmemory",
      String(limit),
      "--format",
      "json",
      "--quiet",
    ]);
    const [{ limits }] = JSON.parse(trend.stdout.toString()) as [
      { limits: { measure: string; reached_at: number | null }[] },
    ];
    expect(row!.at).toBe(limits.find(({ measure }) => measure === "used_memory")!.reached_at);
    const snapshots = (
      await rowsOf([files[3]!, "--scenario", scenario, "--catalogue", catalogue, "--history", ...files])
    )("forecast");
    expect(snapshots).toEqual([row]);
    // What is planned for is the last point without being named.
    for (const [planned, ...more] of [[files[3]!], [output, "--snapshot", "4"]]) {
      const asked = [planned!, ...more, "--scenario", scenario, "--catalogue", catalogue];
      const found = await rowsOf([...asked, "--history", ...files.slice(0, 3)]);
      expect(found("forecast")).toEqual([row]);
      expect(found("notes").map(({ note }) => note)).toContainEqual(
        expect.stringMatching(/ is planned for, and the last point of the series$/),
      );
    }
    const older = await rowsOf([
      files[0]!,
      "--scenario",
      scenario,
      "--catalogue",
      catalogue,
      "--history",
      ...files.slice(1),
    ]);
    expect(
      older("notes")
        .map(({ note }) => note)
        .join("\n"),
    ).not.toMatch(/the last point of the series/);
    const other = await plan([
      files[3]!,
      "--profiles",
      "redis-8.6",
      "--catalogue",
      catalogue,
      "--history",
      output,
    ]);
    expect(other.stderr).toMatch(/is sized for redis-7\.2, the plan is for redis-8\.6/);
  });
});

it("docs/sizing.md shows what the command prints", async () => {
  const text = fs.readFileSync("docs/sizing.md", "utf8");
  const [, args, lines] = /^```\n\$ rdbscope plan (fixtures.*)\n([\s\S]*?)\n```$/m.exec(text)!;
  const { stdout } = await plan(args!.split(" "));
  expect(stdout.trimEnd()).toBe(lines);
});
