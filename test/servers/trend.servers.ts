import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { analyze, openInventory, type Trend, trend } from "../../src/index.ts";
import { ALLOCATOR } from "./doctor/support.ts";
import { DAY_MS, type Grown, growingSnapshots, START } from "./growing.ts";

/** Of the rate that the server itself shows. */
const WITHIN = 0.02;

describe("six snapshots of a server that grows by as much each day", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-trend-"));
  let grown: Grown[];
  let found: Trend;

  beforeAll(async () => {
    grown = await growingSnapshots(folder);
    const output = path.join(folder, "all.sqlite");
    await analyze({
      inputs: grown.map(({ file }) => file),
      output,
      allocator: ALLOCATOR,
      keys: "none",
      workers: 1,
    });
    const inventory = openInventory(output);
    try {
      found = trend([inventory], { maxmemory: 16 * 2 ** 20 });
    } finally {
      inventory.close();
    }
  });
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  /** What the server says that it grew by a day: the last of its answers less the first. */
  const known = (of: (one: Grown) => number) => (of(grown.at(-1)!) - of(grown[0]!)) / 5;
  const perDay = (measure: string) => found.totals.find((one) => one.measure === measure)!.per_day!;

  it("has their points, at their times", () => {
    expect(found.points.map(({ created_at: at, keys, bytes }) => ({ created_at: at, keys, bytes }))).toEqual(
      grown.map(({ created_at, keys, bytes }) => ({ created_at, keys, bytes })),
    );
    expect(found.days).toBe(5);
  });

  it("grows by keys and MEMORY USAGE as the server says", () => {
    expect(perDay("keys")).toBeCloseTo(
      known(({ keys }) => keys),
      6,
    );
    expect(Math.abs(perDay("bytes") / known(({ bytes }) => bytes) - 1)).toBeLessThan(WITHIN);
    const sessions = found.patterns.find(({ name }) => name === "session:*")!;
    expect(Math.abs(sessions.per_day! / known((one) => one.sessions) - 1)).toBeLessThan(WITHIN);
    expect(found.patterns.find(({ name }) => name === "user:*")!.per_day).toBe(0);
  });

  it("grows by used_memory as a server that loads them says, and reaches maxmemory when that would", () => {
    const rate = known(({ usedMemory }) => usedMemory);
    expect(Math.abs(perDay("used_memory") / rate - 1)).toBeLessThan(WITHIN);
    const [limit] = found.limits;
    const daysLeft = (16 * 2 ** 20 - grown.at(-1)!.usedMemory) / rate;
    const truth = START + (5 + daysLeft) * DAY_MS;
    expect(limit!.state).toBe("nearer");
    expect(Math.abs(limit!.reached_at! - truth)).toBeLessThan(WITHIN * daysLeft * DAY_MS);
    expect(limit!.earliest_at!).toBeLessThan(truth);
    expect(limit!.latest_at!).toBeGreaterThan(truth);
  });
});
