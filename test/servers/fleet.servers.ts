import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FleetSnapshot, slotOf, writeFleet } from "../../bench/fleet.ts";
import { type Inventory, openInventory } from "../../src/inventory/open.ts";
import { runCli, start } from "../cli/run-cli.ts";
import { duckDbOf, filesBelow, newFolder, QUESTIONS, rowsIn } from "../fleet/support.ts";

const NODES = 50;
const folder = newFolder();
const at = (...names: string[]) => path.join(folder, ...names);
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

let snapshots: FleetSnapshot[] = [];
let inventory: Inventory;

/** What a dataset is made with; a thread reads files of this size the fastest. */
const parquet = (dataset: string, ...files: string[]) => [
  ...["analyze", ...files, "--parquet", dataset, "--cluster", "default"],
  ...["--resume", "--quiet", "--workers", "1"],
];

const succeed = async (args: readonly string[]) => {
  const { status, stderr } = await runCli(args);
  expect([status, stderr]).toEqual([0, ""]);
};

beforeAll(async () => {
  snapshots = writeFleet(at("fleet"), { nodes: NODES, keys: 200 });
  // The day before, and a replica given by mistake, for the questions about these.
  const before = writeFleet(at("before"), { nodes: NODES, keys: 200, days: 2 }).filter(
    ({ date, node }) => date === "2026-10-31" && node < "shard-05",
  );
  fs.copyFileSync(snapshots[7]!.file, at("replica-07.rdb"));
  const files = [...snapshots, ...before].map(({ file }) => file);
  await succeed(["analyze", ...files, at("replica-07.rdb"), "-o", at("one.sqlite"), "--quiet"]);
  await succeed(parquet(at("dataset"), ...files, at("replica-07.rdb")));
  inventory = openInventory(at("one.sqlite"));
}, 300_000);

describe("a fleet of 50 snapshots", () => {
  it("is the same whenever it is made, and no key is on a node that does not own its slot", () => {
    const again = writeFleet(at("again"), { nodes: 2, keys: 200 });
    const twice = writeFleet(at("twice"), { nodes: 2, keys: 200 });
    for (const [i, { file }] of again.entries())
      expect(fs.readFileSync(file).equals(fs.readFileSync(twice[i]!.file))).toBe(true);
    const nodes = new Map(snapshots.map((one) => [one.node, one]));
    const rows = inventory.all<{ node: string; key: string; slot: number }>(
      "SELECT node, key, slot FROM fleet_keys WHERE node LIKE 'shard-%'",
    );
    expect(rows.length).toBeGreaterThan(9000);
    const astray = rows.filter(({ node, key, slot }) => {
      const { first, last } = nodes.get(node)!;
      return slot !== slotOf(key) || slot < first || slot > last;
    });
    expect(astray).toEqual([]);
  });

  it("has one answer to each question, in SQLite and in DuckDB", async () => {
    const duckDb = await duckDbOf(at("dataset"));
    expect(QUESTIONS.length).toBeGreaterThanOrEqual(10);
    for (const { name, sql } of QUESTIONS) {
      const cursor = inventory.cursor(sql, {});
      const rows = [...cursor.rows].map((row) =>
        row.map((value) => (typeof value === "bigint" ? Number(value) : value)),
      );
      expect(rows.length, name).toBeGreaterThan(0);
      const found = await rowsIn(duckDb, sql);
      expect(found.length, name).toBe(rows.length);
      for (const [i, row] of rows.entries()) {
        for (const [k, value] of row.entries()) {
          if (typeof value === "number" && !Number.isInteger(value))
            expect(found[i]![k], `${name}, row ${i}`).toBeCloseTo(value, 9);
          else expect(found[i]![k], `${name}, row ${i}`).toBe(value);
        }
      }
    }
  });

  it("is read whole: what stands in the files, added up apart from all questions", async () => {
    const duckDb = await duckDbOf(at("dataset"));
    const keys = [...snapshots, snapshots[7]!].reduce((sum, one) => sum + one.keys, 0);
    const sql =
      "SELECT count(*), (SELECT sum(keys) FROM rollup WHERE date = '2026-11-01') FROM keys WHERE date = '2026-11-01'";
    expect(await rowsIn(duckDb, sql)).toEqual([[keys, keys]]);
    const twice = await rowsIn(duckDb, QUESTIONS.find(({ name }) => name === "cluster-twice")!.sql);
    expect(twice.reduce((sum, [, names]) => sum + Number(names), 0)).toBe(snapshots[7]!.keys);
  });
});

describe("a run that is killed", () => {
  it("is gone on with: the dataset is the same, byte for byte", { timeout: 300_000 }, async () => {
    const files = snapshots.slice(0, 8).map(({ file }) => file);
    const child = start(parquet(at("killed"), ...files));
    const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
    const manifests = () =>
      fs.existsSync(at("killed", "keys"))
        ? fs
            .readdirSync(at("killed", "keys"), { recursive: true, encoding: "utf8" })
            .filter((name) => name.endsWith("_manifest.json")).length
        : 0;
    while (manifests() < 3) await sleep(5);
    child.kill("SIGKILL");
    await ended;
    const done = manifests();
    expect(done).toBeGreaterThanOrEqual(3);
    expect(done).toBeLessThan(files.length);
    await succeed(parquet(at("killed"), ...files));

    const whole = filesBelow(at("dataset"));
    const found = filesBelow(at("killed"));
    expect(found.size).toBe(files.length * 4);
    for (const [name, bytes] of found) expect(bytes.equals(whole.get(name)!), name).toBe(true);
  });
});
