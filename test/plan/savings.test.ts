import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { openInventory } from "../../src/inventory/open.ts";
import { parseCatalogue } from "../../src/plan/catalogue.ts";
import type { PlanData } from "../../src/plan/data.ts";
import { dataOfSnapshot } from "../../src/plan/from-snapshot.ts";
import { planOf } from "../../src/plan/plan.ts";
import { findSavings } from "../../src/plan/savings/find.ts";
import { movesOf } from "../../src/plan/savings/moves.ts";
import { type RankedSavings, rankSavings } from "../../src/plan/savings/rank.ts";
import { type Scenario, scenarioOf } from "../../src/plan/scenario.ts";
import { snapshots } from "../../src/queries/snapshots.ts";
import { run as analyzed, workFolder } from "../pipeline/support.ts";
import { lzfCompress } from "../support/rdb-primitives.ts";
import { hashValue, setValue, stringValue, zsetValue } from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";

const folder = workFolder();
const CREATED = 1_750_000_000;
const HOUR_MS = 3_600_000;
const COUNT = 120;
const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/** What may be otherwise in the snapshot. */
interface Changed {
  readonly names?: boolean;
  readonly compressed?: boolean;
  readonly without?: "cache without TTL" | "older half of sessions";
  readonly bucketed?: boolean;
}

const TEXT = (i: number) => `{"id":${i},"${"about the same words again and again, ".repeat(40)}":true}`;

/** A snapshot with something to save of each kind; written as it would be when that is done. */
function snapshot({ names, compressed, without, bucketed }: Changed = {}): Buffer {
  const writer = new RdbWriter().aux("ctime", String(CREATED)).aux("redis-ver", "7.2.4").selectDb(0);
  const id = (i: number) => 1000 + i;
  for (const i of range(COUNT)) {
    const text = Buffer.from(TEXT(i));
    const value = compressed ? "\x01".repeat(lzfCompress(text).length) : text;
    writer.key(`documents:${id(i)}`, stringValue(value, { form: compressed ? "raw" : "lzf" }));
  }
  for (const i of range(12)) {
    writer.key(
      `profiles:${id(i)}`,
      hashValue(range(i % 2 ? 200 : 20).map((f) => [`f${f}`, `v${f}`] as const)),
    );
    writer.key(`ranks:${id(i)}`, zsetValue(range(10).map((m) => [`${"m".repeat(80)}${m}`, m] as const)));
    writer.key(`ints:${id(i)}`, setValue(range(600).map((m) => String(m * 7 + i))));
  }
  for (const i of range(COUNT)) {
    if (without !== "cache without TTL" || i % 3 > 0)
      writer.key(
        `cache:${id(i)}`,
        stringValue("c".repeat(40 + i)),
        i % 3 > 0 ? { expiresAtMs: CREATED * 1000 + 60_000 * (i + 1) } : {},
      );
    const left = HOUR_MS * (i + 1);
    if (without !== "older half of sessions" || left > (HOUR_MS * COUNT) / 2)
      writer.key(`visits:${id(i)}`, stringValue("s".repeat(50)), { expiresAtMs: CREATED * 1000 + left });
    const name = names ? `us:${id(i)}:pr:la:re` : `users:${id(i)}:preferences:language:region`;
    const expiry = i % 2 ? { expiresAtMs: CREATED * 1000 + 3 * HOUR_MS + i } : {};
    if (i % 4 === 0) writer.key(name, hashValue([["a", "b"]]), expiry);
    else writer.key(name, stringValue(i % 5 === 0 ? String(i * 1e6) : "v".repeat(i)), expiry);
  }
  if (bucketed)
    for (const b of range(10))
      writer.key(
        `flags:${b}`,
        hashValue(range(100).map((f) => [String(100_000 + b * 100 + f), "on"] as const)),
      );
  else for (const i of range(1000)) writer.key(`flags:${100_000 + i}`, stringValue("on"));
  return Buffer.from(writer.end());
}

let files = 0;
async function dataOf(bytes: Buffer, scenario: Scenario): Promise<PlanData> {
  const input = path.join(folder, `${++files}.rdb`);
  fs.writeFileSync(input, bytes);
  return (await dataOfSnapshot([scenario], { input, workers: 1 })).data[0]!;
}

const CATALOGUE = parseCatalogue(
  `version: 1
as_of: 2026-11-01
source: a test
currency: EUR
machines: [{ name: m, memory: 1100K, vcpu: 1, price: { on_demand: 100 } }]
`,
  "catalogue.yaml",
);
/** Nothing but the data, so that small machines are full of it. */
const BARE = { replicas: 0, clients: 0, core: 0, safety: 0, fragmentation: 1, maxmemory_share: 1 } as const;

async function savingsOf(profile: Scenario["profile"], priced = false) {
  const scenario = scenarioOf("one", { profile, ...BARE });
  const { output } = await analyzed(folder, [snapshot()], { profile });
  const data = await dataOf(snapshot(), scenario);
  const inventory = openInventory(output);
  try {
    const scope = { inventory, snapshot: snapshots(inventory)[0]!, filters: {} };
    const moves = await Promise.all(
      movesOf(scenario, scope.snapshot).map((move) => dataOf(snapshot(), move)),
    );
    const catalogue = priced ? CATALOGUE : undefined;
    const planned = planOf([{ scenario, data }], catalogue).scenarios[0]!;
    const found = findSavings({ scope, data, moves });
    return { scenario, data, planned, found: rankSavings(planned, catalogue, found) };
  } finally {
    inventory.close();
  }
}

const total = ({ key_bytes: keys, table_bytes: tables }: PlanData) => keys + tables;
const savedBy = ({ ranked }: RankedSavings, kind: string, what: string) =>
  ranked.find((one) => one.kind === kind && one.what === what)?.saved_bytes;

describe.each(["redis-6.2", "redis-7.2", "redis-8.6", "valkey-8.1"] as const)("savings on %s", (profile) => {
  it("are the difference of the model's totals of the snapshot before and after", {
    timeout: 120_000,
  }, async () => {
    const { scenario, data, found } = await savingsOf(profile);
    const less = async (changed: Changed, settings?: Record<string, string>) =>
      total(data) - total(await dataOf(snapshot(changed), { ...scenario, settings }));

    const packed = profile === "redis-6.2" ? "ziplist" : "listpack";
    // Version by version other values are beyond the limits: what is told must be right, and the intsets must be told.
    const thresholds = found.ranked.filter(({ kind }) => kind === "encoding threshold");
    expect(thresholds.map(({ what }) => what.split(" ")[0])).toContain(`zset-max-${packed}-value`);
    for (const { what, saved_bytes: saved } of thresholds) {
      const [name, value] = what.split(" ") as [string, string];
      expect([what, saved]).toEqual([what, await less({}, { [name]: value })]);
    }
    expect(savedBy(found, "TTL where there is none", "cache:*")).toBe(
      await less({ without: "cache without TTL" }),
    );
    expect(savedBy(found, "expiring sooner", "visits:*")).toBe(
      await less({ without: "older half of sessions" }),
    );
    expect(savedBy(found, "compression", "documents:*")).toBe(await less({ compressed: true }));
    expect(savedBy(found, "shorter names", "users:*:preferences:language:region → us:*:pr:la:re")).toBe(
      await less({ names: true }),
    );
    const buckets = savedBy(found, "hash buckets", "flags:*")!;
    expect(Math.abs(buckets / (await less({ bucketed: true })) - 1)).toBeLessThan(0.05);
  });
});

describe("savings", () => {
  it("of other servers are those of the comparison, and never older ones", { timeout: 120_000 }, async () => {
    const { scenario, data, found } = await savingsOf("redis-7.2");
    const moves = found.ranked.filter(({ kind }) => kind === "version move");
    expect(moves.length).toBeGreaterThan(0);
    for (const { what, saved_bytes: saved, adds_up: addsUp } of moves) {
      expect(what).not.toMatch(/redis-[4-6]/);
      expect(addsUp).toBe(false);
      const there = await dataOf(snapshot(), { ...scenario, profile: what as Scenario["profile"] });
      expect(saved).toBe(total(data) - total(there));
    }
  });

  it("are ranked by money, and only those of other keys are added up", { timeout: 120_000 }, async () => {
    const { found, planned } = await savingsOf("redis-7.2", true);
    const months = found.ranked.map(({ month }) => month!);
    expect(months).toEqual([...months].sort((a, b) => b - a));
    expect(months[0]).toBeGreaterThan(0);
    const adding = found.ranked.filter((one) => one.adds_up);
    expect(found.ranked.some(({ instead_of: other }) => other !== null)).toBe(true);
    // No key is changed twice, so together they save their sum, but for steps of the tables.
    const sum = adding.reduce((all, one) => all + one.saved_bytes, 0);
    expect(Math.abs(found.together!.saved_bytes - sum)).toBeLessThan(0.02 * planned.now.bytes);
    const patterns = adding
      .filter(({ kind }) => kind !== "encoding threshold")
      .flatMap(({ change }) =>
        "target" in change ? [] : [...new Set(change.map(({ pattern }) => pattern))],
      );
    expect(new Set(patterns).size).toBe(patterns.length);
  });

  it("are not told of keys without rows, but of what the inventory knows", { timeout: 120_000 }, async () => {
    const { output } = await analyzed(folder, [snapshot()], { keys: "none" });
    const inventory = openInventory(output);
    const scope = { inventory, snapshot: snapshots(inventory)[0]!, filters: {} };
    const scenario = scenarioOf("one", {});
    const found = findSavings({ scope, data: await dataOf(snapshot(), scenario), moves: [] });
    inventory.close();
    expect(new Set(found.savings.map(({ kind }) => kind))).toEqual(
      new Set(["encoding threshold", "compression"]),
    );
    expect(found.notes.join("\n")).toMatch(/analyze --keys all.*shorter names/);
  });
});
