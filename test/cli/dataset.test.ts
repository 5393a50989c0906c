import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { MANIFEST } from "../../src/dataset/manifest.ts";
import { filesIn } from "../dataset/support.ts";
import { workFolder } from "../pipeline/support.ts";
import * as values from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";
import { runCli, SAMPLE, start } from "./run-cli.ts";

const folder = workFolder();
const shard = (n: number) => path.join(folder, `shard-${n}.rdb`);
const DAY = "cluster=c/date=2025-06-15";

function snapshot(first: number, keys: number): Buffer {
  const writer = new RdbWriter("REDIS", 11).aux("redis-ver", "7.2.4").aux("ctime", "1750000000").selectDb(0);
  for (let i = first; i < first + keys; i++) writer.key(`user:${i}:name`, values.stringValue(`v${i}`));
  return writer.end();
}

beforeAll(() => {
  for (const n of [1, 2, 3]) fs.writeFileSync(shard(n), snapshot(n * 1000, 300 + n));
  fs.writeFileSync(shard(4), snapshot(0, 50).subarray(0, 400));
  fs.writeFileSync(shard(9), snapshot(0, 300_000));
});

const analyze = (dataset: string, ...args: string[]) =>
  runCli(["analyze", "--parquet", dataset, "--cluster", "c", ...args]);

/** What a dataset holds, byte for byte. */
function contents(dataset: string): Record<string, string> {
  return Object.fromEntries(
    filesIn(dataset).map((name) => [name, fs.readFileSync(path.join(dataset, name)).toString("base64")]),
  );
}

function manifest(dataset: string, node: string) {
  const file = path.join(dataset, "keys", DAY, `node=${node}`, "_manifest.json");
  return MANIFEST.parse(JSON.parse(fs.readFileSync(file, "utf8")));
}

describe("analyze --parquet", () => {
  it("makes a partition of each snapshot, tells the damaged one, and goes on with --resume", async () => {
    const dataset = path.join(folder, "fleet");
    const all = [1, 4, 2, 3].map(shard);
    const first = await analyze(dataset, ...all, "--format", "ndjson");
    expect(first.status).toBe(3);
    expect(first.stderr.trim().split("\n").at(-1)).toBe(
      `rdbscope: 1 file is missing in ${dataset}: ${shard(4)} (the same command with --resume reads it again)`,
    );
    const rows = first.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(rows.map((row) => row.partition)).toEqual(
      [1, 2, 3].map((n) => path.join(dataset, "keys", DAY, `node=shard-${n}`)),
    );
    expect(fs.readdirSync(dataset).sort()).toEqual(["keys", "rollup", "snapshots"]);
    for (const n of [1, 2, 3]) {
      const { files, stored_rows, keys } = manifest(dataset, `shard-${n}`);
      expect([stored_rows, keys]).toEqual([300 + n, 300 + n]);
      expect(files.map(({ table }) => table)).toEqual(["keys", "rollup", "snapshots"]);
    }
    const before = contents(dataset);
    expect((await analyze(dataset, shard(2))).status).toBe(2);
    fs.rmSync(path.join(dataset, "keys", DAY, "node=shard-2", "_manifest.json"));
    fs.writeFileSync(shard(4), snapshot(0, 50));
    const again = await analyze(dataset, ...all, "--resume");
    expect(again.status).toBe(0);
    expect(again.stderr.match(/is complete already/g)).toHaveLength(2);
    expect(contents(dataset)).toMatchObject(before);
    expect(manifest(dataset, "shard-4").keys).toBe(50);
    const other = await analyze(dataset, shard(1), "--resume", "--profile", "redis-7.0");
    expect([other.status, manifest(dataset, "shard-1").profile]).toEqual([0, "redis-7.0"]);
  });

  it("is the same whoever makes it: one thread or four, with an inventory or without", async () => {
    const made = await Promise.all(
      [
        ["--workers", "1"],
        ["--workers", "4"],
        ["-o", path.join(folder, "kept.sqlite")],
      ].map(async (args, i) => {
        const dataset = path.join(folder, `same-${i}`);
        expect((await analyze(dataset, shard(1), shard(2), "--quiet", ...args)).status).toBe(0);
        return contents(dataset);
      }),
    );
    expect(made[1]).toEqual(made[0]);
    expect(made[2]).toEqual(made[0]);
    const dataset = path.join(folder, "exported");
    const kept = path.join(folder, "kept.sqlite");
    const ran = await runCli(["export", "--parquet", dataset, "--cluster", "c", kept]);
    expect(ran.status).toBe(0);
    const exported = contents(dataset);
    expect(Object.keys(exported)).toEqual(Object.keys(made[0]!));
    for (const [name, bytes] of Object.entries(exported))
      if (name.endsWith(".parquet")) expect(bytes, name).toBe(made[0]![name]);
  });

  it("killed, leaves nothing that looks complete, and resumed makes what an undisturbed run makes", async () => {
    const whole = path.join(folder, "whole");
    expect((await analyze(whole, shard(1), shard(9), "--quiet")).status).toBe(0);
    for (const when of [/-analysis$/, /-staging$/]) {
      const dataset = path.join(folder, `killed${when.source.slice(0, -1)}`);
      const args = ["analyze", "--parquet", dataset, "--cluster", "c", shard(1), shard(9), "--quiet"];
      const child = start(args);
      const isFirst = () => fs.existsSync(path.join(dataset, "keys", DAY, "node=shard-1"));
      const isThere = () => isFirst() && fs.readdirSync(dataset).some((name) => when.test(name));
      while (!isThere() && child.exitCode === null) await sleep(2);
      child.kill("SIGKILL");
      await once(child, "close");
      expect(filesIn(path.join(dataset, "keys")).filter((name) => name.includes("shard-9"))).toEqual([]);
      expect((await runCli([...args, "--resume"])).status).toBe(0);
      expect(contents(dataset)).toEqual(contents(whole));
    }
  });

  it("never takes the place of another file's partition, but with --force", async () => {
    const dataset = path.join(folder, "alike");
    const files = ["a", "b"].map((name, i) => {
      fs.mkdirSync(path.join(folder, `alike-${name}`));
      const file = path.join(folder, `alike-${name}`, "dump.rdb");
      fs.copyFileSync(shard(i + 1), file);
      return file;
    });
    expect((await analyze(dataset, files[0]!, "--resume")).status).toBe(0);
    const made = contents(dataset);
    const refused = await analyze(dataset, files[1]!, "--resume");
    expect([refused.status, refused.stderr]).toEqual([
      2,
      expect.stringContaining(`is of another file, ${files[0]}: give another`),
    ]);
    const both = await analyze(dataset, ...files, "--resume");
    expect([both.status, both.stderr]).toEqual([2, expect.stringContaining("is of another file")]);
    expect(contents(dataset)).toEqual(made);
    // The same path with other content is the node's new snapshot.
    fs.copyFileSync(shard(2), files[0]!);
    expect((await analyze(dataset, files[0]!, "--resume")).status).toBe(0);
    expect(contents(dataset)).not.toEqual(made);
    const fresh = path.join(folder, "alike-fresh");
    const twice = await analyze(fresh, ...files);
    expect([twice.status, twice.stderr]).toEqual([2, expect.stringContaining("as one before it")]);
  });

  it("is the same made with --force, and of a file that is given twice", async () => {
    const dataset = path.join(folder, "forced");
    const twice = await analyze(dataset, shard(1), shard(1), "--force");
    expect([twice.status, twice.stderr]).toEqual([
      0,
      `rdbscope: ${shard(1)} is given more than once: it is written once\n`,
    ]);
    const again = await analyze(dataset, shard(1), "--resume");
    expect([again.status, again.stderr]).toEqual([0, expect.stringContaining("is complete already")]);
  });

  it("with an inventory adds to both what is missing in one of them", async () => {
    const dataset = path.join(folder, "added");
    const output = path.join(folder, "added.sqlite");
    expect((await analyze(dataset, shard(1), "--quiet")).status).toBe(0);
    expect((await runCli(["analyze", shard(2), "-o", output, "--quiet"])).status).toBe(0);
    const all = [1, 2, 3].map(shard);
    for (const args of [all, all]) {
      const ran = await analyze(dataset, ...args, "-o", output, "--resume", "--quiet");
      expect([ran.status, ran.stderr]).toEqual([0, ""]);
      const { stdout } = await runCli(["query", output, "SELECT keys FROM snapshots", "--format", "ndjson"]);
      expect(stdout.match(/30[123]/g)?.sort()).toEqual(["301", "302", "303"]);
      for (const n of [1, 2, 3]) expect(manifest(dataset, `shard-${n}`).keys).toBe(300 + n);
    }
  });

  it("exported goes on with --resume, where what is there was made of the same in the same way", async () => {
    const output = path.join(folder, "exported.sqlite");
    const other = path.join(folder, "exported-7.0.sqlite");
    const files = [1, 2, 3].map(shard);
    expect((await runCli(["analyze", ...files, "-o", output, "--quiet"])).status).toBe(0);
    expect(
      (await runCli(["analyze", ...files, "-o", other, "--profile", "redis-7.0", "--quiet"])).status,
    ).toBe(0);
    const dataset = path.join(folder, "export-resumed");
    const exported = (inventory: string, ...more: string[]) =>
      runCli(["export", "--parquet", dataset, "--cluster", "c", inventory, ...more]);
    expect((await exported(output)).status).toBe(0);
    const made = contents(dataset);
    fs.rmSync(path.join(dataset, "keys", DAY, "node=shard-2", "_manifest.json"));
    const again = await exported(output, "--resume");
    expect([again.status, again.stderr.split("\n")]).toEqual([
      0,
      [
        `rdbscope: 2 partitions of ${dataset} are complete already`,
        `rdbscope: ${path.join(dataset, "keys", DAY, "node=shard-2")}: 302 rows`,
        "",
      ],
    ]);
    expect(contents(dataset)).toEqual(made);
    expect((await exported(other, "--resume")).status).toBe(0);
    expect(manifest(dataset, "shard-1").profile).toBe("redis-7.0");
  });

  it("with an inventory too goes on behind what is damaged or missing", async () => {
    const dataset = path.join(folder, "both");
    const bad = path.join(folder, "cut-short.rdb");
    fs.writeFileSync(bad, fs.readFileSync(shard(1)).subarray(0, 500));
    const output = path.join(folder, "both.sqlite");
    const missing = path.join(folder, "nowhere.rdb");
    const ran = await analyze(dataset, shard(1), bad, missing, shard(2), "-o", output);
    expect([ran.status, ran.stderr]).toEqual([4, expect.stringContaining("nowhere.rdb")]);
    expect(ran.stderr).toContain(`2 files are missing in ${dataset}: ${bad}, ${missing} (`);
    expect(
      [...Object.keys(contents(dataset))].filter((name) => name.endsWith("_manifest.json")),
    ).toHaveLength(2);
    const exported = await runCli(["export", "--parquet", path.join(folder, "both-exported"), output]);
    expect([exported.status, exported.stderr]).toEqual([
      0,
      expect.stringMatching(/^rdbscope: 2 snapshots could not be read and are missing: .*cut-short.rdb, /),
    ]);
    const order = await Promise.all(
      [
        [bad, missing],
        [missing, bad],
      ].map((files) =>
        runCli(["analyze", ...files, "-o", path.join(folder, `none-${path.basename(files[0]!)}.sqlite`)]),
      ),
    );
    expect(order.map(({ status }) => status)).toEqual([4, 4]);
  });

  it("goes on behind what is no snapshot, and ends the same in any order", async () => {
    const cut = path.join(folder, "cut-again.rdb");
    fs.writeFileSync(cut, fs.readFileSync(shard(1)).subarray(0, 500));
    for (const [i, [inputs, status]] of (
      [
        [[folder, shard(1)], 2],
        [[folder, cut, shard(1)], 3],
        [[cut, path.join(folder, "nowhere.rdb"), folder, shard(1)], 4],
      ] as const
    ).entries()) {
      for (const given of [inputs, [...inputs].reverse()]) {
        const dataset = path.join(folder, `order-${i}-${given === inputs}`);
        const ran = await analyze(dataset, ...given, "--quiet", "--workers", "1");
        expect([given, ran.status]).toEqual([given, status]);
        expect(manifest(dataset, "shard-1").keys).toBe(301);
      }
    }
  });

  it("ended by Ctrl-C, leaves nothing", async () => {
    const dataset = path.join(folder, "interrupted");
    const child = start(["analyze", "--parquet", dataset, shard(9), "--quiet"]);
    while (!(fs.existsSync(dataset) && fs.readdirSync(dataset).length > 0)) await sleep(2);
    child.kill("SIGINT");
    const [status] = await once(child, "close");
    expect([status, fs.readdirSync(dataset)]).toEqual([130, []]);
  });

  it("replaces what another run left half, and leaves what is not its own", async () => {
    const dataset = path.join(folder, "half");
    const partition = path.join(dataset, "keys", DAY, "node=shard-1");
    fs.mkdirSync(partition, { recursive: true });
    fs.writeFileSync(path.join(partition, "part-00007.parquet"), "half");
    expect((await analyze(dataset, shard(1))).status).toBe(0);
    expect(fs.readdirSync(partition).sort()).toEqual(["_manifest.json", "part-00000.parquet"]);
    fs.writeFileSync(path.join(partition, "notes.txt"), "mine");
    const ran = await analyze(dataset, shard(1), "--force");
    expect([ran.status, ran.stderr]).toEqual([
      2,
      expect.stringContaining("notes.txt is no file of a dataset"),
    ]);
    fs.rmSync(partition, { recursive: true });
    fs.symlinkSync(folder, partition);
    expect((await analyze(dataset, shard(1), "--force")).stderr).toContain("is no folder");
  });
});

it.each([
  [["analyze", "--node", "a", SAMPLE], "--node needs --parquet"],
  [["analyze", "--parquet", "d", "--node", "a", SAMPLE, "b.rdb"], "several have their file names"],
  [["analyze", "--parquet", SAMPLE, "b.rdb"], "is a file: --parquet takes the folder of a dataset"],
  [["analyze", "--parquet", "d", "--node", "../a", SAMPLE], "letters, digits"],
  [["analyze", "--parquet", "d", "--date", "2026-02-30", SAMPLE], "is no day"],
  [["analyze", "--parquet", "d", "--date", "2026-01-31", "a/b.rdb", "b.rdb"], "two snapshots would be"],
  [["analyze", "--parquet", "d", "-"], "say which --node"],
  [["analyze", "--parquet", "d", "--index", "key", SAMPLE], "give it a name with -o"],
  [["analyze", "--parquet", "d", "--resume", "--hash-keys", SAMPLE], "--hash-keys-secret-file"],
  [["analyze", "--parquet", "d", "--resume", "--force", SAMPLE], "one of --resume and --force"],
  [["export", "--parquet", "d", SAMPLE], "is no inventory: rdbscope analyze --parquet"],
  [["export", "--parquet", "d", "--type", "hash", SAMPLE], "--type is not for --parquet"],
  [["export", "--folded", "--resume", SAMPLE], "--resume needs --parquet"],
  [["export", "--folded", "--cluster", "c", SAMPLE], "--cluster needs --parquet"],
])("%j is refused", async (args, message) => {
  const { status, stderr } = await runCli(args);
  expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
  expect(fs.existsSync("d")).toBe(false);
});
