import fs from "node:fs";
import { describe, expect, it } from "vitest";
import type { ShardLoad } from "../../src/plan/data.ts";
import { parseModel, type Structure } from "../../src/plan/model.ts";
import { provision } from "../../src/plan/provision.ts";
import { scenarioOf } from "../../src/plan/scenario.ts";
import { GIB, planModel, readDoc, termOf } from "./support.ts";

/** The guide's own formulas, bytes of one key. */
function guideBytes(one: Structure): number {
  if (one.type === "string") return 24 + one.key + one.value + 8;
  if (one.type === "hash") {
    const packed = one.fields <= 512 && one.field + one.value <= 64;
    return 88 + one.fields * (one.field + one.value + (packed ? 5 : 24));
  }
  if (one.type === "zset")
    return 56 + one.members * (one.member + (one.members <= 128 && one.member <= 64 ? 11 : 56));
  if (one.type === "list") {
    const nodes = Math.ceil(one.elements / Math.min(one.elements, Math.floor(8192 / one.element)));
    return 40 + 32 * nodes + one.elements * (one.element + 5);
  }
  throw new Error(`the guide knows no ${one.type}`);
}

const guideTotal = (model: string) =>
  parseModel(model, "model.yaml").reduce((sum, one) => sum + one.count * guideBytes(one), 0);

const ONE = "version: 1\nscenarios: [{ name: one, profile: redis-7.2, months: 0 }]\n";
/** A row of the table of docs/sizing.md: its cells. */
const rows = fs
  .readFileSync("docs/sizing.md", "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
const row = (name: string) => rows.find(([cell]) => cell === name) ?? [];
const gib = (bytes: number) => `${(bytes / GIB).toFixed(2)} GiB`;

function load(bytes: number, keys: number): ShardLoad {
  return { keys, key_bytes: bytes, table_bytes: 0, function_bytes: 0, bytes };
}

describe("examples of the guide", () => {
  it("sessions", () => {
    const model = readDoc("guide/sessions.model.yaml");
    expect((guideTotal(model) / GIB).toFixed(2)).toBe("40.03");
    const { scenarios } = planModel(model, ONE);
    expect(row("sessions: data").slice(1, 3)).toEqual(["40.03 GiB", gib(scenarios[0]!.now.bytes)]);
  });

  it("fragmentation comes out equal", () => {
    const scenario = scenarioOf("guide", { workload: "write-heavy", hours_between_restarts: 336, months: 0 });
    const { fragmentation, terms } = provision(load(500 * GIB, 50e6), 0, scenario, undefined);
    expect(fragmentation.ratio).toBeCloseTo(1.37375, 12);
    const { bytes } = terms.find(({ term }) => term === "fragmentation")!;
    expect((bytes / GIB).toFixed(1)).toBe("186.9");
    expect(row("fragmentation: ratio").slice(1, 3)).toEqual(["1.37375", "1.37375"]);
    expect(row("fragmentation: wasted").slice(1, 3)).toEqual(["186.9 GiB", gib(bytes)]);
  });

  it("replication comes out equal", () => {
    const scenario = scenarioOf("guide", { replicas: 2, sync: "mixed" });
    const { terms } = provision(load(100 * GIB, 1e8), 0, scenario, undefined);
    const names = ["replica buffers", "backlog", "copy on write"];
    const parts = names.map((name) => terms.find(({ term }) => term === name)!.bytes / GIB);
    expect(parts).toEqual([1, 1, 20]);
    expect(row("replication").slice(1, 3)).toEqual([
      "1.0 + 1.0 + 20.0 = 22.0 GiB",
      "1.0 + 1.0 + 20.0 = 22.0 GiB",
    ]);
  });

  it("social media: replication equal, data and fragmentation explained, clients without the slip", () => {
    const model = readDoc("guide/social.model.yaml");
    expect((guideTotal(model) / GIB).toFixed(2)).toBe("203.04");
    const one = planModel(model, readDoc("guide/social.scenario.yaml")).scenarios[0]!;
    expect(one.shard.fragmentation.ratio).toBeCloseTo(1.15 * 1.1 * 1.05, 12);
    expect((203.04 * (1.15 * 1.1 * 1.05 - 1)).toFixed(2)).toBe("66.65");
    expect((termOf(one, "replica buffers") + termOf(one, "backlog")) / GIB).toBe(2);
    expect(termOf(one, "copy on write")).toBeNaN();
    expect(row("social media: replication").slice(1, 3)).toEqual(["2.0 GiB", "2.0 GiB"]);
    expect(row("social media: data").slice(1, 3)).toEqual(["203.04 GiB", gib(one.now.bytes)]);
    expect(row("social media: fragmentation").slice(1, 3)).toEqual([
      "66.65 GiB",
      gib(termOf(one, "fragmentation")),
    ]);
    const clients = termOf(one, "client buffers") + termOf(one, "query buffers");
    expect(clients).toBe(50_000 * (32 * 1024 + 20 * 1024));
    const slip = Math.round(50_000 * (2 * 0.016 + 20 * 0.001));
    expect(row("social media: clients").slice(1, 3)).toEqual([`${slip} "GB"`, gib(clients)]);
  });

  it("analytics: the values equal, their overhead and the machines explained", () => {
    const model = readDoc("guide/analytics.model.yaml");
    const values = parseModel(model, "m").map(
      (one) => (one.type === "string" ? one.count * one.value : 0) / GIB,
    );
    expect(values.map((part) => part.toFixed(1))).toEqual(["1862.6", "279.4", "838.2"]);
    const guide = values.reduce((a, b) => a + b, 0) * 1.2 * 1.3 * 1.15;
    expect([guide.toFixed(1), Math.ceil(guide / 256)]).toEqual(["5346.5", 21]);
    const plan = planModel(model, readDoc("guide/analytics.scenario.yaml"), readDoc("guide/catalogue.yaml"));
    const one = plan.scenarios[0]!;
    expect(row("analytics: values").slice(1, 3)).toEqual(["2980.2 GiB", "2980.2 GiB"]);
    expect(row("analytics: data").slice(1, 3)).toEqual(["3576.3 GiB", gib(one.now.bytes)]);
    expect(row("analytics: provisioned").slice(1, 3)).toEqual([
      "5346.5 GiB",
      gib(one.shard.provisioned * one.shards),
    ]);
    expect(row("analytics: machines of 256 GiB").slice(1, 3)).toEqual(["21", String(one.nodes)]);
  });

  it("reserved machines come out equal", () => {
    const plan = planModel(
      readDoc("model.example.yaml"),
      readDoc("guide/reserved.scenario.yaml"),
      readDoc("guide/catalogue.yaml"),
    );
    const [one] = plan.scenarios;
    expect(one!.nodes).toBe(50);
    expect(one!.costs.map(({ year }) => year)).toEqual([900_000, 669_000, 582_000, 538_200]);
    expect(one!.costs.map(({ unused }) => unused)).toEqual([0, 0, 0, 19]);
    const figures = "900,000; 669,000; 582,000; 538,200";
    expect(row("reserved machines, a year").slice(1, 3)).toEqual([figures, figures]);
  });
});
