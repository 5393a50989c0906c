import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parseCatalogue } from "../../src/plan/catalogue.ts";
import { evenGrowth, type PlanData, shardLoad } from "../../src/plan/data.ts";
import { dataOfSnapshot } from "../../src/plan/from-snapshot.ts";
import { planOf } from "../../src/plan/plan.ts";
import { type Scenario, scenarioOf } from "../../src/plan/scenario.ts";
import { shardsSection } from "../../src/plan/sections/shards.ts";
import { fullestShard, shardsOf } from "../../src/plan/slots.ts";
import { slotRanges } from "../../src/queries/slot-ranges.ts";
import { workFolder } from "../pipeline/support.ts";
import { stringValue } from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";
import { slotOf } from "./support.ts";

const folder = workFolder();
const SLOTS = 16_384;

const scenario = (more: Partial<Scenario> = {}): Scenario =>
  scenarioOf("one", {
    ...{ profile: "redis-7.2", replicas: 0, clients: 0, core: 0, safety: 0, fragmentation: 1 },
    ...more,
  });

async function dataOf(names: readonly string[], bytes: (i: number) => number): Promise<PlanData> {
  const writer = new RdbWriter().selectDb(0);
  names.forEach((name, i) => {
    writer.key(name, stringValue("v".repeat(bytes(i))));
  });
  const input = path.join(folder, `${names.length}.rdb`);
  fs.writeFileSync(input, writer.end());
  return (await dataOfSnapshot([scenario()], { input, workers: 2 })).data[0]!;
}

const TAGGED = Array.from({ length: 3000 }, (_, i) => (i % 3 ? `{tenant}:${i}` : `user:${i}`));
const machine = (memory: number) =>
  parseCatalogue(
    `version: 1
as_of: 2026-11-01
source: a test
currency: EUR
machines: [{ name: m, memory: ${memory}, vcpu: 1 }]
`,
    "catalogue.yaml",
  );

describe("shards", { timeout: 120_000 }, () => {
  it("hold the keys of their slots, in contiguous ranges of all slots", async () => {
    const data = await dataOf(TAGGED, () => 100);
    const each = data.key_bytes / TAGGED.length;
    for (const shards of [3, 7, 100]) {
      const ranges = slotRanges(shards);
      expect(ranges[0]!.first).toBe(0);
      expect(ranges.at(-1)!.last).toBe(SLOTS - 1);
      ranges.slice(1).forEach(({ first }, i) => {
        expect(first).toBe(ranges[i]!.last + 1);
      });
      const keys = ranges.map(
        ({ first, last }) => TAGGED.filter((name) => slotOf(name) >= first && slotOf(name) <= last).length,
      );
      const found = shardsOf(data.slots!, shards);
      expect(found.map((one) => one.keys)).toEqual(keys);
      const bytes = Math.max(...found.map((one) => one.bytes));
      expect(bytes / each).toBeCloseTo(Math.max(...keys), 0);
      expect(fullestShard(data.slots!, shards)).toMatchObject({ keys: Math.max(...keys), bytes });
    }
  });

  it("are as many as the fullest needs, not the mean, and as few as that allows", async () => {
    const data = await dataOf(TAGGED.slice(0, 2999), (i) => (i % 3 ? 10 : 500));
    const growth = evenGrowth(data, 1);
    for (const memory of [2_500_000, 1_500_000, 1_350_000, 1_250_000]) {
      const own = scenario({ maxmemory_share: 1 });
      const [one] = planOf([{ scenario: own, data }], machine(memory)).scenarios;
      const fits = (shards: number) => {
        const { bytes } = shardLoad(data, growth, shards);
        return bytes + data.baseline_bytes <= memory;
      };
      const fewest = Array.from({ length: 2000 }, (_, i) => i + 1).find(fits);
      expect(one!.machine?.shards ?? undefined).toBe(fewest);
    }
  });

  it("tell the slot that no number of shards splits", async () => {
    const data = await dataOf(TAGGED.slice(0, 2998), () => 3000);
    const [one] = planOf([{ scenario: scenario(), data }], machine(4_000_000)).scenarios;
    expect(one!.impossible).toMatch(/one hash slot holds .*, and slots are not split/);
  });

  it("show what a shard holds, the fullest first, and the key that is more than a fair share", async () => {
    const names = Array.from({ length: 600 }, (_, i) => `key:${i}`);
    const data = await dataOf(names, (i) => (i === 17 ? 500_000 : 100));
    const plan = planOf([{ scenario: scenario({ shards: 6, months: 0 }), data }], undefined);
    const context = { plan, history: undefined, savings: undefined, largest: 10 };
    const rows = [...shardsSection.make(context)!.rows];
    expect(rows).toHaveLength(6);
    expect(rows[0]).toMatchObject({ heaviest_slot: slotOf("key:17"), held_by: "key key:17" });
    expect(rows.reduce((sum, { keys }) => sum + Number(keys), 0)).toBe(600);
    const bytes = rows.map((row) => Number(row.bytes));
    expect(bytes).toEqual([...bytes].sort((a, b) => b - a));
  });
});
