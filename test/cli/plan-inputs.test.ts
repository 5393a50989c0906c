import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { displayWidth } from "../../src/reports/text.ts";
import { run as analyzed, workFolder } from "../pipeline/support.ts";
import { stringValue } from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";
import { readCsv } from "../support/read-csv.ts";
import { runInside } from "./run-inside.ts";

const folder = workFolder();
const SAMPLE = "fixtures/sample.rdb";

const plan = async (args: readonly string[], terminal: number | false = false) => {
  const { status, stdout, stderr } = await runInside(["plan", ...args], terminal);
  return { status, stdout: stdout.toString(), stderr: stderr.toString() };
};
type Row = Record<string, string | number | boolean | null>;
const json = async (args: readonly string[]) => {
  const { stdout, stderr, status } = await plan([...args, "--format", "json", "--quiet"]);
  expect(stderr).toBe("");
  const rows = JSON.parse(stdout) as Row[];
  const section = (name: string) => rows.filter((row) => row.section === name);
  return { status, section, notes: section("notes").map(({ note }) => String(note)) };
};
const written = (name: string, text: string | Uint8Array) => {
  const file = path.join(folder, name);
  fs.writeFileSync(file, text);
  return file;
};
const catalogue = (machines: string) =>
  written(
    "machines.yaml",
    `version: 1\nas_of: 2026-11-01\nsource: a test\ncurrency: EUR\nmachines:\n${machines}`,
  );
const scenarios = (fields: string) =>
  written("scenario.yaml", `version: 1\nscenarios:\n  - name: one\n${fields}`);
/** The fields that a test of machines does not want to be decided by buffers. */
const BARE = "    replicas: 0\n    clients: 0\n    core: 0\n    safety: 0%\n    fragmentation: 1\n";

describe("what is planned of", { timeout: 60_000 }, () => {
  it("is not what was salvaged", async () => {
    const cut = written("cut.rdb", fs.readFileSync(SAMPLE).subarray(0, 20_000));
    for (const keys of ["all", "none"] as const) {
      const { output } = await analyzed(folder, [cut], { keys, salvage: true });
      for (const more of [[], ["--savings"]]) {
        const { status, stderr, stdout } = await plan([output, ...more]);
        expect([status, stdout]).toEqual([2, ""]);
        expect(stderr).toMatch(/was salvaged of a damaged snapshot .* plan an undamaged snapshot/);
      }
    }
    // All of it was there.
    const { output } = await analyzed(folder, [SAMPLE], { keys: "none", salvage: true });
    expect((await plan([output])).status).toBe(0);
  });

  it("says which server it was taken to be of", async () => {
    const old = written("unknown.rdb", new RdbWriter().selectDb(0).key("a", stringValue("b")).end());
    const note = /^no profile of an unknown server: sized as redis-[\d.]+$/;
    expect((await json([old])).notes).toContainEqual(expect.stringMatching(note));
    const { output } = await analyzed(folder, [old], { keys: "all" });
    expect((await json([output])).notes).toContainEqual(expect.stringMatching(note));
    // Whoever names a server need not be told.
    const { notes } = await json([old, "--profiles", "redis-7.2,redis-8.6"]);
    expect(notes).not.toContainEqual(expect.stringMatching(note));
  });

  it("tells a server that cannot load it in its row, first among the notes, and by the status if that is asked for", async () => {
    const cannot = /^redis-6\.2 cannot load RDB 11: sized as if it could$/;
    const args = [SAMPLE, "--profiles", "redis-8.6,redis-6.2"];
    const { section, notes } = await json(args);
    const cells = section("scenarios").map(({ cannot_load: cell }) => cell);
    expect(cells).toEqual([null, expect.stringMatching(cannot)]);
    expect(notes[0]).toMatch(cannot);
    expect(notes.filter((note) => cannot.test(note))).toHaveLength(1);
    expect((await plan(args)).stdout).toContain("Cannot load");
    expect((await plan([SAMPLE, "--profiles", "redis-8.6"])).stdout).not.toContain("Cannot load");
    expect((await plan(args)).status).toBe(0);
    expect((await plan([...args, "--exit-code"])).status).toBe(1);
    expect((await plan([SAMPLE, "--exit-code"])).status).toBe(0);
    const { output } = await analyzed(folder, [SAMPLE], { keys: "none", profile: "redis-6.2" });
    const ofInventory = await json([output]);
    expect(ofInventory.section("scenarios")[0]!.cannot_load).toMatch(cannot);
    expect(ofInventory.notes[0]).toMatch(cannot);
  });

  it("may be empty, in several shards", async () => {
    const empty = written("empty.rdb", new RdbWriter().aux("redis-ver", "7.2.4").end());
    const { stdout, status } = await plan([empty, "--shards", "3"]);
    expect(status).toBe(0);
    expect(stdout).not.toMatch(/times the mean|NaN|Infinity/);
    const means = (await json([empty, "--shards", "3"])).section("shards").map(({ over_mean: over }) => over);
    expect(means).toEqual([null, null, null]);
  });

  it("names hashes where names are hashed", async () => {
    const { stderr, status } = await plan([SAMPLE, "--hash-keys", "--growth-of", "leaderboard:alltime=5%"]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/has no pattern leaderboard:alltime: names are hashed/);
  });
});

describe("machines", { timeout: 60_000 }, () => {
  const EQUAL = catalogue(
    "  - { name: dear, memory: 2G, vcpu: 1, price: { on_demand: 90 } }\n  - { name: cheap, memory: 2G, vcpu: 1, price: { on_demand: 10 } }\n",
  );
  const same = fs.readFileSync(EQUAL, "utf8");

  it("of equal memory: the cheaper, one without a price last, be there one shard or many", async () => {
    const own = written("equal.yaml", `${same}  - { name: bare, memory: 2G, vcpu: 1 }\n`);
    const one = await json([SAMPLE, "--catalogue", own]);
    expect(one.section("scenarios")[0]!.machine).toBe("cheap");
    const model =
      "version: 1\nstructures: [{ name: a, type: string, count: 20000000, key: 20, value: 500 }]\n";
    const many = await json([
      "--model",
      written("model.yaml", model),
      "--profiles",
      "redis-7.2",
      "--catalogue",
      own,
    ]);
    expect(many.section("scenarios")[0]).toMatchObject({ machine: "cheap" });
    expect(Number(many.section("scenarios")[0]!.shards)).toBeGreaterThan(1);
  });

  it("without a price are told to be so", async () => {
    const own = written("bare.yaml", `${same}  - { name: bare, memory: 1500M, vcpu: 1 }\n`);
    const { section, notes } = await json([SAMPLE, "--catalogue", own]);
    expect(section("scenarios")[0]).toMatchObject({ machine: "bare", month: null });
    expect(notes).toContain(
      "no money is told: bare has no price in the catalogue: the smallest that fits and has one is cheap (2 of them)",
    );
  });

  it("are marked as chosen with true and false in JSON, with 1 and 0 in CSV", async () => {
    const { section } = await json([SAMPLE, "--catalogue", same && EQUAL]);
    const marks = section("machines").map(({ machine, chosen }) => [machine, chosen]);
    expect(marks).toEqual([
      ["cheap", true],
      ["dear", false],
    ]);
    const csv = readCsv((await plan([SAMPLE, "--catalogue", EQUAL, "--format", "csv", "--quiet"])).stdout);
    expect(csv.filter((line) => line[3] === "chosen").map((line) => line[4])).toEqual(["1", "0"]);
    expect((await plan([SAMPLE, "--catalogue", EQUAL])).stdout).toMatch(/^→ {2}cheap/m);
  });

  it("that are too small: the fullest shard is named, the shards that were given are told, and the status says so", async () => {
    const small = catalogue("  - { name: small, memory: 1500K, vcpu: 1 }\n");
    const args = [SAMPLE, "--scenario", scenarios(`${BARE}    shards: 2\n`), "--catalogue", small];
    const { section } = await json(args);
    const [row] = section("scenarios");
    expect(row).toMatchObject({ shards: 2, nodes: null, machine: "none fits" });
    expect(row!.impossible).toMatch(/but the fullest of 2 shards needs \d/);
    expect((await plan(args)).status).toBe(0);
    expect((await plan([...args, "--exit-code"])).status).toBe(1);
  });

  it("reserved and not needed are told", async () => {
    const priced = catalogue(
      "  - { name: m, memory: 2G, vcpu: 1, price: { on_demand: 9, one_year: 7, three_years: 5 } }\n",
    );
    const many = scenarios(
      "    shards: 3\n    replicas: 0\n    purchases: [{ name: too many, three_years: 5 }, { name: halves, one_year: 50%, three_years: 50% }]\n",
    );
    const { section, notes } = await json([SAMPLE, "--scenario", many, "--catalogue", priced]);
    expect(notes).toContain("too many: 2 of 5 machines reserved are not needed, and paid for");
    // Two halves of three machines are three, not four.
    expect(section("costs")[1]).toMatchObject({ one_year: 2, three_years: 1, unused: 0 });
  });
});

describe("what changes nothing", () => {
  it.each([
    [
      ["--writes-per-second", "1000", "--sync", "partial"],
      /^writes per second change nothing: with sync partial/,
    ],
    [
      ["--writes-per-second", "1000", "--replicas", "0"],
      /^writes per second change nothing: without replicas/,
    ],
  ])("is told: %j", async (args, note) => {
    expect((await json([SAMPLE, ...args])).notes).toContainEqual(expect.stringMatching(note));
    expect((await json([SAMPLE, "--writes-per-second", "5"])).notes.join("\n")).not.toMatch(/change nothing/);
  });
});

describe("replicas", () => {
  it.each([
    [["--replicas", "3", "--profiles", "redis-7.0"], true],
    [["--replicas", "3", "--profiles", "valkey-8.1"], true],
    [["--replicas", "1", "--profiles", "redis-7.0"], false],
    [["--replicas", "3", "--profiles", "redis-6.2"], false],
  ])("%j share a buffer: %s", async (args, shared) => {
    const note = /3 × 512\.00M is 1\.00G more than they may take; a replica_buffer of 170\.67M says that/;
    expect(note.test((await json([SAMPLE, ...args])).notes.join("\n"))).toBe(shared);
  });
});

describe("what is absurd", () => {
  it.each([
    [
      "    maxmemory_share: 0%\n",
      '4:22: scenarios[0].maxmemory_share: "0%" is not a percentage from 1% to 100%',
    ],
    [
      "    save_bytes_per_second: 0\n",
      "4:28: scenarios[0].save_bytes_per_second: 0 is not a speed of 1M a second at least",
    ],
    ["    fragmentation: .nan\n", "4:20: scenarios[0].fragmentation: NaN is not a number from 1 to 20"],
    [
      "    clients: 9007199254740991\n",
      "4:14: scenarios[0].clients: 9007199254740991 is not a whole number from 0 to 10000000",
    ],
    ["    clients: 1e300\n", "4:14: scenarios[0].clients: 1e+300 is not a whole number from 0 to 10000000"],
    [
      "    pipeline: 9007199254740991\n",
      "4:15: scenarios[0].pipeline: 9007199254740991 is not a whole number from 0 to",
    ],
    [
      "    safety: 999999999%\n",
      '4:13: scenarios[0].safety: "999999999%" is not a percentage from 0% to 1000%',
    ],
    [
      "    growth: -100%\n",
      '4:13: scenarios[0].growth: "-100%" is not a percentage such as 5% or -2%, more than -100%',
    ],
    [
      "    purchases: [{ name: a, one_year: 999% }]\n",
      '4:38: scenarios[0].purchases[0].one_year: "999%" is not a number of machines such as 35, or a share of them from 0% to 100%',
    ],
  ])("is refused where it stands: %s", async (fields, message) => {
    const file = scenarios(fields);
    const { status, stderr, stdout } = await plan([SAMPLE, "--scenario", file]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr.slice(0, `rdbscope: ${file}:${message}`.length)).toBe(`rdbscope: ${file}:${message}`);
  });

  it.each([
    ["as_of: 2026-11-01", "as_of: 2026-13-45", '"2026-13-45" is not a day that there is'],
    ["as_of: 2026-11-01", "as_of: 2026-02-29", '"2026-02-29" is not a day that there is'],
    ["memory: 2G", "memory: 16", "16 is not a machine's memory: 1M at least, with a unit such as 16G"],
    [
      "currency: EUR",
      "currency: EUR\nregions: {}",
      "regions: it has none: give regions with a factor each, or leave it out",
    ],
  ])("in a catalogue, too: %s, %s", async (before, after, message) => {
    const text = fs.readFileSync(catalogue("  - { name: m, memory: 2G, vcpu: 1 }\n"), "utf8");
    const { status, stderr } = await plan([
      SAMPLE,
      "--catalogue",
      written("wrong.yaml", text.replace(before, after)),
    ]);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });

  it.each([
    [["--profiles", "redis-7.2,redis-7.2"], "--profiles: redis-7.2 is named twice"],
    [["--growth", "-100%"], '--growth: "-100%" is not a percentage such as 5% or -2%, more than -100%'],
  ])("as a flag: %j", async (args, message) => {
    const { status, stderr } = await plan([SAMPLE, ...args]);
    expect([status, stderr.includes(message)]).toEqual([2, true]);
  });

  it("as a ratio of INFO that is of hardly any data", async () => {
    const info = written("INFO.txt", "used_memory:900000\r\nmem_fragmentation_ratio:155.3\r\n");
    const { status, stderr } = await plan([SAMPLE, "--info", info]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^rdbscope: --info: mem_fragmentation_ratio is 155.3: that is of little data/);
  });

  it("as a model that nobody has, however little it grows", async () => {
    const huge = written(
      "huge.yaml",
      "version: 1\nstructures: [{ name: a, type: string, count: 10000000000000, key: 20, value: 500000000 }]\n",
    );
    const { status, stderr } = await plan(["--model", huge]);
    expect([status, stderr]).toEqual([
      2,
      `rdbscope: ${huge} has more than 1E of keys: no plan is made of that many\n`,
    ]);
  });
});

describe("tables", { timeout: 60_000 }, () => {
  it("say how many rows they leave out, programs are told in a note", async () => {
    const args = [SAMPLE, "--shards", "6", "-l", "2"];
    const { stdout } = await plan(args);
    const more = [...stdout.matchAll(/^\((\d+) more\)$/gm)].map(([, count]) => Number(count));
    const { section, notes } = await json([SAMPLE, "--shards", "6", "-l", "1000"]);
    expect(more).toEqual([section("patterns").length - 2, 6 - 2]);
    expect(notes.join("\n")).not.toMatch(/left out/);
    const cut = (await json(args)).notes;
    expect(cut).toContain("shards: 4 more are left out (--limit)");
    expect(cut).toContain(`patterns: ${section("patterns").length - 2} more are left out (--limit)`);
  });

  it("of a hundred columns are tables still, whose lesser columns are gone", async () => {
    const file = written(
      "many.yaml",
      "version: 1\ncommon: { shards: 6, months: 24, growth: 4% }\nscenarios: [{ name: as it is }, { name: newer server, profile: redis-8.6 }]\n",
    );
    for (const args of [
      ["--shards", "6"],
      ["--scenario", file],
    ]) {
      const { stdout } = await plan(
        [SAMPLE, "--catalogue", "docs/plan/catalogue.example.yaml", ...args],
        100,
      );
      expect(stdout).not.toContain("-[ 1 ]");
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a colour is
      const lines = stdout.replace(/\x1b\[\d+m/g, "").split("\n");
      expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(100);
    }
  });

  it("have one ratio of fragmentation for the same data, however many shards there are", async () => {
    const fat = new RdbWriter()
      .aux("redis-ver", "7.2.4")
      .selectDb(0)
      .key("fat", stringValue("f".repeat(400_000)));
    for (let i = 0; i < 2000; i++) fat.key(`thin:${i}`, stringValue("t".repeat(50)));
    const file = written("fat.rdb", fat.end());
    const ratios = await Promise.all(
      ["1", "3", "12"].map(
        async (shards) => (await json([file, "--shards", shards])).section("scenarios")[0]!.fragmentation,
      ),
    );
    expect(new Set(ratios).size).toBe(1);
  });
});
