import { describe, expect, it } from "vitest";
import { chooseRules, type Diagnosis, diagnose } from "../../src/doctor/diagnose.ts";
import { openInventory } from "../../src/inventory/open.ts";
import { snapshots } from "../../src/queries/snapshots.ts";
import { ask, KEYS, run, workFolder } from "../pipeline/support.ts";
import * as values from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";

const folder = workFolder();
const CREATED_AT = 1_750_000_000;
const LATER = { expiresAtMs: (CREATED_AT + 3600) * 1000 };

/** What rules find in a snapshot of a server, and its key rows. */
async function found(
  rules: readonly string[],
  fill: (writer: RdbWriter) => void,
  { version = "7.2.6", keys = "all" }: { version?: string; keys?: "all" | "none" } = {},
): Promise<{ findings: Diagnosis["findings"]; rows: Record<string, unknown>[] }> {
  const writer = new RdbWriter("REDIS", 11).aux("redis-ver", version).aux("ctime", String(CREATED_AT));
  fill(writer);
  const { output } = await run(folder, [writer.end()], { keys });
  const inventory = openInventory(output);
  try {
    const scope = { inventory, snapshot: snapshots(inventory)[0]!, filters: {} };
    const options = { rules: chooseRules(rules), thresholds: {}, info: undefined, largest: 100 };
    return { findings: diagnose(scope, options).findings, rows: ask(output, KEYS) };
  } finally {
    inventory.close();
  }
}

const strings =
  (prefix: string, count: number, bytes: number, expires = (_: number) => false) =>
  (writer: RdbWriter) => {
    for (let i = 0; i < count; i++)
      writer.key(`${prefix}:${i}`, values.stringValue("v".repeat(bytes)), expires(i) ? LATER : {});
  };

describe("examples of keys without TTL", () => {
  it.each(["all", "none"] as const)("have none, with rows of %s", async (keys) => {
    const fill = strings("session", 2000, 100, (i) => i % 3 !== 0);
    const { findings } = await found(["no-ttl"], fill, { keys });
    expect(findings).toHaveLength(1);
    expect(findings[0]!.examples.length).toBe(3);
    for (const key of findings[0]!.examples) expect(Number(String(key).split(":")[1]) % 3).toBe(0);
  });
});

describe("findings of no-ttl", () => {
  it("are of patterns that cost something", async () => {
    expect((await found(["no-ttl"], strings("lock", 100, 10))).findings).toEqual([]);
    expect((await found(["no-ttl"], strings("lock", 100, 2000))).findings).toHaveLength(1);
  });
});

describe("buckets", () => {
  const advice = async (bytes: number, version?: string) => {
    const { findings } = await found(
      ["key-explosion", "low-efficiency"],
      strings("visit", 10_500, bytes),
      version === undefined ? {} : { version },
    );
    expect(findings.length).toBeGreaterThan(0);
    return findings.flatMap((one) => one.advice).join(" ");
  };

  it("are advised for small strings only", async () => {
    expect(await advice(20)).toMatch(
      /bucketed into hashes, which stay listpacks up to hash-max-listpack-entries/,
    );
    expect(await advice(20)).toMatch(/fewer, fuller keys/);
    expect(await advice(100)).not.toMatch(/bucket|fuller/);
  }, 60_000);

  it("are what the server has", async () => {
    const old = await advice(20, "6.2.16");
    expect(old).toMatch(/stay ziplists up to hash-max-ziplist-entries/);
    expect(old).not.toContain("listpack");
  }, 60_000);
});

describe("what keys cost", () => {
  const members = Array.from({ length: 60_000 }, (_, i) => `member:${i}`);
  const fill = (writer: RdbWriter) => writer.key("members", values.setValue(members));

  it("is told as heap, beside MEMORY USAGE where that is far from it", async () => {
    const { findings, rows } = await found(["big-keys"], fill);
    const [row] = rows as [{ bytes: number; heap_bytes: number }];
    expect(row.bytes).toBeGreaterThan(1.2 * row.heap_bytes);
    const [one] = findings;
    expect(one!.figures).toMatchObject({ bytes: row.bytes, heap_bytes: row.heap_bytes });
    const told = (bytes: number) => `${(bytes / 1024 ** 2).toFixed(2)}M`;
    expect(one!.title).toContain(told(row.heap_bytes));
    expect(one!.evidence.join(" ")).toContain(`${told(row.heap_bytes)} (MEMORY USAGE: ${told(row.bytes)})`);
  });

  it("is told as MEMORY USAGE by name where there are no rows", async () => {
    const { findings } = await found(["big-keys"], fill, { keys: "none" });
    expect(findings[0]!.evidence.join(" ")).toMatch(/ [\d.]+M by MEMORY USAGE /);
    expect(findings[0]!.figures.heap_bytes).toBeNull();
  });
});

it("JSON has no saving, and why", async () => {
  const fill = (writer: RdbWriter) => {
    for (let i = 0; i < 300; i++)
      writer.key(`doc:${i}`, values.stringValue(JSON.stringify({ id: i, name: "x".repeat(50) })));
  };
  const [one] = (await found(["json-strings"], fill)).findings;
  expect(one).toMatchObject({ saving_bytes: null, saving_heap_bytes: null });
  expect(one!.unclaimed_because).toMatch(/depends on the documents/);
});
