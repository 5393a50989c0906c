import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openInventory } from "../../src/inventory/open.ts";
import { analyze } from "../../src/pipeline/analyze.ts";
import { dataOfInventory } from "../../src/plan/from-inventory.ts";
import { planOf } from "../../src/plan/plan.ts";
import { findSavings } from "../../src/plan/savings/find.ts";
import { rankSavings } from "../../src/plan/savings/rank.ts";
import { scenarioOf } from "../../src/plan/scenario.ts";
import { snapshots } from "../../src/queries/snapshots.ts";
import { ALLOCATOR, type Command, measure, sendAll, withServer } from "./doctor/support.ts";

const HASHES = 200;
const KEYS = 2000;
const FLAGS = 20_000;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-savings-"));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Hashes beyond a limit, names that are long, and strings that could be fields; as they are, or as the advice has them. */
function* commands({ names = false, buckets = false } = {}): Iterable<Command> {
  for (const i of range(HASHES))
    yield ["HSET", `profiles:${i}`, ...range(600).flatMap((f) => [`f${f}`, `v${f}`])];
  for (const i of range(KEYS))
    yield ["SET", names ? `co:${i}:pr:la:re` : `customers:${i}:preferences:language:region`, "v".repeat(70)];
  for (const i of range(FLAGS)) {
    const id = 1_000_000 + i;
    yield buckets ? ["HSET", `flags:${i % (FLAGS / 100)}`, id, "on"] : ["SET", `flags:${id}`, "on"];
  }
}

async function dumpOf(changed?: Parameters<typeof commands>[0]): Promise<Buffer> {
  return (await withServer({}, undefined, (client) => sendAll(client, commands(changed)))).dump;
}

/** What is saved by kind, as the plan says. */
async function savingsOf(dump: Buffer) {
  const input = path.join(folder, "dump.rdb");
  fs.writeFileSync(input, dump);
  const output = path.join(folder, "inventory.sqlite");
  await analyze({ inputs: [input], output, allocator: ALLOCATOR, workers: 1 });
  const inventory = openInventory(output);
  const scope = { inventory, snapshot: snapshots(inventory)[0]!, filters: {} };
  const scenario = scenarioOf("one", { allocator: ALLOCATOR });
  const data = dataOfInventory(scope, scenario);
  const planned = planOf([{ scenario, data }], undefined).scenarios[0]!;
  const { ranked } = rankSavings(planned, undefined, findSavings({ scope, data, moves: [] }));
  inventory.close();
  return (kind: string, what: string) =>
    ranked.find((one) => one.kind === kind && one.what.startsWith(what))!.saved_bytes;
}

describe("a saving", () => {
  it("is what a server holds less after the change", { timeout: 180_000 }, async () => {
    const dump = await dumpOf();
    const told = await savingsOf(dump);
    const { usedMemory } = await measure(dump, {});
    const less = async (changed: Buffer, settings = {}) =>
      usedMemory - (await measure(changed, settings)).usedMemory;
    const limit = "hash-max-listpack-entries";
    const ratios = [
      told("encoding threshold", limit) / (await less(dump, { [limit]: 1024 })),
      told("shorter names", "customers:") / (await less(await dumpOf({ names: true }))),
      told("hash buckets", "flags:") / (await less(await dumpOf({ buckets: true }))),
    ];
    for (const ratio of ratios) expect(Math.abs(ratio - 1)).toBeLessThan(0.02);
  });
});
