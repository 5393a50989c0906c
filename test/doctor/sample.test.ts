import { beforeAll, describe, expect, it } from "vitest";
import { chooseRules, type Diagnosis, diagnose } from "../../src/doctor/diagnose.ts";
import { openInventory } from "../../src/inventory/open.ts";
import { snapshots } from "../../src/queries/snapshots.ts";
import { runInside } from "../cli/run-inside.ts";
import { ask, KEYS, type Row, run, workFolder } from "../pipeline/support.ts";

const folder = workFolder();
const SAMPLE = "fixtures/sample.rdb";

function diagnosisOf(output: string): Diagnosis {
  const inventory = openInventory(output);
  try {
    const scope = { inventory, snapshot: snapshots(inventory)[0]!, filters: {} };
    return diagnose(scope, { rules: chooseRules(undefined), thresholds: {}, info: undefined, largest: 100 });
  } finally {
    inventory.close();
  }
}

describe("findings of a sample", () => {
  let output = "";
  let rows: Row[] = [];
  let found: Diagnosis["findings"] = [];

  beforeAll(async () => {
    ({ output } = await run(folder, [SAMPLE], { sample: { share: 0.3, seed: 3 } }));
    rows = ask(output, KEYS);
    found = diagnosisOf(output).findings;
  }, 120_000);

  it("are labelled as estimates, but for those of single keys and of large keys alone", () => {
    const exact = ["big-keys", "undrained-queues"];
    expect(found.length).toBeGreaterThan(5);
    const hasDrawn = (pattern: string | null) =>
      pattern === null || rows.some((row) => row.pattern === pattern && Number(row.weight) > 1);
    const counted = found.filter(({ pattern, rule }) => !hasDrawn(pattern) && !exact.includes(rule));
    expect(counted.length).toBeGreaterThan(0);
    for (const { rule, pattern, estimated, evidence } of found) {
      expect([rule, pattern, estimated]).toEqual([rule, pattern, !exact.includes(rule) && hasDrawn(pattern)]);
      expect(/Estimated from a sample: /.test(evidence.join(" "))).toBe(estimated);
    }
  });

  it("tell the errors of a pattern's keys and heap, as a few lines compute them", () => {
    const [snapshot] = ask(output, "SELECT * FROM snapshots");
    const [n, all] = [Number(snapshot!.sample_drawn_keys), Number(snapshot!.sample_drawn_from)];
    const error = (of: (row: Row) => number) => {
      const drawn = rows.filter(({ weight }) => Number(weight) > 1).map(of);
      const mean = drawn.reduce((a, b) => a + b, 0) / n;
      const variance = drawn.reduce((a, b) => a + (b - mean) ** 2, 0) / (n - 1);
      return Math.round(1.96 * Math.sqrt((all * (all - n) * variance) / n));
    };
    const told = found.filter(({ figures }) => figures.heap_bytes_error !== undefined);
    expect(told.length).toBeGreaterThan(2);
    for (const { pattern, figures } of told) {
      const isIts = (row: Row) => row.pattern === pattern;
      expect(figures.keys_error).toBe(error((row) => (isIts(row) ? 1 : 0)));
      expect(figures.heap_bytes_error).toBe(error((row) => (isIts(row) ? Number(row.heap_bytes) : 0)));
    }
  });

  it("say so where they are read", async () => {
    const { stdout } = await runInside(["doctor", output]);
    expect(stdout.toString()).toMatch(/^\d+\. \w+ \(estimate\) /m);
    const saving = (isEstimate: boolean) =>
      found.filter(({ estimated, saving_heap_bytes: heap, unclaimed_because: why }) => {
        return estimated === isEstimate && heap !== null && why === null;
      }).length;
    const told = (await runInside(["doctor", output, "-l", "100"])).stdout.toString();
    expect(told.match(/^ +Saves about /gm) ?? []).toHaveLength(saving(true));
    expect(told.match(/^ +Saves (?!about )/gm) ?? []).toHaveLength(saving(false));
  });

  it("are no estimates of the whole", async () => {
    const whole = diagnosisOf((await run(folder, [SAMPLE])).output).findings;
    expect(whole.filter(({ estimated }) => estimated)).toEqual([]);
    expect(JSON.stringify(whole)).not.toContain("_error");
  }, 120_000);
});
