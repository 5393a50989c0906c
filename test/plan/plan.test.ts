import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parseInfo } from "../../src/doctor/info.ts";
import { evenGrowth, shardLoad } from "../../src/plan/data.ts";
import { dataOfSnapshot } from "../../src/plan/from-snapshot.ts";
import { grown } from "../../src/plan/growth.ts";
import { dataOfModel, parseModel } from "../../src/plan/model.ts";
import { provision } from "../../src/plan/provision.ts";
import { scenarioOf } from "../../src/plan/scenario.ts";
import { workFolder } from "../pipeline/support.ts";
import { hashValue, listValue, setValue, stringValue, zsetValue } from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";
import { GIB, planModel, termOf } from "./support.ts";

const folder = workFolder();
const load = (bytes: number, keys: number) => ({
  keys,
  key_bytes: bytes,
  table_bytes: 0,
  function_bytes: 0,
  bytes,
});

describe("a model", () => {
  const COUNT = 40;
  const letters = (length: number, i: number) => String(i).padStart(length, "x");
  const many = (count: number, length: number) => Array.from({ length: count }, (_, i) => letters(length, i));
  const MODEL = `version: 1
structures:
  - { name: strings, type: string, count: ${COUNT}, key: 20, value: 300, expires: true }
  - { name: hashes, type: hash, count: ${COUNT}, key: 20, fields: 12, field: 9, value: 25 }
  - { name: large hashes, type: hash, count: ${COUNT}, key: 20, fields: 30, field: 9, value: 90 }
  - { name: sets, type: set, count: ${COUNT}, key: 20, members: 20, member: 14 }
  - { name: zsets, type: zset, count: ${COUNT}, key: 20, members: 300, member: 20 }
  - { name: lists, type: list, count: ${COUNT}, key: 20, elements: 400, element: 70 }
`;

  it.each(["redis-6.2", "redis-7.2", "redis-8.6", "valkey-8.1"] as const)(
    "is sized as a snapshot of such keys is, on %s",
    async (profile) => {
      const writer = new RdbWriter().selectDb(0);
      const kinds = [
        (i: number) => writer.key(letters(20, i), stringValue("v".repeat(300)), { expiresAtMs: 4e12 }),
        (i: number) =>
          writer.key(letters(20, i), hashValue(many(12, 9).map((f) => [f, "v".repeat(25)] as const))),
        (i: number) =>
          writer.key(letters(20, i), hashValue(many(30, 9).map((f) => [f, "v".repeat(90)] as const))),
        (i: number) => writer.key(letters(20, i), setValue(many(20, 14))),
        (i: number) =>
          writer.key(letters(20, i), zsetValue(many(300, 20).map((m, score) => [m, score] as const))),
        (i: number) => writer.key(letters(20, i), listValue(many(400, 70))),
      ];
      for (const [k, write] of kinds.entries()) for (let i = 0; i < COUNT; i++) write(k * COUNT + i);
      const file = path.join(folder, "model.rdb");
      fs.writeFileSync(file, writer.end());
      const scenario = scenarioOf("one", { profile });
      const { data } = await dataOfSnapshot([scenario], { input: file, workers: 1 });
      const model = dataOfModel(parseModel(MODEL, "m"), "m", scenario);
      const { keys, key_bytes, table_bytes, baseline_bytes } = data[0]!;
      expect(model).toMatchObject({ keys, table_bytes, baseline_bytes });
      expect(model.key_bytes / key_bytes).toBeCloseTo(1, 3);
      expect(model.largest_key!.heap_bytes / data[0]!.largest_key!.heap_bytes).toBeCloseTo(1, 1);
    },
  );
});

const SMALL = `version: 1
structures:
  - { name: "a:*", type: string, count: 1000000, key: 20, value: 100 }
  - { name: "b:*", type: string, count: 1000000, key: 20, value: 100 }
`;
const scenario = (text: string) => `version: 1\nscenarios: [{ name: one, profile: redis-7.2, ${text} }]\n`;
const CATALOGUE = `version: 1
as_of: 2026-11-01
source: a test
currency: EUR
regions: { here: 1, there: 1.5 }
machines:
  - { name: two, memory: 2G, vcpu: 1, price: { on_demand: 10, one_year: 7 } }
  - { name: four, memory: 4G, vcpu: 2, price: { on_demand: 30 } }
  - { name: one, memory: 1G, vcpu: 1 }
`;

describe("growth", () => {
  it("is each month's on the last one's, of patterns by their own", () => {
    const data = dataOfModel(parseModel(SMALL, "m"), "m", scenarioOf("one", {}));
    const of = scenarioOf("one", { months: 24, growth: 0.02, growth_by_pattern: { "b:*": -0.05 } });
    const { growth, patterns } = grown(data, of);
    const half = data.key_bytes / 2;
    expect(growth.bytes).toBeCloseTo((1.02 ** 24 + 0.95 ** 24) / 2, 10);
    expect(growth.keys).toBeCloseTo(growth.bytes, 10);
    expect(patterns.map(({ pattern }) => pattern)).toEqual(["a:*", "b:*"]);
    expect(patterns[0]!.grown_bytes).toBeCloseTo(half * 1.02 ** 24, 0);
    const later = shardLoad(data, growth, 1);
    expect(later.key_bytes).toBeCloseTo(data.key_bytes * growth.bytes, 0);
    expect(later.keys).toBeCloseTo(2e6 * growth.keys, 3);
  });

  it("makes the tables anew: 2^21 buckets for two millions, 2^20 for half of them, 2^22 for twice as many", () => {
    const data = dataOfModel(parseModel(SMALL, "m"), "m", scenarioOf("one", { profile: "redis-7.2" }));
    const buckets = [0.5, 1, 2].map((times) => shardLoad(data, evenGrowth(data, times), 1).table_bytes);
    expect(buckets).toEqual([8 * 2 ** 20, 8 * 2 ** 21, 8 * 2 ** 22]);
    expect(shardLoad(data, evenGrowth(data, 1), 4).table_bytes).toBe(8 * 2 ** 19);
  });

  it("of a pattern that there is none of names the line, and the pattern that is meant", () => {
    const text = `version: 1
scenarios:
  - name: one
    growth_by_pattern:
      "a.*": 5%
`;
    expect(() => planModel(SMALL, text)).toThrow(
      "scenario.yaml:5:7: growth_by_pattern of one: model.yaml has no pattern a.*: did you mean a:*?",
    );
  });
});

describe("terms", () => {
  it("add up to what is provisioned, with safety", () => {
    const of = scenarioOf("one", { safety: 0.3, replicas: 2, clients: 1000, pipeline: 5, scripts: 10 });
    const { terms, provisioned } = provision(load(10 * GIB, 1e7), 0, of, undefined);
    const sum = terms.reduce((total, { bytes }) => total + bytes, 0);
    expect(provisioned).toBeCloseTo(sum, 3);
    const expected =
      (10 * GIB * 1.15 * 1.1 * 1.05 +
        (2 * 512 * 2 ** 20 + 0.1 * GIB + 2 * GIB) +
        (1000 * 32 * 1024 + 5000 * 1024 + 10 * 2048 + 100 * 2 ** 20)) *
      1.3;
    expect(provisioned / expected).toBeCloseTo(1, 12);
  });

  it.each([
    [63, 24, "read-heavy", 1.05 * (1 + (0.1 * 24) / 720) * 1.2],
    [64, 720, "mixed", 1.15 * 1.1 * 1.1],
    [1024, 7200, "analytical", 1.1 * 1.5 * 1.05],
  ] as const)("objects of %i bytes after %i hours, %s", (bytes, hours, workload, ratio) => {
    const of = scenarioOf("one", { workload, hours_between_restarts: hours });
    expect(provision(load(bytes * 1000, 1000), 0, of, undefined).fragmentation.ratio).toBeCloseTo(ratio, 12);
  });

  it("take the ratio of INFO, but not below 1", () => {
    const info = (ratio: string) => parseInfo(`used_memory:1\nmem_fragmentation_ratio:${ratio}\n`, "i");
    const of = scenarioOf("one", {});
    const at = (ratio: string) => provision(load(GIB, 1e6), 0, of, info(ratio)).fragmentation;
    expect(at("1.62")).toMatchObject({ ratio: 1.62, basis: "INFO" });
    expect(at("0.81")).toMatchObject({ ratio: 1, formula: expect.stringContaining("swapped out") });
  });

  it("copy the pages that writes hit while a save runs", () => {
    const of = scenarioOf("one", { writes_per_second: 10_000, save_bytes_per_second: 100 * 2 ** 20 });
    const { terms } = provision(load(10 * GIB, 1e7), 0, of, undefined);
    const pages = (10 * GIB) / 4096;
    const copied = pages * (1 - Math.exp((-10_000 * 102.4) / pages)) * 4096;
    expect(terms.find(({ term }) => term === "copy on write")!.bytes).toBeCloseTo(copied, 0);
  });

  it.each([
    ["none without replicas", { replicas: 0 }, []],
    ["a save of its own copies", { replicas: 0, bgsave: true }, ["copy on write"]],
    ["a full sync has no backlog", { sync: "full" }, ["replica buffers", "copy on write"]],
    ["a partial one no copies", { sync: "partial" }, ["replica buffers", "backlog"]],
  ] as const)("of replication: %s", (_, fields, names) => {
    const { terms } = provision(load(GIB, 1e6), 0, scenarioOf("one", fields), undefined);
    const known = ["replica buffers", "backlog", "copy on write"];
    expect(terms.map(({ term }) => term).filter((term) => known.includes(term))).toEqual(names);
  });
});

describe("machines", () => {
  it("the smallest that takes all in one shard, with maxmemory for all that counts", () => {
    const { scenarios } = planModel(SMALL, scenario("months: 0"), CATALOGUE);
    const [one] = scenarios;
    expect(one!.machine).toMatchObject({ machine: { name: "two" }, shards: 1, nodes: 2, month: 20 });
    expect(one!.maxmemory).toBe(Math.floor(0.8 * 2 * GIB));
    expect(one!.shard.provisioned).toBeLessThanOrEqual(2 * GIB);
    expect(one!.shard.counted).toBeLessThanOrEqual(one!.maxmemory);
    const { shards } = one!.options.find(({ machine }) => machine.name === "one")!;
    expect(shards).toBe(3);
  });

  it("maxmemory decides where nothing else takes much", () => {
    const fields = "months: 0, replicas: 0, fragmentation: 1, safety: 0%, core: 0, clients: 0";
    const { scenarios } = planModel(SMALL, scenario(fields), CATALOGUE);
    const { provisioned, counted, machine_bytes } = scenarios[0]!.shard;
    expect(machine_bytes).toBeCloseTo(counted / 0.8, 3);
    expect(machine_bytes).toBeGreaterThan(provisioned);
  });

  it("else as few as possible of the largest", () => {
    const { scenarios } = planModel(SMALL, scenario("months: 48, growth: 10%"), CATALOGUE);
    const [one] = scenarios;
    expect(one!.machine!.machine.name).toBe("four");
    const { shards } = one!;
    expect(shards).toBeGreaterThan(1);
    expect(one!.shard.machine_bytes).toBeLessThanOrEqual(4 * GIB);
    const fewer = planModel(SMALL, scenario(`months: 48, growth: 10%, shards: ${shards - 1}`), CATALOGUE);
    expect(fewer.scenarios[0]!.machine).toBe(null);
    expect(fewer.scenarios[0]!.impossible).toMatch(
      /^no machine fits .*four, has 4\.00G, but each of \d+ shards needs/,
    );
  });

  it("say that shards do not split a key", () => {
    const model = `version: 1
structures: [{ name: huge, type: list, count: 1, key: 4, elements: 100000, element: 100000 }]`;
    const { scenarios } = planModel(model, scenario("months: 0"), CATALOGUE);
    expect(scenarios[0]!.impossible).toMatch(/the key huge takes 10\.\d+G, and shards do not split keys/);
    const grows = planModel(
      model.replace("100000, element", "20000, element"),
      scenario("months: 12, growth: 10%"),
      CATALOGUE,
    );
    expect(grows.scenarios[0]!.impossible).toMatch(/the key huge takes 6\.\d+G/);
  });

  it("say that buffers alone are too much", () => {
    const { scenarios } = planModel(SMALL, scenario("replicas: 10"), CATALOGUE);
    expect(scenarios[0]!.impossible).toMatch(
      /buffers, the server and safety alone need 6\.\d+G in each shard/,
    );
  });

  it("cost what region and purchase make of it", () => {
    const text = `version: 1
scenarios:
  - name: one
    profile: redis-7.2
    months: 0
    replicas: 3
    machines: [two]
    purchases: [{ name: mixed, one_year: 50% }]
`;
    const { scenarios } = planModel(SMALL, text, CATALOGUE.replace("memory: 2G", "memory: 4G"));
    expect(scenarios[0]!.costs).toMatchObject([
      { region: "here", on_demand: 2, one_year: 2, month: 34, year: 408 },
      { region: "there", on_demand: 2, one_year: 2, month: 51, year: 612 },
    ]);
  });

  it.each([
    ["machines: [six]", "machines of one: no machine six in the catalogue: known are one, two, four"],
    ["regions: [far]", "regions of one: no region far in the catalogue: known are here, there"],
    [
      "purchases: [{ name: long, three_years: 1 }]",
      "purchases of one: long: the machine has no such price in the catalogue",
    ],
  ])("that are none: %s", (fields, message) => {
    expect(() => planModel(SMALL, scenario(`months: 0, ${fields}`), CATALOGUE)).toThrow(`: ${message}`);
  });
});

it("a scenario about machines needs a catalogue", () => {
  expect(() => planModel(SMALL, scenario("regions: [here]"))).toThrow(
    "regions of one: there is no catalogue",
  );
});

it("what dominates is told", () => {
  const { scenarios } = planModel(SMALL, scenario("months: 0"));
  expect(scenarios[0]!.dominates).toBe("replica buffers");
  expect(termOf(scenarios[0]!, "replica buffers")).toBe(512 * 2 ** 20);
});
