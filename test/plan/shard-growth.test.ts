import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { openInventory } from "../../src/inventory/open.ts";
import type { PlanData } from "../../src/plan/data.ts";
import { dataOfInventory } from "../../src/plan/from-inventory.ts";
import { dataOfSnapshot, type ReadOptions } from "../../src/plan/from-snapshot.ts";
import { planNotes } from "../../src/plan/notes.ts";
import { planOf } from "../../src/plan/plan.ts";
import { afterwards } from "../../src/plan/savings/saving.ts";
import { type Scenario, scenarioOf } from "../../src/plan/scenario.ts";
import { patternsSection } from "../../src/plan/sections/patterns.ts";
import { scenariosSection } from "../../src/plan/sections/scenarios.ts";
import { shardsSection } from "../../src/plan/sections/shards.ts";
import { termsSection } from "../../src/plan/sections/terms.ts";
import { slotRanges } from "../../src/queries/slot-ranges.ts";
import { snapshots } from "../../src/queries/snapshots.ts";
import { run as analyzed, workFolder } from "../pipeline/support.ts";
import { stringValue } from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";
import { slotOf } from "./support.ts";

const folder = workFolder();
const CREATED_MS = 1_750_000_000_000;
const SHARDS = 5;
const GONE = 40;
const range = (count: number) => Array.from({ length: count }, (_, i) => i);
/** All tagged keys are in one slot, all others are spread. */
const TAGGED = range(30).map((i) => `{hot}:${1000 + i}`);
const SPREAD = range(900).map((i) => `user:${1000 + i}`);
const ALONE = "settings";

function snapshot(): string {
  const writer = new RdbWriter()
    .aux("redis-ver", "7.2.4")
    .aux("ctime", String(CREATED_MS / 1000))
    .selectDb(0);
  for (const name of TAGGED) writer.key(name, stringValue("h".repeat(300)));
  for (const name of SPREAD) writer.key(name, stringValue("u".repeat(200)));
  writer.key(ALONE, stringValue("s".repeat(5000)));
  // Those a server does not load, so that they do not grow either.
  for (const i of range(GONE))
    writer.key(`{hot}:${5000 + i}`, stringValue("e".repeat(3000)), { expiresAtMs: CREATED_MS - 1000 });
  const file = path.join(folder, "growing.rdb");
  fs.writeFileSync(file, writer.end());
  return file;
}

const input = snapshot();
const HOT = "{hot}:*";
const scenario = (own: Record<string, number> = { [HOT]: 0.5 }, more: Partial<Scenario> = {}) =>
  scenarioOf("one", {
    ...{ profile: "redis-7.2", shards: SHARDS, months: 12, growth: 0.01, growth_by_pattern: own },
    ...more,
  });
const dataOf = async (one: Scenario, more: Partial<ReadOptions> = {}) =>
  (await dataOfSnapshot([one], { input, workers: 2, ...more })).data[0]!;

/** Bytes of keys and tables that each shard has, computed key by key; the tables are the model's. */
function keyBytesBy(data: PlanData, growing: Record<string, number>): number[] {
  const each = (pattern: string) => {
    const one = data.patterns.find((found) => found.pattern === pattern)!;
    return one.heap_bytes / one.keys;
  };
  const times = (pattern: string) => (1 + (growing[pattern] ?? 0.01)) ** 12;
  const all = [
    ...TAGGED.map((name) => [name, HOT] as const),
    ...SPREAD.map((name) => [name, "user:*"] as const),
    [ALONE, ALONE] as const,
  ];
  return slotRanges(SHARDS).map(({ first, last }) =>
    all
      .filter(([name]) => slotOf(name) >= first && slotOf(name) <= last)
      .reduce((sum, [, pattern]) => sum + each(pattern) * times(pattern), 0),
  );
}

function shown(data: PlanData, one: Scenario) {
  const plan = planOf([{ scenario: one, data }], undefined);
  const context = { plan, history: undefined, savings: undefined, largest: 10 };
  const rowsOf = (section: typeof shardsSection) => [...section.make(context)!.rows];
  const shards = rowsOf(shardsSection).sort((a, b) => Number(a.shard) - Number(b.shard));
  return { planned: plan.scenarios[0]!, plan, shards, rowsOf };
}

describe("a pattern's own growth", { timeout: 120_000 }, () => {
  it("is in the slots of its keys", async () => {
    const data = await dataOf(scenario());
    expect(data.patterns.find(({ pattern }) => pattern === HOT)).toMatchObject({ keys: TAGGED.length });
    const expected = keyBytesBy(data, { [HOT]: 0.5 });
    const { shards, planned, rowsOf } = shown(data, scenario());
    shards.forEach((row, i) => {
      // Its tables are less than 3% of a shard that has only spread keys, and nothing of the hot one.
      expect(Number(row.bytes) / expected[i]!).toBeGreaterThanOrEqual(1);
      expect(Number(row.bytes) / expected[i]!).toBeLessThan(1.1);
    });
    const hot = slotRanges(SHARDS).findIndex(
      ({ first, last }) => slotOf("{hot}") >= first && slotOf("{hot}") <= last,
    );
    expect(planned.shard.load.key_bytes / expected[hot]!).toBeCloseTo(1, 9);
    expect(Math.max(...expected)).toBe(expected[hot]);

    // Every table says the same.
    const grown = rowsOf(patternsSection).reduce((sum, row) => sum + Number(row.grown_bytes), 0);
    expect(Math.abs(grown - planned.later.key_bytes)).toBeLessThan(5);
    expect(expected.reduce((a, b) => a + b) / planned.later.key_bytes).toBeCloseTo(1, 9);
    const bytes = shards.map((row) => Number(row.bytes));
    const mean = bytes.reduce((a, b) => a + b) / SHARDS;
    for (const [i, row] of shards.entries())
      expect(Math.abs(Number(row.over_mean) - bytes[i]! / mean)).toBeLessThan(0.006);
    expect(Number(rowsOf(scenariosSection)[0]!.later_bytes)).toBe(Math.round(planned.later.bytes));
  });

  it("makes the sum of the primaries that of each shard's own", async () => {
    const data = await dataOf(scenario());
    const { shards, planned, rowsOf } = shown(data, scenario());
    const terms = rowsOf(termsSection);
    const allOf = (term: string) => Number(terms.find((row) => row.term === term)!.all_bytes);
    const bytes = shards.reduce((sum, row) => sum + Number(row.bytes), 0);
    expect(Math.abs(allOf("data") - bytes)).toBeLessThanOrEqual(SHARDS);
    expect(allOf("replica buffers")).toBe(SHARDS * 512 * 2 ** 20);
    // Machines are alike.
    expect(allOf("machine")).toBeCloseTo(SHARDS * planned.shard.machine_bytes, 0);
    expect(allOf("data")).toBeLessThan(0.5 * SHARDS * planned.shard.load.bytes);
  });

  it("is the same of an inventory with rows, and told to be unknown of one without", async () => {
    const ofSnapshot = shown(await dataOf(scenario()), scenario());
    for (const keys of ["all", "none"] as const) {
      const { output } = await analyzed(folder, [fs.readFileSync(input)], { profile: "redis-7.2", keys });
      const inventory = openInventory(output);
      const scope = { inventory, snapshot: snapshots(inventory)[0]!, filters: {} };
      const found = shown(dataOfInventory(scope, scenario()), scenario());
      const notes = planNotes(found.plan).join("\n");
      inventory.close();
      if (keys === "all") {
        const told = ({ shards }: typeof found) =>
          shards.map(({ bytes, over_mean, keys }) => ({ bytes, over_mean, keys }));
        expect(told(found)).toEqual(told(ofSnapshot));
        expect(notes).not.toMatch(/shards may be much less even/);
      } else
        expect(notes).toMatch(
          /is not known, all slots are taken to grow alike: shards may be much less even/,
        );
    }
  });

  it("is found where names are hashed, of a single key, too", async () => {
    const hashKeys = Buffer.from("a secret of this test");
    const hashed = await dataOf(scenario({}), { hashKeys });
    const alone = hashed.patterns.find(({ pattern, keys }) => keys === 1 && pattern.startsWith("#"))!.pattern;
    const own = { [HOT]: 0.5, [alone]: 0.9 };
    const { shards } = shown(await dataOf(scenario(own), { hashKeys }), scenario(own));
    const plain = { [HOT]: 0.5, [ALONE]: 0.9 };
    const { shards: expected } = shown(await dataOf(scenario(plain)), scenario(plain));
    expect(shards.map(({ bytes }) => bytes)).toEqual(expected.map(({ bytes }) => bytes));
  });

  it("takes a saving of the pattern off its own slots", async () => {
    const data = await dataOf(scenario());
    const hot = data.patterns.find(({ pattern }) => pattern === HOT)!;
    const part = { pattern: HOT, db: 0, heap_bytes: hot.heap_bytes / 2, keys: hot.keys / 2, expires: 0 };
    const saving = { kind: "", what: "", keys: 0, basis: "", cost: "", change: [part] };
    const [before, after] = [data, afterwards(data, [saving])].map(
      (one) => shown(one, scenario()).planned.shard.load.key_bytes,
    );
    const factor = 1.5 ** 12;
    expect(before! - after!).toBeCloseTo((hot.heap_bytes / 2) * factor, 3);
  });
});

it("a shrinking key is no floor of its shard", { timeout: 60_000 }, async () => {
  const own = scenario({}, { growth: -0.999, months: 1, growth_by_pattern: undefined });
  const { shards, planned } = shown(await dataOf(own), own);
  const sum = shards.reduce((all, row) => all + Number(row.slot_bytes), 0);
  expect(sum).toBeLessThan(planned.later.key_bytes + SHARDS);
  expect(planned.shard.load.key_bytes).toBeLessThanOrEqual(planned.later.key_bytes);
});
