import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SAMPLE } from "../cli/run-cli.ts";
import { Bench } from "./support.ts";

const bench = new Bench();
let rows: string;
beforeAll(async () => {
  rows = await bench.analyze("rows.sqlite", SAMPLE);
});
afterAll(() => bench.remove());

/** The sample has two keys of more than 100K: stream:orders and leaderboard:alltime. */
const RULE = "  - {rule: big-keys, max_bytes: 100K}";
const waiver = (more: string) =>
  `waivers:\n  - {rule: big-keys, until: 2026-12-31, reason: known, ${more}}\n`;
const both = waiver('for: ["stream:orders", "leaderboard:*"]');

async function check(waivers: string, ...args: string[]) {
  const policy = bench.policy(RULE, waivers);
  const { status, stdout } = await bench.run(rows, "--policy", policy, ...args);
  return { status, stdout };
}

describe("a waiver", () => {
  test("of all violations lets the check pass, and says so", async () => {
    for (const text of [both, `waivers:\n  - {rule: big-keys, until: 2026-12-31, reason: known}\n`]) {
      const { status, stdout } = await check(text, "--now", "2026-12-31T23:59:59Z");
      expect([status, stdout]).toEqual([
        0,
        expect.stringMatching(/WAIVED {3}big-keys: .*\n {4}waived: 2 violations\n/),
      ]);
    }
  });

  test("of one violation leaves the other", async () => {
    const { status, stdout } = await check(waiver('for: "stream:*"'), "--now", "2026-12-01");
    expect([status, stdout]).toEqual([1, expect.stringContaining("- leaderboard:alltime: 184.44K")]);
    expect(stdout).not.toContain("- stream:orders");
  });

  test("fails from the day after its last one on, and says why", async () => {
    const { status, stdout } = await check(both, "--now", "2027-01-01");
    expect(status).toBe(1);
    expect(stdout).toContain("- stream:orders");
    expect(stdout).toContain(
      "the waiver for stream:orders, leaderboard:* (line 5) expired on 2026-12-31: known",
    );
  });

  test("that has expired gives way to one that has not", async () => {
    const two = `${both}  - {rule: big-keys, until: 2027-06-30, reason: once more}\n`;
    const { status, stdout } = await check(two, "--now", "2027-01-01");
    expect([status, stdout]).toEqual([0, expect.stringContaining("WAIVED")]);
    expect(stdout).toContain(
      "the waiver of big-keys for stream:orders, leaderboard:* (line 5) is not needed",
    );
  });

  test("that nothing needs is told", async () => {
    const { status, stdout } = await check(
      `${both}  - {rule: big-keys, for: "other:*", until: 2020-01-01, reason: old}\n`,
      "--now",
      "2026-12-01",
    );
    expect([status, stdout]).toEqual([
      0,
      expect.stringContaining("note: the waiver of big-keys for other:* (line 6) is not needed"),
    ]);
  });

  test("counts all violations, not only those that are told", async () => {
    const policy = bench.policy(
      '  - {rule: forbidden, key: "session:*"}',
      'waivers:\n  - {rule: forbidden, for: "session:1*", until: 2026-12-31, reason: x}\n',
    );
    const { stdout } = await bench.run(
      rows,
      "--policy",
      policy,
      "--now",
      "2026-11-22",
      "-l",
      "1",
      "--format",
      "json",
    );
    const [result] = JSON.parse(stdout).snapshots[0].results;
    expect(result.violations).toHaveLength(1);
    expect(result.violation_count + result.waived_count).toBe(900);
    expect(result.waived_count).toBeGreaterThan(10);
  });
});
