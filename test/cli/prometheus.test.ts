import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { analyze, metrics, openInventory } from "../../src/index.ts";
import { type Exposition, readExposition } from "../support/exposition.ts";
import { forbiddenIn, hostileSnapshot } from "../support/hostile-names.ts";
import { moduleValue, stringValue } from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";
import { SAMPLE } from "./run-cli.ts";
import { runInside } from "./run-inside.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-prometheus-"));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
const inventory = path.join(folder, "sample.sqlite");
beforeAll(() => analyze({ inputs: [SAMPLE], output: inventory, keys: "none", workers: 1 }));

const run = async (args: readonly string[]) => {
  const { status, stdout, stderr } = await runInside(["export", ...args]);
  return { status, stdout, stderr: stderr.toString() };
};
const read = async (args: readonly string[]): Promise<Exposition> => {
  const { status, stdout, stderr } = await run([...args, "--prometheus", "--quiet"]);
  expect([status, stderr]).toEqual([0, ""]);
  return readExposition(stdout.toString());
};
const valuesOf = ({ samples }: Exposition, name: string) =>
  samples.filter((one) => one.name === `rdbscope_${name}`);
const sumOf = (found: Exposition, name: string) =>
  valuesOf(found, name).reduce((sum, { value }) => sum + value, 0);

describe("metrics of the sample", () => {
  // Figures of the README's summary of the sample: 3,264 keys, 1,527 of which have no TTL.
  it("are what SQL says of the rollup", async () => {
    const found = await read([inventory]);
    const opened = openInventory(inventory);
    const rows = opened.all<Record<string, number>>(
      "SELECT db, type, encoding, sum(keys) AS keys, sum(bytes) AS bytes FROM rollup GROUP BY 1, 2, 3",
    );
    const [time] = opened.all<{ created_at: number }>("SELECT created_at FROM snapshots");
    opened.close();
    for (const { db, type, encoding, keys, bytes } of rows) {
      const labels = { db: String(db), type, encoding };
      expect(valuesOf(found, "keys")).toContainEqual({ name: "rdbscope_keys", labels, value: keys });
      expect(valuesOf(found, "memory_bytes")).toContainEqual({
        name: "rdbscope_memory_bytes",
        labels,
        value: bytes,
      });
    }
    expect(valuesOf(found, "keys")).toHaveLength(rows.length);
    for (const name of ["keys", "pattern_keys", "ttl_keys", "dataset_keys"])
      expect(sumOf(found, name)).toBe(3264);
    expect(sumOf(found, "keys_without_ttl")).toBe(1527);
    expect(valuesOf(found, "ttl_keys").find(({ labels }) => labels.ttl === "none")!.value).toBe(1527);
    for (const name of ["pattern_memory_bytes", "ttl_memory_bytes", "memory_bytes"])
      expect(sumOf(found, name)).toBe(sumOf(found, "dataset_memory_bytes"));
    expect(sumOf(found, "snapshot_created_timestamp_seconds")).toBe(time!.created_at / 1000);
    expect(sumOf(found, "used_memory_saved_bytes")).toBeGreaterThan(2_000_000);
  });

  it("have help, a type and names as Prometheus wants them", async () => {
    const { help, types, samples } = await read([inventory]);
    for (const { name, labels } of samples) {
      expect(help.get(name)).toMatch(/\.$/);
      expect(types.get(name)).toBe("gauge");
      expect(name).toMatch(/^rdbscope_[a-z_]+$/);
      expect(name).not.toMatch(/_(?:total|count|sum|bucket|kb|mb|ms|milliseconds)$/);
      for (const label of Object.keys(labels)) expect(label).toMatch(/^[a-z][a-z_]*$/);
    }
  });

  it("have so many patterns as are asked for, and one of all others", async () => {
    const found = await read([inventory, "-l", "3"]);
    const patterns = valuesOf(found, "pattern_memory_bytes");
    expect(patterns.map(({ labels }) => labels.pattern)).toEqual([
      "stream:orders",
      "leaderboard:alltime",
      "session:*",
      "(other)",
    ]);
    expect(sumOf(found, "pattern_memory_bytes")).toBe(sumOf(found, "dataset_memory_bytes"));
    expect(sumOf(found, "patterns")).toBe(33);
    // The largest key of the others, of which the summary lists the fourth.
    const largest = valuesOf(found, "pattern_largest_key_bytes").find(
      ({ labels }) => labels.pattern === "(other)",
    );
    expect(largest!.value).toBe(51072);
  });

  it("have labels of ours, and maxmemory", async () => {
    const args = ["--label", 'server=a"b\\c\nd', "--label", "env=", "--maxmemory", "1gb"];
    const found = await read([inventory, ...args]);
    expect(found.samples.every(({ labels }) => labels.server === 'a"b\\c\nd' && labels.env === "")).toBe(
      true,
    );
    expect(sumOf(found, "maxmemory_bytes")).toBe(2 ** 30);
  });

  it("of a part of the keys are of these, without used_memory", async () => {
    const found = await read([SAMPLE, "-k", "session:*"]);
    expect(sumOf(found, "keys")).toBe(900);
    expect(valuesOf(found, "used_memory_estimated_bytes")).toEqual([]);
  });

  it("of a sample say so, in whole numbers", async () => {
    const found = await read([SAMPLE, "--sample", "0.5"]);
    expect(sumOf(found, "sample_ratio")).toBe(0.5);
    expect(valuesOf(found, "memory_bytes").every(({ value }) => Number.isInteger(value))).toBe(true);
  });

  it("are what the library answers", async () => {
    const opened = openInventory(inventory);
    const names = new Set(metrics(opened, { patterns: 3 }).map(({ name }) => name));
    opened.close();
    expect(names).toEqual(new Set((await read([inventory, "-l", "3"])).samples.map(({ name }) => name)));
  });
});

describe("hostile snapshots", () => {
  it("names are escaped, and the file stays what it is", async () => {
    const file = path.join(folder, "hostile.rdb");
    fs.writeFileSync(file, hostileSnapshot());
    const { stdout } = await run([file, "--prometheus", "-l", "1000", "--quiet"]);
    expect(forbiddenIn(stdout)).toEqual([]);
    const found = readExposition(stdout.toString());
    expect(sumOf(found, "pattern_keys")).toBe(sumOf(found, "dataset_keys"));
  });

  it("there are only so many series, whatever there is in it", async () => {
    const writer = new RdbWriter().aux("redis-ver", "7.2.6").aux("ctime", "1700000000");
    for (let db = 0; db < 200; db++) {
      writer.selectDb(db);
      for (let i = 0; i < 3; i++) {
        const name = `${String.fromCharCode(97 + (db % 26))}${String.fromCharCode(97 + ((db / 26) | 0))}odule-${i}`;
        writer.key(`m${db}-${i}`, moduleValue(name.padEnd(9, "x"), 1, [{ text: "x" }]));
      }
    }
    const file = path.join(folder, "many.rdb");
    fs.writeFileSync(file, writer.end());
    const found = await read([file, "-l", "5"]);
    expect(found.samples.length).toBeLessThan(33 * 49 * 8);
    expect(sumOf(found, "keys")).toBe(600);
    const databases = new Set(valuesOf(found, "keys").map(({ labels }) => labels.db));
    expect(databases.size).toBe(33);
    expect(databases.has("(other)")).toBe(true);
  });

  it("a key called (other) is not the others, and long names that differ at their middle stay apart", async () => {
    const writer = new RdbWriter().aux("redis-ver", "7.2.6").aux("ctime", "1700000000").selectDb(0);
    writer.key("(other)", stringValue("x".repeat(5000)));
    const long = (middle: string) =>
      `begin-${"a".repeat(40)}:${"b".repeat(40)}:${middle}:${"c".repeat(40)}:${"d".repeat(60)}`;
    writer.key(long("one"), stringValue("x".repeat(3000))).key(long("two"), stringValue("x".repeat(3000)));
    for (const name of ["alpha", "beta"]) writer.key(name, stringValue("x"));
    const file = path.join(folder, "other.rdb");
    fs.writeFileSync(file, writer.end());
    const found = await read([file, "-l", "3"]);
    const patterns = valuesOf(found, "pattern_keys").map(({ labels }) => labels.pattern!);
    expect(patterns).toContain("(other)");
    expect(patterns).toContain("\\x28other)");
    expect(patterns.every((pattern) => pattern.length < 200)).toBe(true);
    expect(sumOf(found, "pattern_keys")).toBe(5);
  });

  it("an empty name is seen, and is not the one that looks like it", async () => {
    const writer = new RdbWriter().aux("ctime", "1700000000").selectDb(0);
    for (const name of ["", '""']) writer.key(name, stringValue("x"));
    const file = path.join(folder, "empty-name.rdb");
    fs.writeFileSync(file, writer.end());
    const found = await read([file]);
    const patterns = valuesOf(found, "pattern_keys").map(({ labels }) => labels.pattern);
    expect(patterns.sort()).toEqual(['""', "\\x22\\x22"]);
    expect(valuesOf(found, "snapshot_info")[0]!.labels).not.toHaveProperty("server_version");
  });

  it("an empty one has metrics, too", async () => {
    const file = path.join(folder, "empty.rdb");
    fs.writeFileSync(file, new RdbWriter().aux("redis-ver", "7.2.6").aux("ctime", "1700000000").end());
    const found = await read([file]);
    expect([sumOf(found, "dataset_keys"), sumOf(found, "dataset_memory_bytes")]).toEqual([0, 0]);
  });
});

describe("the file", () => {
  it("appears whole: none that node_exporter would read stands beside it meanwhile", async () => {
    const output = path.join(folder, "textfile", "rdbscope.prom");
    fs.mkdirSync(path.dirname(output));
    const seen = new Set<string>();
    const watcher = fs.watch(path.dirname(output), (_, name) => seen.add(String(name)));
    expect((await run([inventory, "--prometheus", "-o", output])).status).toBe(0);
    expect((await run([inventory, "--prometheus", "-o", output])).status).toBe(2);
    expect((await run([inventory, "--prometheus", "-o", output, "--force"])).status).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    watcher.close();
    expect([...seen].filter((name) => name.endsWith(".prom"))).toEqual(["rdbscope.prom"]);
    expect(fs.readdirSync(path.dirname(output))).toEqual(["rdbscope.prom"]);
    expect(readExposition(fs.readFileSync(output, "utf8")).samples.length).toBeGreaterThan(100);
  });
});

describe("what is refused", () => {
  it.each([
    [["--limit", "3", "--folded"], "--limit needs --prometheus"],
    [["--label", "a=b", "--keys", "csv"], "--label needs --prometheus"],
    [["--maxmemory", "1gb", "--folded"], "--maxmemory needs --prometheus"],
    [["--prometheus", "--label", "type=x"], "is not a label"],
    [["--prometheus", "--label", "__name=x"], "is not a label"],
    [["--prometheus", "--label", "1a=x"], "is not a label"],
    [["--prometheus", "--label", "nothing"], "is not a label"],
    [["--prometheus", "--label", "a=1", "--label", "b=1", "--label", "a=2"], "--label: gives a name twice"],
    [["--prometheus", "--folded"], "say which"],
    [["--prometheus", "--raw-csv"], "--raw-csv needs"],
  ])("%j", async (args, message) => {
    const { status, stderr, stdout } = await run([inventory, ...args]);
    expect([status, stdout.length]).toEqual([2, 0]);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  it("several snapshots, which would have the same series", async () => {
    const two = path.join(folder, "two.sqlite");
    await analyze({ inputs: [SAMPLE, SAMPLE], output: two, keys: "none", workers: 1 });
    const { status, stderr } = await run([two, "--prometheus"]);
    expect([status, stderr]).toEqual([2, expect.stringContaining("say which with --snapshot")]);
    expect((await run([two, "--prometheus", "--snapshot", "2"])).status).toBe(0);
  });
});
