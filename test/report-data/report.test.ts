import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type Inventory, openInventory } from "../../src/inventory/open.ts";
import type { QuestionFilters } from "../../src/queries/filters.ts";
import { embedded } from "../../src/report-data/embedded.ts";
import { report } from "../../src/report-data/report.ts";
import { REPORT } from "../../src/report-data/schema.ts";
import type { Report, SnapshotReport } from "../../src/report-data/types.ts";
import { reportHtml } from "../../src/report-page/html.ts";
import { SAMPLE } from "../cli/run-cli.ts";
import { runInside } from "../cli/run-inside.ts";
import { hashValue, stringValue } from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-report-"));
const at = (name: string) => path.join(folder, name);

async function analyzed(name: string, ...args: string[]): Promise<string> {
  const ran = await runInside(["analyze", ...args, "-o", at(name), "--quiet"]);
  expect([0, 3]).toContain(ran.status);
  return at(name);
}

/** What a report says of an inventory, checked against its schema, and the inventory to ask the same of. */
function asked<T>(
  file: string,
  options: { filters?: QuestionFilters; snapshot?: number },
  ask: (one: SnapshotReport, inventory: Inventory, all: Report) => T,
): T {
  const inventory = openInventory(file);
  try {
    const all = report(inventory, options);
    const parsed: Report = REPORT.parse(all);
    expect(parsed).toEqual(all); // nothing is in it that the schema does not have
    return ask(all.reports[0]!, inventory, all);
  } finally {
    inventory.close();
  }
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

beforeAll(async () => {
  await analyzed("sample.sqlite", SAMPLE);
  await analyzed("aggregates.sqlite", SAMPLE, "--keys", "none");
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

describe("the parts of a report", () => {
  const SCOPES: [string, string, QuestionFilters, string][] = [
    ["all keys", "sample.sqlite", {}, "1"],
    ["an inventory without rows", "aggregates.sqlite", {}, "1"],
    ["a database", "sample.sqlite", { dbs: [1] }, "db = 1"],
    ["a type", "sample.sqlite", { types: ["hash"] }, "type = 'hash'"],
    ["a pattern", "sample.sqlite", { pattern: "session:*" }, "pattern = 'session:*'"],
    ["large keys", "sample.sqlite", { minBytes: 500 }, "bytes >= 500"],
  ];

  it.each(SCOPES)("add up to what the inventory says of %s", (_, file, filters, where) => {
    const truth = openInventory(at("sample.sqlite"));
    const row = truth.get<{ keys: number; bytes: number; expiring: number }>(
      `SELECT count(*) AS keys, sum(bytes) AS bytes, count(expires_at) AS expiring FROM keys WHERE ${where}`,
    )!;
    truth.close();
    asked(at(file), { filters }, (one) => {
      expect(one.totals).toMatchObject({ keys: row.keys, bytes: row.bytes });
      for (const part of [one.types, one.encodings, one.patterns]) {
        expect(sum(part.rows.map(({ keys }) => keys)) + part.rest.keys).toBe(row.keys);
        expect(sum(part.rows.map(({ bytes }) => bytes)) + part.rest.bytes).toBe(row.bytes);
      }
      expect(sum(one.tree.leaves.map((leaf) => leaf[3])) + one.tree.rest.keys).toBe(row.keys);
      expect(sum(one.tree.leaves.map((leaf) => leaf[4])) + one.tree.rest.bytes).toBe(row.bytes);
      expect(sum(one.ttl.map(({ keys }) => keys))).toBe(row.keys);
      const { steps, later } = one.timeline ?? { steps: [], later: { keys: 0 } };
      const expired = one.totals.expired;
      expect(sum(steps.map(({ keys }) => keys)) + later.keys + expired).toBe(row.expiring);
      expect(one.pareto.curve.at(-1)).toEqual([row.keys, row.bytes]);
      expect(sum(one.slots!.bytes)).toBe(row.bytes);
      if (filters.dbs === undefined) {
        expect(sum(one.sizes.classes.flatMap(({ keys }) => keys))).toBe(row.keys);
        expect(sum(one.sizes.classes.map(({ sum: bytes }) => bytes))).toBe(row.bytes);
      }
    });
  });

  it("of used_memory add up to its estimate", () => {
    asked(at("sample.sqlite"), {}, ({ used_memory: used }) => {
      const { data_bytes, overhead_bytes, table_bytes, function_bytes, baseline_bytes } = used!;
      const parts = [data_bytes, overhead_bytes, table_bytes, function_bytes, baseline_bytes];
      expect(sum(parts)).toBe(used!.estimated_bytes);
      expect(used!.saved_bytes).toBe(used!.estimated_bytes + used!.unexplained_bytes!);
    });
  });

  it("name the biggest keys as the inventory has them", () => {
    asked(at("sample.sqlite"), {}, ({ top_keys: keys }, inventory) => {
      const truth = inventory.all("SELECT key, bytes, elements FROM keys ORDER BY bytes DESC LIMIT 4");
      expect(keys.slice(0, 4).map(({ key, bytes, elements }) => ({ key, bytes, elements }))).toEqual(truth);
    });
  });

  it("put a key into the size class that has its size", async () => {
    const writer = new RdbWriter("REDIS", 11).aux("redis-ver", "7.2.6");
    for (const length of [10, 100, 1000, 10_000, 100_000])
      writer.key(`k${length}`, stringValue("v".repeat(length)));
    fs.writeFileSync(at("sizes.rdb"), writer.end());
    asked(await analyzed("sizes.sqlite", at("sizes.rdb")), {}, ({ sizes }, inventory) => {
      for (const { bytes } of inventory.all<{ bytes: number }>("SELECT bytes FROM keys")) {
        const found = sizes.classes.find(({ min, max }) => bytes >= min && bytes <= max);
        expect(found?.keys).toEqual([1]);
        expect(found?.sum).toBe(bytes);
      }
    });
  });
});

describe("the opening", () => {
  const words = (file: string, filters: QuestionFilters = {}) =>
    asked(at(file), { filters }, ({ opening }) => opening.map(({ text }) => text));

  it("says what holds the memory, what is wrong and what to do first", () => {
    const [holds, wrong, first] = words("sample.sqlite");
    expect(holds).toContain("3,264 keys in 2 databases");
    expect(holds).toContain("stream:orders");
    expect(wrong).toMatch(/2 warnings.*session:\*/);
    expect(first).toMatch(/^For session:\*: set the TTL/);
  });

  it("says so where there are no keys", () => {
    expect(words("sample.sqlite", { types: ["stream"], dbs: [9] })).toEqual(["There are no keys here."]);
  });
});

describe("reports of other inventories", () => {
  it("label a sample's numbers with their errors, all of them whole", async () => {
    asked(await analyzed("sampled.sqlite", SAMPLE, "--sample", "0.5"), {}, (one) => {
      expect(one.sample).toMatchObject({ share: 0.5 });
      expect(one.totals.bytes_error).toBeGreaterThan(0);
      expect(one.patterns.rows.some(({ bytes_error: error }) => (error ?? 0) > 0)).toBe(true);
      const numbers = [one.totals.keys, one.totals.bytes, ...one.patterns.rows.map(({ bytes }) => bytes)];
      expect(numbers.filter((value) => !Number.isInteger(value))).toEqual([]);
      expect(one.notes.join(" ")).toContain("95 of 100 samples");
    });
  });

  it("mark what was salvaged", async () => {
    const cut = fs.readFileSync(SAMPLE);
    fs.writeFileSync(at("cut.rdb"), cut.subarray(0, cut.length - 5000));
    asked(await analyzed("salvaged.sqlite", at("cut.rdb"), "--salvage"), {}, (one) => {
      expect(one.snapshot).toMatchObject({ salvaged: true });
      expect(one.opening[1]!.text).toMatch(/^Beware/);
      expect(one.notes.length).toBeGreaterThan(0);
      expect(one.used_memory?.unexplained_bytes ?? null).toBeNull();
    });
  });

  it("say in plain words that bytes were changed", async () => {
    const writer = new RdbWriter("REDIS", 11).aux("redis-ver", "7.2.6").key("a", stringValue("v"));
    fs.writeFileSync(at("changed.rdb"), writer.end("bad"));
    asked(await analyzed("changed.sqlite", at("changed.rdb")), { filters: { types: ["string"] } }, (one) => {
      expect(one.opening[1]!.text).toMatch(/^Beware: the checksum does not match/);
    });
  });

  it("have each snapshot in a line, and those with the most memory in detail", async () => {
    const copies = Array.from({ length: 8 }, (_, i) => at(`copy${i}.rdb`));
    for (const [i, copy] of copies.entries()) {
      const writer = new RdbWriter("REDIS", 11).aux("redis-ver", "7.2.6");
      for (let k = 0; k <= i * 10; k++) writer.key(`k:${k}`, stringValue("v".repeat(50)));
      fs.writeFileSync(copy, writer.end());
    }
    const file = await analyzed("several.sqlite", ...copies);
    asked(file, {}, (_, __, all) => {
      expect(all.snapshots.map(({ keys }) => keys)).toEqual([1, 11, 21, 31, 41, 51, 61, 71]);
      expect(all.reports.map(({ snapshot }) => snapshot.snapshot)).toEqual([3, 4, 5, 6, 7, 8]);
      expect(all.snapshots.map((one) => one.in_detail)).toEqual([false, false, ...Array(6).fill(true)]);
    });
    asked(file, { snapshot: 2 }, ({ totals }, _, all) => {
      expect(totals.keys).toBe(11);
      expect(all.snapshots).toHaveLength(1);
    });
  });

  it("tell what became of a baseline", () => {
    const [inventory, baseline] = [
      openInventory(at("sample.sqlite")),
      openInventory(at("aggregates.sqlite")),
    ];
    try {
      const { changes } = report(inventory, { baseline });
      expect(changes?.patterns.rows).toEqual([]);
      const hashes = report(inventory, { baseline, filters: { types: ["hash"] } }).changes!;
      expect(hashes.totals.find(({ measure }) => measure === "keys")).toMatchObject({
        old: 951,
        new: 951,
        change: 0,
      });
    } finally {
      inventory.close();
      baseline.close();
    }
  });
});

/** Thousands of patterns with long names, in many databases: as much as a snapshot can make a report tell. */
function manyPatterns(): Buffer {
  const writer = new RdbWriter("REDIS", 11).aux("redis-ver", "7.2.6");
  for (let db = 0; db < 4; db++) {
    writer.selectDb(db);
    for (let i = 0; i < 1100; i++) {
      const word = `${"<&>".repeat(60)}:${i.toString(36).padStart(4, "q")}${"\u202e".repeat(40)}`;
      writer.key(`${word}:${1000 + db}`, i % 2 === 0 ? stringValue("v") : hashValue([["f", "v"]]));
    }
  }
  return writer.end();
}

describe("the page", () => {
  it("stays below 2 MB, whatever the snapshot", async () => {
    fs.writeFileSync(at("many.rdb"), manyPatterns());
    const file = await analyzed(
      "many.sqlite",
      ...Array(6).fill(at("many.rdb")),
      "--set",
      "cluster-enabled=yes",
    );
    const inventory = openInventory(file);
    const html = await reportHtml(report(inventory, { baseline: inventory }));
    inventory.close();
    expect(Buffer.byteLength(html)).toBeLessThan(2 * 1024 ** 2);
  });

  it("has data that nothing takes for markup, and that is the same again", () => {
    const value = { "</script>": "<!-- & \u2028 \u2029 '\"" };
    expect(embedded(value)).not.toMatch(/[<>&\u2028\u2029]/);
    expect(JSON.parse(embedded(value))).toEqual(value);
  });
});

describe("docs/report.schema.json", () => {
  it("is the schema that reports are checked against here", () => {
    const written = JSON.parse(
      fs.readFileSync(new URL("../../docs/report.schema.json", import.meta.url), "utf8"),
    );
    expect(written).toEqual(JSON.parse(JSON.stringify(z.toJSONSchema(REPORT))));
  });
});
