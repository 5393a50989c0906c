import path from "node:path";
import { describe, expect, it } from "vitest";
import { slotCounts } from "../../src/inventory/rollup/rollup.ts";
import { PROFILES, tableBytes, targetOf } from "../../src/memory/index.ts";
import * as values from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";
import { ask, run, workFolder } from "./support.ts";

const folder = workFolder();
const SAMPLE = path.resolve("fixtures/sample.rdb");
const CREATED_AT = 1_700_000_000;

/** Three keys that live, one of them with a TTL, and one whose time had passed. */
function withExpired(): Buffer {
  const at = (seconds: number) => ({ expiresAtMs: (CREATED_AT + seconds) * 1000 });
  return new RdbWriter("REDIS", 11)
    .aux("redis-ver", "7.2.6")
    .aux("ctime", String(CREATED_AT))
    .aux("used-mem", "2000000")
    .selectDb(3)
    .key("a", values.stringValue("x".repeat(100)))
    .key("b", values.stringValue("x"))
    .key("c", values.stringValue("x".repeat(50)), at(60))
    .key("d", values.stringValue("x".repeat(1000)), at(-60))
    .end();
}

describe("used_memory after loading", () => {
  it("is the heap of the keys that are loaded, their tables and the server itself", async () => {
    const { output } = await run(folder, [withExpired()]);
    const [loaded] = ask(
      output,
      "SELECT count(*) AS loaded_keys, sum(expires_at IS NOT NULL) AS loaded_expires, sum(heap_bytes) AS loaded_heap_bytes FROM keys WHERE NOT expired",
    );
    expect(loaded).toMatchObject({ loaded_keys: 3, loaded_expires: 1 });
    // dbExpand(): 4 buckets of 8 bytes for three keys, and 4 for one that expires.
    expect(ask(output, "SELECT * FROM databases")).toMatchObject([
      { db: 3, keys: 4, ...loaded, table_bytes: 64 },
    ]);
    const { baselineBytes } = PROFILES["redis-7.2"];
    const estimated = (loaded!.loaded_heap_bytes as number) + 64 + baselineBytes;
    expect(ask(output, "SELECT * FROM memory")).toEqual([
      {
        snapshot: 1,
        key_bytes: loaded!.loaded_heap_bytes,
        table_bytes: 64,
        function_bytes: 0,
        baseline_bytes: baselineBytes,
        estimated_bytes: estimated,
        used_mem: 2_000_000,
        unexplained_bytes: 2_000_000 - estimated,
      },
    ]);
    expect(ask(output, "SELECT sum(expired_heap_bytes) AS heap FROM rollup")).toEqual(
      ask(output, "SELECT sum(heap_bytes) AS heap FROM keys WHERE expired"),
    );
  });

  it("of the sample is below what the server said when it saved it", async () => {
    const { output } = await run(folder, [SAMPLE], { keys: "none" });
    const [{ estimated_bytes: estimate, used_mem: used }] = ask(output, "SELECT * FROM memory") as [
      { estimated_bytes: number; used_mem: number },
    ];
    expect(estimate / used).toBeGreaterThan(0.75);
    expect(estimate).toBeLessThan(used);
  });

  it("has function libraries by their code", async () => {
    const body = "return 1 ".repeat(20);
    const code = `#!lua name=mylib\nredis.register_function('f1', function() ${body} end)
      redis.register_function{function_name="second", callback=function() end}`;
    const snapshot = new RdbWriter("REDIS", 11).aux("redis-ver", "7.2.6").function2(code).end();
    const { output } = await run(folder, [snapshot]);
    const name = 8; // an sds of up to 6 bytes: header, text, terminator
    const codeBytes = Math.ceil((code.length + 6) / 64) * 64; // an sds with a header of 5 bytes, in classes of 64 bytes
    const entry = 24;
    const library = 32 + name + codeBytes + (56 + 32) + (entry + name);
    const functions = 2 * (40 + 8 + name + 2 * entry + name);
    expect(ask(output, "SELECT function_bytes FROM memory")).toEqual([
      { function_bytes: library + functions + 32 + 32 },
    ]);
  });
});

describe("counts by slot", () => {
  it("sum what all threads counted of one database", () => {
    const part = (db: number, slot: number, keys: number, expires: number) => {
      const sums = new Float64Array(16384 * 2);
      sums.set([keys, expires], slot * 2);
      return new Map([[db, sums]]);
    };
    const { slots } = slotCounts([part(0, 7, 2, 1), part(0, 7, 3, 0), part(1, 7, 9, 9)], 0)!;
    expect([slots.keys[7], slots.expires[7], slots.keys[8]]).toEqual([5, 1, 0]);
    expect(slotCounts([undefined], 0)).toBeUndefined();
  });

  it("are taken from a target in cluster mode, and change no counts", async () => {
    const settings = { "cluster-enabled": "yes" };
    const [one, other] = await Promise.all([
      run(folder, [withExpired()]),
      run(folder, [withExpired()], { settings }),
    ]);
    // Redis 7.2 counts 8 bytes more of each key in cluster mode.
    const sums = (bytes: string) =>
      `SELECT keys, keys_with_ttl, ${bytes} AS bytes, loaded_keys, loaded_expires FROM databases`;
    expect(ask(other.output, sums("bytes"))).toEqual(ask(one.output, sums("bytes + 8 * keys")));
    const spec = { profile: "redis-7.2", allocator: "jemalloc", loadedAt: 0, config: {} } as const;
    expect(tableBytes(targetOf(spec), { keys: 5, expires: 0 })).toBe(64);
  });
});
