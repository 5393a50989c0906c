import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SAMPLE } from "../cli/run-cli.ts";
import { stringValue } from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";
import { Bench } from "./support.ts";

const bench = new Bench();
const CREATED_AT = 1_750_000_000;

/** A snapshot with so many keys of a few patterns, all of the same size; `expired` of them past their time. */
function snapshot(
  name: string,
  counts: Readonly<Record<string, number>>,
  expired = 0,
  version = "7.2.6",
): string {
  const writer = new RdbWriter("REDIS", 11).aux("redis-ver", version).aux("ctime", String(CREATED_AT));
  for (const [prefix, count] of Object.entries(counts)) {
    for (let i = 0; i < count; i++) {
      const options = i < expired ? { expiresAtMs: (CREATED_AT - 60) * 1000 } : {};
      writer.key(`${prefix}:${1000 + i}`, stringValue("x".repeat(100)), options);
    }
  }
  const file = bench.place(name);
  fs.writeFileSync(file, writer.end());
  return file;
}

let old: string;
let now: string;
let oldInventory: string;
let nowInventory: string;
let other: string;

beforeAll(async () => {
  old = snapshot("old.rdb", { user: 100, gone: 50 });
  now = snapshot("now.rdb", { user: 110, fresh: 50 });
  other = snapshot("other.rdb", { user: 110, fresh: 50 }, 0, "7.0.15");
  oldInventory = await bench.analyze("old.sqlite", old);
  nowInventory = await bench.analyze("now.sqlite", now, "--keys", "none");
});
afterAll(() => bench.remove());

/** What each of these keys takes on redis-7.2: dictEntry 24, robj 16, name 11 in 16, value 104 in 112. */
const KEY = 168;

const CASES: readonly (readonly [holds: string, fails: string, wrong: readonly object[]])[] = [
  ["max_keys: 10", "max_keys: 9", [{ about: "all", name: null, value: 10 }]],
  [`max_bytes: ${10 * KEY}`, `max_bytes: ${10 * KEY - 1}`, [{ value: 10 * KEY }]],
  ["pattern: 'user:*', max_percent: 10%", "pattern: 'user:*', max_percent: 9.9%", [{ value: 0.1 }]],
  ["max_keys_percent: 7%", "max_keys_percent: 6%", [{ value: 10 / 150 }]],
  ["each: type, max_keys: 10", "each: type, max_keys: 5", [{ about: "type", name: "string", value: 10 }]],
  [
    `each: pattern, max_keys: 5, ignore_below_bytes: ${111 * KEY}`,
    "each: pattern, max_keys: 5",
    [
      { about: "pattern", name: "fresh:*", value: 50 },
      { name: "user:*", value: 10 },
    ],
  ],
  [
    "new_patterns: allow",
    "new_patterns: forbid",
    [{ about: "pattern", name: "fresh:*", value: 50, field: "new_patterns" }],
  ],
  ["vanished_patterns: allow", "vanished_patterns: forbid", [{ name: "gone:*", value: 50 }]],
];

describe("growth", () => {
  test.each(CASES)("%s holds; %s does not", async (holds, fails, wrong) => {
    const good = await bench.report(nowInventory, `- {rule: growth, ${holds}}`, "--baseline", oldInventory);
    expect([good.status, good.result.violations]).toEqual([0, []]);
    const bad = await bench.report(nowInventory, `- {rule: growth, ${fails}}`, "--baseline", oldInventory);
    expect([bad.status, bad.result.status]).toEqual([1, "failed"]);
    expect(bad.result.violations).toHaveLength(wrong.length);
    expect(bad.result.violations).toMatchObject(wrong);
  });

  test("is the same of snapshots, inventories and baseline files", async () => {
    const base = bench.place("base.json");
    const rule = "- {rule: growth, max_keys: 9}";
    expect((await bench.check(oldInventory, rule, "--update-baseline", base)).status).toBe(0);
    const found = [];
    for (const file of [now, nowInventory]) {
      for (const baseline of [old, oldInventory, base]) {
        const { status, result } = await bench.report(file, rule, "--baseline", baseline);
        found.push([status, result.measured, result.violations]);
      }
    }
    expect(new Set(found.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(found[0]![0]).toBe(1);
  });

  test("needs a baseline", async () => {
    const { status, stderr } = await bench.check(nowInventory, "- {rule: growth, max_keys: 9}");
    expect([status, stderr]).toEqual([2, expect.stringContaining("growth needs a baseline: --baseline OLD")]);
  });

  test("is what a baseline is for: without a rule of it, that is told", async () => {
    const rule = "- {rule: limits, max_keys: 1000}";
    const { status, stderr } = await bench.check(nowInventory, rule, "--baseline", oldInventory);
    expect([status, stderr]).toEqual([
      0,
      expect.stringContaining("has no rule of growth: nothing looks at --baseline"),
    ]);
  });

  test("is not told of what was measured in different ways, unless that is wanted", async () => {
    const rule = "- {rule: growth, max_keys: 10}";
    const refused = await bench.check(other, rule, "--baseline", oldInventory);
    expect([refused.status, refused.stderr]).toEqual([
      2,
      expect.stringMatching(
        /the profile of the baseline is redis-7\.2, that of the snapshot redis-7\.0: .*--allow-mixed/,
      ),
    ]);
    const mixed = await bench.check(other, rule, "--baseline", oldInventory, "--allow-mixed");
    expect([mixed.status, mixed.stdout]).toEqual([0, expect.stringContaining("different measures")]);
    const same = await bench.check(other, rule, "--baseline", oldInventory, "--profile", "redis-7.2");
    expect(same.status).toBe(0);
    const set = await bench.check(
      now,
      rule,
      "--baseline",
      oldInventory,
      "--set",
      "hash-max-listpack-entries=7",
    );
    expect(set.stderr).toContain(
      "the setting hashMaxListpackEntries of the baseline is 512, that of the snapshot 7",
    );
  });
});

describe("--update-baseline", () => {
  const rule = "- {rule: growth, max_keys: 9}";

  test("makes a baseline where there is none yet, in which rules of growth are skipped", async () => {
    const file = bench.place("first.json");
    const { status, result } = await bench.report(oldInventory, rule, "--update-baseline", file);
    expect([status, result.status]).toEqual([0, "skipped"]);
    const made = JSON.parse(fs.readFileSync(file, "utf8"));
    expect(made.rdbscope_baseline).toBe(1);
    expect(made.snapshots[0].groups).toMatchObject([
      { db: 0, type: "string", pattern: "user:*", keys: 100, bytes: 100 * KEY },
      { db: 0, type: "string", pattern: "gone:*", keys: 50, bytes: 50 * KEY },
    ]);
  });

  test("leaves the baseline as it is when growth fails, and follows when it does not", async () => {
    const file = bench.place("kept.json");
    await bench.check(oldInventory, rule, "--update-baseline", file);
    const before = fs.readFileSync(file, "utf8");
    const failed = await bench.check(nowInventory, rule, "--baseline", file, "--update-baseline", file);
    expect([failed.status, failed.stderr]).toEqual([
      1,
      expect.stringContaining("was not written, as a rule of growth failed"),
    ]);
    expect(fs.readFileSync(file, "utf8")).toBe(before);
    const other = `- {rule: growth, max_keys: 10}\n- {rule: limits, max_keys: 1}`;
    expect(
      (await bench.check(nowInventory, other, "--baseline", file, "--update-baseline", file)).status,
    ).toBe(1);
    expect(JSON.parse(fs.readFileSync(file, "utf8")).snapshots[0].groups[0]).toMatchObject({ keys: 110 });
    expect((await bench.check(nowInventory, rule, "--update-baseline", file)).status).toBe(0);
    expect(fs.readdirSync(path.dirname(file)).filter((name) => name.startsWith(".rdbscope"))).toEqual([]);
  });

  test("replaces baselines only", async () => {
    for (const file of [old, oldInventory, bench.policy(rule, "", "kept.yaml")]) {
      const before = fs.readFileSync(file);
      const { status, stderr } = await bench.check(nowInventory, rule, "--update-baseline", file);
      expect([status, stderr]).toEqual([2, expect.stringContaining("is no baseline: give another name")]);
      expect(fs.readFileSync(file)).toEqual(before);
    }
  });

  test.each([
    ["{", "is no baseline file, inventory or snapshot"],
    ['{"a": 1}', "is no baseline file"],
    ['{"rdbscope_baseline": 2}', "is a baseline of a later version"],
    [
      '{"rdbscope_baseline": 1, "tool_version": "1", "snapshots": [{"snapshot": -1}]}',
      "is not as it was written: make it again with --update-baseline",
    ],
  ])("what is none is refused: %s", async (text, message) => {
    const file = bench.place("broken.json");
    fs.writeFileSync(file, text);
    const { status, stderr } = await bench.check(nowInventory, rule, "--baseline", file);
    expect([status, stderr.includes(message)]).toEqual([2, true]);
  });
});

describe("several snapshots", () => {
  test("are each compared with that of their number", async () => {
    const two = await bench.analyze("two.sqlite", old, now);
    const turned = await bench.analyze("turned.sqlite", now, old);
    const base = bench.place("two.json");
    const rule = "- {rule: growth, max_keys: 9}";
    expect((await bench.check(two, rule, "--update-baseline", base)).status).toBe(0);
    const { status, report } = await bench.report(turned, rule, "--baseline", base);
    expect([status, report.snapshots.map(({ results }) => results[0]!.status)]).toEqual([
      1,
      ["failed", "passed"],
    ]);
    expect((await bench.check(turned, rule, "--baseline", base, "--snapshot", "2")).status).toBe(0);
    const lost = await bench.check(nowInventory, rule, "--baseline", base);
    expect([lost.status, lost.stderr]).toEqual([
      2,
      expect.stringContaining("the baseline holds 2 snapshots, and 1 is checked"),
    ]);
  });

  test("are each checked, and SQL has to say which", async () => {
    const two = await bench.analyze("both.sqlite", old, now);
    const { status, report } = await bench.report(two, "- {rule: limits, max_keys: 155}");
    expect([status, report.snapshots.map(({ results }) => results[0]!.status)]).toEqual([
      1,
      ["passed", "failed"],
    ]);
    expect((await bench.check(two, "- {rule: limits, max_keys: 155}", "--snapshot", "1")).status).toBe(0);
    const all = await bench.check(two, "- {rule: sql, query: SELECT key FROM keys}");
    expect([all.status, all.stderr]).toEqual([2, expect.stringContaining("say WHERE snapshot = :snapshot")]);
    const query = "SELECT key FROM keys WHERE snapshot = :snapshot AND pattern = 'fresh:*'";
    const each = await bench.report(two, `- {rule: sql, query: "${query}"}`);
    expect(each.report.snapshots.map(({ results }) => results[0]!.violation_count)).toEqual([0, 50]);
  });
});

test("expired keys that are still held", async () => {
  const file = snapshot("expired.rdb", { user: 100 }, 2);
  expect((await bench.report(file, "- {rule: expired, max_share: 2%}")).status).toBe(0);
  const { status, result } = await bench.report(file, "- {rule: expired, max_share: 1.9%}");
  expect([status, result.violations]).toMatchObject([
    1,
    [{ value: 0.02, examples: ["user:1000", "user:1001"] }],
  ]);
});

describe("what is no inventory of all keys", () => {
  test("a sample is refused, or labelled", async () => {
    const sample = await bench.analyze("sample.sqlite", SAMPLE, "--sample", "0.5");
    const refused = await bench.check(sample, "- {rule: limits, max_keys: 1}");
    expect([refused.status, refused.stderr]).toEqual([
      2,
      expect.stringContaining("is a sample: a policy is about all keys"),
    ]);
    const { status, result } = await bench.report(
      sample,
      "- {rule: limits, max_keys: 1}",
      "--allow-estimates",
    );
    expect([status, result.estimated]).toEqual([1, true]);
    const { stdout } = await bench.check(sample, "- {rule: limits, max_keys: 1}", "--allow-estimates");
    expect(stdout).toContain("estimated from a sample");
  });

  test("hashed names cannot be chosen by, and are in no report", async () => {
    const hashed = await bench.analyze("hashed.sqlite", SAMPLE, "--hash-keys");
    const refused = await bench.check(hashed, "- {rule: forbidden, key: 'queue:*'}");
    expect([refused.status, refused.stderr]).toEqual([
      2,
      expect.stringMatching(/forbidden needs names, and those in .* are hashed/),
    ]);
    const pattern = await bench.report(hashed, "- {rule: limits, pattern: 'session:*', max_keys: 899}");
    expect([pattern.status, pattern.result.violations[0]!.value]).toEqual([1, 900]);
    const hidden = await bench.check(hashed, "- {rule: forbidden, pattern: 'queue:*'}");
    expect([hidden.status, hidden.stdout]).toEqual([
      0,
      expect.stringContaining("may have such names, too (#"),
    ]);
    const base = bench.place("hashed.json");
    const listed = await bench.check(
      hashed,
      "- {rule: allowed, pattern: 'session:*'}\n- {rule: big-keys, max_bytes: 1K}\n- {rule: growth, max_keys: 1}",
      ...["--update-baseline", base, "--format", "json", "-l", "1000"],
    );
    for (const text of [listed.stdout, fs.readFileSync(base, "utf8")]) {
      expect(text).not.toMatch(/queue:webhooks|leaderboard:alltime|stream:orders/);
      expect(text).toContain("#");
    }
  });

  test("a damaged snapshot has its own exit status", async () => {
    const file = bench.place("cut.rdb");
    fs.writeFileSync(file, fs.readFileSync(old).subarray(0, 2000));
    const { status, stderr } = await bench.check(file, "- {rule: limits, max_keys: 1}");
    expect([status, stderr]).toEqual([3, expect.stringContaining("check --salvage")]);
    const salvaged = await bench.check(file, "- {rule: limits, max_keys: 1000}", "--salvage");
    expect([salvaged.status, salvaged.stdout]).toEqual([0, expect.stringContaining("salvaged")]);
  });
});

test("patterns that are gone are told largest first", async () => {
  const many = snapshot("many.rdb", { user: 100, few: 10, most: 90, some: 50 });
  const left = snapshot("left.rdb", { user: 100 });
  const rule = "- {rule: growth, vanished_patterns: forbid}";
  const { result } = await bench.report(left, rule, "--baseline", many, "-l", "2");
  expect(result.violations.map(({ name }) => name)).toEqual(["most:*", "some:*"]);
});

test("a baseline of later than the snapshot is told", async () => {
  const writer = new RdbWriter("REDIS", 11)
    .aux("redis-ver", "7.2.6")
    .aux("ctime", String(CREATED_AT + 86_400));
  const later = bench.place("later.rdb");
  fs.writeFileSync(later, writer.key("user:1", stringValue("v")).end());
  const rule = "- {rule: growth, max_bytes: 1G}";
  const { report } = await bench.report(old, rule, "--baseline", later);
  expect(report.snapshots[0]!.notes).toContain(
    "the baseline is of 2025-06-16 15:06:40, newer than the snapshot of 2025-06-15 15:06:40 (UTC): growth is measured backwards",
  );
  expect((await bench.report(later, rule, "--baseline", old)).report.snapshots[0]!.notes).toEqual([]);
});
