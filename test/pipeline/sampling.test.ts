import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { runInside } from "../cli/run-inside.ts";
import { readTsv } from "../gates/shared.ts";
import * as values from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";
import { ask, KEYS, type Row, run, summariesOf, workFolder } from "./support.ts";

const folder = workFolder();
const SAMPLE = "fixtures/sample.rdb";
const TRUTH = readTsv(readFileSync("fixtures/sample.truth.tsv", "utf8"));
const sum = (rows: readonly Row[], of: (row: Row) => unknown) =>
  rows.reduce((total, row) => total + Number(of(row)), 0);
const only = (output: string) => ask(output, "SELECT * FROM snapshots")[0]!;

async function json(...args: string[]): Promise<Row[]> {
  const { stdout, status, stderr } = await runInside([...args, "--format", "json"]);
  expect(status, stderr.toString()).toBe(0);
  return JSON.parse(stdout.toString()) as Row[];
}

describe("an inventory made of a sample", () => {
  let output = "";
  let rows: Row[] = [];
  let snapshot: Row = {};

  beforeAll(async () => {
    output = (await run(folder, [SAMPLE], { sample: { share: 0.3, seed: 3 } })).output;
    rows = ask(output, KEYS);
    snapshot = only(output);
  }, 120_000);

  it("says what it is of, with numbers of keys that are exact", () => {
    const { sample_certain_keys: certain, sample_drawn_keys: drawn, sample_drawn_from: from } = snapshot;
    expect(snapshot.keys).toBe(TRUTH.length);
    expect(Number(certain) + Number(from)).toBe(TRUTH.length);
    expect(Number(certain) + Number(drawn)).toBe(rows.length);
    expect(snapshot.stored_rows).toBe(rows.length);
    expect(snapshot).toMatchObject({
      sample_share: 0.3,
      sample_seed: 3,
      sample_certain_bytes: 1024,
      complete: 1,
    });
    const byDb = new Map<number, number>();
    for (const { db } of TRUTH) byDb.set(Number(db), (byDb.get(Number(db)) ?? 0) + 1);
    expect(ask(output, "SELECT db, keys FROM databases ORDER BY db")).toEqual(
      [...byDb].sort().map(([db, keys]) => ({ db, keys })),
    );
  });

  it("has rows that are what they are, with what each stands for", () => {
    const known = new Map(TRUTH.map((row) => [`${row.db} ${row.key_base64}`, row]));
    for (const row of rows) {
      const one = known.get(`${row.db} ${Buffer.from(row.key as string).toString("base64")}`)!;
      expect(row.type).toBe(one.type);
      const isCertain = Number(row.serialized_bytes) >= 1024;
      expect(row.weight).toBe(isCertain ? 1 : snapshot.sample_weight);
      if (row.accuracy === "exact") expect(row.bytes).toBe(Number(one.memory_usage));
    }
    expect(sum(rows, (row) => row.weight)).toBeCloseTo(TRUTH.length, 6);
  });

  it("has aggregates that are the rows' sums, each as often as it weighs", () => {
    const near = (sql: string, of: (row: Row) => number) =>
      expect(Number(Object.values(ask(output, sql)[0]!)[0]), sql).toBeCloseTo(sum(rows, of), 3);
    const weighed = (name: string) => (row: Row) => Number(row.weight) * Number(row[name] ?? 0);
    for (const name of ["bytes", "heap_bytes", "payload_bytes", "serialized_bytes", "elements"])
      near(`SELECT sum(${name}) FROM rollup`, weighed(name));
    near("SELECT sum(keys) FROM rollup", (row) => Number(row.weight));
    near("SELECT sum(bytes) FROM slots", weighed("bytes"));
    near("SELECT sum(keys_without_ttl) FROM rollup", (row) =>
      row.expires_at === null ? Number(row.weight) : 0,
    );
    near("SELECT sum(bytes) FROM expiry", (row) => (row.expires_at === null ? 0 : weighed("bytes")(row)));
    near(
      "SELECT sum(value_sum) FROM sketches WHERE type IS NOT NULL AND measure = 'bytes'",
      weighed("bytes"),
    );
    near("SELECT sum(bytes_squares) FROM rollup", (row) =>
      Number(row.weight) > 1 ? Number(row.bytes) ** 2 : 0,
    );
    near(
      "SELECT max(max_bytes) FROM rollup",
      () => 0 + Math.max(...rows.map((row) => Number(row.bytes))) / rows.length,
    );
  });

  it("has the biggest keys all, each as it is", () => {
    const biggest = [...TRUTH].sort((a, b) => Number(b.memory_usage) - Number(a.memory_usage)).slice(0, 4);
    const found = ask(
      output,
      "SELECT key FROM big_keys WHERE ranked_by = 'bytes' ORDER BY bytes DESC LIMIT 4",
    );
    expect(found.map(({ key }) => key)).toEqual(
      biggest.map((row) => Buffer.from(row.key_base64!, "base64").toString()),
    );
  });

  it("tells types with their errors, as a few lines compute them", async () => {
    const n = Number(snapshot.sample_drawn_keys);
    const all = Number(snapshot.sample_drawn_from);
    for (const row of await json("types", output)) {
      const own = rows.filter(({ type }) => type === row.type);
      const values = rows
        .filter(({ weight }) => Number(weight) > 1)
        .map(({ type, bytes }) => (type === row.type ? Number(bytes) : 0));
      const mean = values.reduce((a, b) => a + b, 0) / n;
      const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / (n - 1);
      expect(row.bytes).toBe(Math.round(sum(own, (one) => Number(one.bytes) * Number(one.weight))));
      const drawn = own.filter(({ weight }) => Number(weight) > 1).length;
      if (drawn === 0) expect(row.bytes_error).toBe(0);
      else if (drawn < 10) expect(row.bytes_error).toBeNull();
      else expect(row.bytes_error).toBe(Math.round(1.96 * Math.sqrt((all * (all - n) * variance) / n)));
    }
  });

  it("tells a total's error in the SQL of docs/sampling.md, too", async () => {
    const sql = /```\n(SELECT[\s\S]*?)```/.exec(readFileSync("docs/sampling.md", "utf8"))![1]!;
    const hash = (await json("types", output)).find(({ type }) => type === "hash")!;
    const [found] = ask(output, sql);
    expect([Math.round(Number(found!.bytes)), Math.round(Number(found!.error))]).toEqual([
      hash.bytes,
      hash.bytes_error,
    ]);
  });

  it("says of SQL over key rows what these are, and how totals are asked for", async () => {
    const told = async (sql: string, file = output) =>
      (await runInside(["query", file, sql])).stderr.toString();
    const note =
      /rows of keys are only the keys that were read: .*sum\(weight\).*sum\(bytes \* weight\).*docs\/sampling\.md/;
    expect(await told("select type, count(*) n, sum(bytes) bytes from keys group by 1")).toMatch(note);
    expect(await told('select count(*) from main."keys"')).toMatch(note);
    expect(await told("select sum(weight), sum(bytes * weight) from keys")).not.toMatch(note);
    expect(await told("select sum(keys), sum(bytes) from rollup")).not.toMatch(note);
    expect(await told("select count(*) from keys", SAMPLE)).not.toMatch(note);
  }, 120_000);

  it("tells the same from aggregates and from rows", async () => {
    const questions = [
      ["types"],
      ["encodings"],
      ["patterns"],
      ["sizes"],
      ["ttl"],
      ["efficiency"],
      ["memkeys"],
    ];
    for (const question of questions) {
      const [name, ...more] = question as [string, ...string[]];
      const fromAggregates = await json(name, output, ...more);
      const fromRows = await json(name, output, ...more, "--size", "0..");
      const whole = (value: unknown) => (typeof value === "number" ? Number(value.toFixed(9)) : value);
      const plain = (found: Row[]) =>
        found.map((row) =>
          Object.entries(row).map(([key, value]) => [key, /^p\d\d_/.test(key) ? 0 : whole(value)]),
        );
      expect(plain(fromRows), name).toEqual(plain(fromAggregates));
    }
  }, 120_000);

  it("is told to be one by every command that reads it", async () => {
    const commands = [
      ["summary"],
      ["types"],
      ["ttl"],
      ["bigkeys"],
      ["slots"],
      ["hotkeys"],
      ["pareto"],
      ["sizes"],
      ["memkeys"],
      ["efficiency"],
      ["patterns", "--tree"],
      ["doctor"],
      ["verify"],
      ["export", "--folded"],
      ["export", "--keys", "csv"],
      ["export", "--csv-compat", "hdt"],
    ];
    for (const [name, ...more] of commands as [string, ...string[]][]) {
      const { stdout, stderr, status } = await runInside([name, output, ...more]);
      expect(status, name).toBe(0);
      expect(`${stdout}${stderr}`.replace(/\s+/g, " "), name).toContain("a sample: ");
    }
    const { stdout } = await runInside(["types", output]);
    expect(stdout.toString()).toMatch(/^string +[\d,]+ ±[\d.]+% .*K ±[\d.]+%/m);
    expect(stdout.toString()).toMatch(/^total +3,264 [^±]*$/m);
    const { stderr } = await runInside(["types", output, "--format", "csv"]);
    expect(stderr.toString()).toContain("a sample: ");
  }, 120_000);

  it("finds keys that were not drawn in the snapshot itself", async () => {
    const drawn = new Set(rows.map(({ key }) => key));
    const missing = TRUTH.map((row) => Buffer.from(row.key_base64!, "base64").toString()).find(
      (key) => !drawn.has(key),
    )!;
    const { stdout, status } = await runInside([
      "get",
      output,
      missing,
      "-n",
      TRUTH.find((row) => Buffer.from(row.key_base64!, "base64").toString() === missing)!.db!,
    ]);
    expect(status).toBe(0);
    expect(stdout.length).toBeGreaterThan(0);
  });
});

it("is the same for any number of threads", async () => {
  const sample = { share: 0.2, seed: 1 };
  const [one, three] = [
    await run(folder, [SAMPLE], { sample, workers: 1 }),
    await run(folder, [SAMPLE], { sample, workers: 3 }),
  ];
  expect(summariesOf(three.output)).toEqual(summariesOf(one.output));
  expect(ask(three.output, KEYS)).toEqual(ask(one.output, KEYS));
}, 120_000);

it("with a share of 1 is the whole", async () => {
  const [all, whole] = [await run(folder, [SAMPLE], { sample: { share: 1 } }), await run(folder, [SAMPLE])];
  expect(summariesOf(all.output)).toEqual(summariesOf(whole.output));
  expect(ask(all.output, KEYS)).toEqual(ask(whole.output, KEYS));
  expect(only(all.output).sample_share).toBeNull();
}, 120_000);

it("goes with filters, several snapshots, hashed names and no rows", async () => {
  const options = {
    sample: { share: 0.3 },
    filters: { types: ["string"] },
    hashKeys: true,
    keys: "none",
  } as const;
  const result = await run(folder, [SAMPLE, SAMPLE], options);
  const strings = TRUTH.filter(({ type }) => type === "string");
  for (const {
    snapshot,
    keys,
    stored_rows: stored,
    sample_certain_keys: certain,
    sample_drawn_from: from,
  } of ask(result.output, "SELECT * FROM snapshots")) {
    expect(stored).toBe(0);
    expect(Number(certain) + Number(from)).toBe(TRUTH.length);
    const found = ask(result.output, "SELECT sum(keys) AS keys FROM rollup WHERE snapshot = ?", snapshot)[0]!;
    expect(Math.round(Number(found.keys))).toBe(keys);
    expect(Math.abs(Number(keys) - strings.length)).toBeLessThan(0.15 * strings.length);
  }
  const [types] = await json("types", result.output, "--snapshot", "2");
  expect(types).toMatchObject({ type: "string" });
  expect(Number(types!.keys_error)).toBeGreaterThan(0);
}, 120_000);

it("tells the error of what slots add up to, and that other totals are estimates", async () => {
  const { output } = await run(folder, [SAMPLE], { sample: { share: 0.3 } });
  const [balance] = await json("slots", output);
  const [error, keysError] = [Number(balance!.bytes_error), Number(balance!.keys_error)];
  expect(keysError).toBe(0);
  expect(error).toBeGreaterThan(0);
  const truth = TRUTH.reduce((all, row) => all + Number(row.memory_usage), 0);
  expect(Math.abs(Number(balance!.bytes) - truth)).toBeLessThan(2 * error + 0.01 * truth);
  const { stdout } = await runInside(["efficiency", output]);
  expect(stdout.toString()).toMatch(/totals without ± are estimates, too/);
}, 60_000);

it("does not tell how many slots are empty, nor how many are used for sure", async () => {
  const { output } = await run(folder, [SAMPLE], { sample: { share: 0.3 } });
  const slots = (await runInside(["slots", output])).stdout.toString();
  expect(slots).toMatch(/^≥[\d,]+ +3,264 /m);
  expect(slots).toMatch(/^note: means are of all 16,384 slots$/m);
  expect(slots).not.toMatch(/have no keys/);
  const [balance] = await json("slots", output);
  const [whole] = await json("slots", SAMPLE);
  expect(balance).toMatchObject({ slots_at_least: 1 });
  expect(Number(balance!.slots)).toBeLessThan(Number(whole!.slots));
  expect(whole).not.toHaveProperty("slots_at_least");
  expect((await runInside(["slots", SAMPLE])).stdout.toString()).toMatch(/^[\d,]+ +3,264 /m);
}, 60_000);

it("has no error of groups of large keys alone, unless too few others were drawn to tell", async () => {
  const large = (count: number) => {
    const writer = new RdbWriter("REDIS", 11);
    for (let i = 0; i < 3; i++) writer.key(`blob:${i}`, values.stringValue(`${i}`.repeat(5000)));
    for (let i = 0; i < count; i++) writer.key(`set:${i}`, values.setValue([`m${i}`, "other"]));
    return writer.end();
  };
  const { output } = await run(folder, [large(400)], { sample: { share: 0.3 } });
  const [first, second] = await json("types", output);
  expect([first, second].map((row) => row!.type).sort()).toEqual(["set", "string"]);
  const strings = [first, second].find((row) => row!.type === "string")!;
  const sets = [first, second].find((row) => row!.type === "set")!;
  expect(strings).toMatchObject({ keys: 3, keys_error: 0, bytes_error: 0 });
  expect(Number(sets.bytes_error)).toBeGreaterThan(0);
  const shown = async (...args: string[]) => (await runInside(args)).stdout.toString();
  expect(await shown("types", output)).toMatch(/^string +3 [^±]*$/m);
  expect(await shown("types", output, "--type", "string")).toMatch(
    /each of these keys is so large that it was read: these are exact, unless there are smaller ones/,
  );
  const few = (await run(folder, [large(20)], { sample: { share: 0.3 } })).output;
  const unsure = (await json("types", few)).find(({ type }) => type === "string")!;
  expect(unsure).toMatchObject({ keys: 3, bytes_error: null });
}, 60_000);

it("of a database with a single key each, and of nothing", async () => {
  const writer = new RdbWriter("REDIS", 11);
  for (let db = 0; db < 200; db++) writer.selectDb(db).key(`only:${db}`, values.stringValue("v"));
  const { output } = await run(folder, [writer.end()], { sample: { share: 0.5 } });
  const drawn = ask(output, KEYS).map(({ db }) => db);
  expect(drawn.length).toBeGreaterThan(60);
  expect(drawn.length).toBeLessThan(140);
  expect(ask(output, "SELECT count(*) AS dbs, sum(keys) AS keys FROM databases")).toEqual([
    { dbs: 200, keys: 200 },
  ]);
  const empty = await run(folder, [new RdbWriter("REDIS", 11).end()], { sample: { share: 0.5 } });
  expect(only(empty.output)).toMatchObject({ keys: 0, sample_drawn_from: 0 });
}, 120_000);

it.each([
  [{ sample: { share: 0 } }, /above 0/],
  [{ sample: { share: 1.5 } }, /up to 1/],
  [{ sample: { share: 0.5, seed: -1 } }, /seed/],
  [{ sample: { share: 0.5 }, salvage: true }, /--sample, or --salvage/],
] as const)("refuses %j", async (options, message) => {
  await expect(run(folder, [SAMPLE], options)).rejects.toThrow(message);
});
