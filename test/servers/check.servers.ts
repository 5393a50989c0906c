import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { baselineOf, check, openInventory } from "../../src/index.ts";
import { analyze } from "../../src/pipeline/analyze.ts";
import { sendAll, withServer } from "./doctor/support.ts";

/** A week on a real server: what grows, leaks, is new and is gone. */
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-check-"));
const inventories: Record<string, ReturnType<typeof openInventory>> = {};

const sessions = (from: number, to: number) =>
  Array.from(
    { length: to - from },
    (_, i) => ["SET", `session:${from + i}`, "x".repeat(200), "EX", 3600] as const,
  );

async function inventoryOf(name: string, dump: Buffer) {
  const file = path.join(folder, `${name}.rdb`);
  fs.writeFileSync(file, dump);
  const output = path.join(folder, `${name}.sqlite`);
  await analyze({ inputs: [file], output, allocator: "jemalloc-16" });
  inventories[name] = openInventory(output);
}

beforeAll(async () => {
  const monday = await withServer({}, undefined, async (client) => {
    await sendAll(client, sessions(0, 1000));
    await sendAll(client, [
      ["SADD", "old:set", 1, 2, 3],
      ["HSET", "user:1", "name", "a"],
    ]);
  });
  await inventoryOf("monday", monday.dump);
  const friday = await withServer({}, monday.dump, async (client) => {
    await sendAll(client, sessions(1000, 1200));
    await sendAll(
      client,
      Array.from({ length: 50 }, (_, i) => ["SET", `session:leak${i}`, "x".repeat(200)] as const),
    );
    await sendAll(client, [
      ["DEL", "old:set"],
      ["RPUSH", "queue:jobs", ...Array.from({ length: 3000 }, (_, i) => `job${i}`)],
    ]);
  });
  await inventoryOf("friday", friday.dump);
});
afterAll(() => {
  for (const one of Object.values(inventories)) one.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** Rules that hold on Monday and on Friday do not; a row a rule. */
const RULES = [
  "{rule: limits, max_keys: 1100}",
  "{rule: limits, pattern: 'session:*', max_bytes: 330K}",
  "{rule: used-memory, max_bytes: 1300K}",
  "{rule: big-keys, max_elements: 1000}",
  "{rule: ttl, key: 'session:*', min_share: 99%}",
  "{rule: forbidden, key: '*:leak*'}",
  "{rule: allowed, pattern: ['session:*', 'user:*', 'old:*']}",
  "{rule: encodings, type: list, allow: listpack}",
  "{rule: growth, max_percent: 10%}",
  "{rule: growth, new_patterns: forbid, type: list}",
  "{rule: growth, vanished_patterns: forbid}",
  "{rule: sql, query: 'SELECT key FROM keys WHERE elements > 1000'}",
  "{rule: doctor, rules: undrained-queues, fail_on: info}",
] as const;

describe("two snapshots of a real server", () => {
  test.each(RULES)("%s holds on Monday, and not on Friday", async (rule) => {
    const policy = `version: 1\nrules:\n  - ${rule}\n`;
    const { monday, friday } = inventories as Record<"monday" | "friday", ReturnType<typeof openInventory>>;
    const before = await check(monday, { policy, baseline: monday });
    expect([before.passed, before.snapshots[0]!.results[0]!.violations]).toEqual([true, []]);
    const after = await check(friday, { policy, baseline: await baselineOf(monday) });
    expect([after.passed, after.counts.failed]).toEqual([false, 1]);
    expect(after.snapshots[0]!.results[0]!.violation_count).toBeGreaterThan(0);
  });

  test("tell what grew as the server knows it", async () => {
    const policy = "version: 1\nrules:\n  - {rule: growth, max_keys: 0, type: [string, list]}\n";
    const report = await check(inventories.friday!, { policy, baseline: inventories.monday! });
    expect(report.snapshots[0]!.results[0]!.violations).toMatchObject([
      { value: 251, detail: "from 1,000 to 1,251" },
    ]);
  });
});
