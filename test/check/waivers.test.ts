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
      expect.stringContaining(
        "note: the waiver of big-keys for other:* (line 6) fits none of its violations",
      ),
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

  test.each([
    [
      "- {rule: limits, pattern: 'session:*', max_keys: 1}",
      "session:*",
      "keys of pattern session:*: 900 keys",
    ],
    ["- {rule: limits, type: [hash, set], max_keys: 1}", "set", "keys of type hash or set: "],
    ["- {rule: limits, max_keys: 1}", "all keys", "all keys: "],
    ["- {rule: used-memory, max_bytes: 1}", "all keys", "the server: "],
  ])("of all that %s chooses is %s", async (rule, glob, told) => {
    const named = rule.replace("{", "{id: x, ");
    const waivers = (of: string) => `waivers:\n  - {rule: x, for: "${of}", until: 2999-01-01, reason: x}\n`;
    const fitting = await bench.run(rows, "--policy", bench.policy(named, waivers(glob)));
    expect([fitting.status, fitting.stdout]).toEqual([0, expect.stringContaining("waived: 1 violation")]);
    const other = await bench.run(rows, "--policy", bench.policy(named, waivers("cart:*")));
    expect([other.status, other.stdout]).toEqual([1, expect.stringContaining(`- ${told}`)]);
    expect(other.stdout).toContain("fits none of its violations");
  });

  test("of what is not wrong any more, or has not been looked at, says so", async () => {
    const waivers = (rule: string) => `waivers:\n  - {rule: ${rule}, until: 2999-01-01, reason: x}\n`;
    const fine = bench.policy("- {rule: limits, max_bytes: 1G}", waivers("limits"));
    expect((await bench.run(rows, "--policy", fine)).stdout).toContain("nothing there is wrong any more");
    const growth = bench.policy("- {rule: growth, max_bytes: 1G}", waivers("growth"));
    const base = bench.place("base.json");
    expect((await bench.run(rows, "--policy", growth, "--update-baseline", base)).stdout).toContain(
      "was not looked at: the rule was skipped",
    );
  });
});
