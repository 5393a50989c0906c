import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { RAISABLE_NAMES } from "../../src/memory/index.ts";
import { ask, run, workFolder } from "../pipeline/support.ts";
import * as values from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";

const folder = workFolder();
const WIDE = path.resolve(import.meta.dirname, "../../fixtures/servers/redis-7.2/dump.rdb");

const EVIDENCE = `SELECT pattern, type, evidence, raised_to, keys, bytes, saving_bytes, saving_heap_bytes, payload_bytes,
  stored_bytes FROM evidence ORDER BY 1, 2, 3`;
const SUMS =
  "SELECT sum(bytes - expired_bytes) AS bytes, sum(heap_bytes - expired_heap_bytes) AS heap FROM rollup";

/** Values on both sides of every limit of Redis 7.2. */
function nearThresholds(): Buffer {
  const writer = new RdbWriter("REDIS", 11).aux("redis-ver", "7.2.6").aux("ctime", "1750000000");
  const names = (count: number, bytes = 0) =>
    Array.from({ length: count }, (_, i) => `m${i}`.padEnd(bytes && i === 1 ? bytes : 0, "x"));
  for (const count of [500, 512, 513, 1000, 1024, 1025]) {
    writer.key(
      `hash:${count}`,
      values.hashValue(names(count).map((name) => [name, "v"] as [string, string])),
    );
    writer.key(`ids:${count}`, values.setValue(Array.from({ length: count }, (_, i) => String(i * 7))));
  }
  for (const count of [128, 129, 256, 257]) {
    writer.key(`set:${count}`, values.setValue(names(count)));
    writer.key(
      `zset:${count}`,
      values.zset2Value(names(count).map((name, i) => [name, i] as [string, number])),
    );
  }
  for (const bytes of [64, 65, 128, 129]) {
    writer.key(
      `long:hash:${bytes}`,
      values.hashValue(names(9, bytes).map((name) => [name, "v"] as [string, string])),
    );
    writer.key(`long:set:${bytes}`, values.setValue(names(9, bytes)));
    writer.key(
      `long:zset:${bytes}`,
      values.zset2Value(names(9, bytes).map((name, i) => [name, i] as [string, number])),
    );
  }
  writer.key("hash:expired", values.hashValue(names(600).map((name) => [name, "v"] as [string, string])), {
    expiresAtMs: 1_749_999_999_000,
  });
  return writer.end();
}

describe("evidence of settings", () => {
  const snapshots = [nearThresholds(), WIDE];
  let output: string;

  beforeAll(async () => {
    ({ output } = await run(folder, snapshots));
  });

  it.each(RAISABLE_NAMES)("is what raising %s alone would save", async (name) => {
    const [found] = ask(
      output,
      `SELECT max(raised_to) AS raised, coalesce(sum(saving_bytes), 0) AS bytes,
         coalesce(sum(saving_heap_bytes), 0) AS heap FROM evidence WHERE evidence = ?`,
      name,
    );
    const [settings] = ask(output, "SELECT settings FROM snapshots");
    const field = name.replace(/-(.)/g, (_, c: string) => c.toUpperCase());
    const raised =
      JSON.parse(settings!.settings as string)[field] * (name === "set-max-intset-entries" ? 8 : 2);
    const then = await run(folder, snapshots, { settings: { [name]: String(raised) } });
    const [before, after] = [ask(output, SUMS)[0]!, ask(then.output, SUMS)[0]!];
    const saved = {
      bytes: Number(before.bytes) - Number(after.bytes),
      heap: Number(before.heap) - Number(after.heap),
    };
    expect(found).toEqual({ raised, ...saved });
    expect(saved.bytes).toBeGreaterThan(0);
  });

  it("is the same whatever the number of threads, and without rows", async () => {
    const three = await run(folder, snapshots, { workers: 3, keys: "none" });
    expect(ask(three.output, EVIDENCE)).toEqual(ask(output, EVIDENCE));
  });
});

describe("evidence of strings", () => {
  it("tells what they hold, and what they would take", async () => {
    const writer = new RdbWriter("REDIS", 11).aux("redis-ver", "7.2.6").aux("ctime", "1750000000");
    const text = "0123456789abcdef".repeat(200);
    writer.key("json", values.stringValue('{"a": 1}')).key("text", values.stringValue(text));
    writer
      .key("number", values.stringValue("1,234,567"))
      .key("packed", values.stringValue(text, { form: "lzf" }));
    writer
      .key("plain", values.stringValue("1234567"))
      .key("short", values.stringValue("a".repeat(900), { form: "lzf" }));
    const { output } = await run(folder, [writer.end()]);
    const [packed] = ask(output, "SELECT serialized_bytes AS record, bytes FROM keys WHERE key = 'packed'");
    const found = ask(output, `${EVIDENCE}`);
    expect(found.map(({ pattern, evidence, keys }) => [pattern, evidence, keys])).toEqual([
      ["json", "json", 1],
      ["number", "formatted-integer", 1],
      ["packed", "compressible", 1],
    ]);
    // Redis 7.2: an embedded string of 9 bytes takes 32, an integer 16.
    expect(found[1]).toMatchObject({
      saving_bytes: 16,
      saving_heap_bytes: 16,
      payload_bytes: 9,
      stored_bytes: 0,
    });
    const { stored_bytes: stored, saving_bytes: saving } = found[2] as Record<string, number>;
    // Its type, its name and length, and the three lengths and forms before what is compressed.
    expect(Number(packed!.record) - stored!).toBeLessThan(20);
    expect(saving).toBeGreaterThan(Number(packed!.bytes) - stored! - 120);
    expect(saving).toBeLessThan(Number(packed!.bytes) - stored!);
  });
});
