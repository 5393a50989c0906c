import fs from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RULE_KINDS } from "../../src/check/rules/index.ts";
import { SAMPLE } from "../cli/run-cli.ts";
import { RdbWriter } from "../support/rdb-writer.ts";
import { SAMPLE_TRUTH } from "../support/sample-truth.ts";
import { Bench } from "./support.ts";

const bench = new Bench();
let rows: string;
let none: string;
let half: string;

beforeAll(async () => {
  rows = await bench.analyze("rows.sqlite", SAMPLE);
  none = await bench.analyze("none.sqlite", SAMPLE, "--keys", "none");
  half = await bench.analyze("half.sqlite", SAMPLE, "--not-key", "session:*");
});
afterAll(() => bench.remove());

type Truth = (typeof SAMPLE_TRUTH)[number];
const nameOf = ({ key }: Truth) => key.toString();
const like = (pattern: RegExp) => SAMPLE_TRUTH.filter((one) => pattern.test(nameOf(one)));
const sum = (list: readonly Truth[]) => list.reduce((total, { bytes }) => total + bytes, 0);
const largest = (list: readonly Truth[]) => Math.max(...list.map(({ bytes }) => bytes));
const withTtl = (list: readonly Truth[]) => list.filter(({ expiresAt }) => expiresAt > 0).length;

const strings = SAMPLE_TRUTH.filter(({ type }) => type === "string");
const carts = like(/:cart$/);
const hashes = SAMPLE_TRUTH.filter(({ type }) => type === "hash");
const tables = hashes.filter(({ encoding }) => encoding === "hashtable");
const sessions = like(/^session:/);
const db1 = SAMPLE_TRUTH.filter(({ db }) => db === 1);
const long = SAMPLE_TRUTH.filter(({ type, length }) => type !== "string" && length > 500);

/** What a rule says of a violation, as far as the server's own answers tell. */
interface Expected {
  readonly name?: string | null;
  readonly value?: number;
  readonly db?: number;
  readonly about?: string;
}

/** A rule that holds, the same with another limit, which does not, and what is wrong then. A row a case. */
const CASES: readonly (readonly [holds: string, fails: string, wrong: readonly Expected[]])[] = [
  [
    `- {rule: limits, max_keys: ${SAMPLE_TRUTH.length}}`,
    `- {rule: limits, max_keys: ${SAMPLE_TRUTH.length - 1}}`,
    [{ about: "all", name: null, value: SAMPLE_TRUTH.length }],
  ],
  [
    `- {rule: limits, type: string, max_bytes: ${sum(strings)}}`,
    `- {rule: limits, type: string, max_bytes: ${sum(strings) - 1}}`,
    [{ value: sum(strings) }],
  ],
  [
    `- {rule: limits, pattern: "*:cart", min_bytes: ${sum(carts)}}`,
    `- {rule: limits, pattern: "*:cart", min_bytes: ${sum(carts) + 1}}`,
    [{ value: sum(carts) }],
  ],
  [
    `- {rule: limits, key: "*:cart", min_keys: ${carts.length}}`,
    `- {rule: limits, key: "*:cart", min_keys: ${carts.length + 1}}`,
    [{ value: carts.length }],
  ],
  [
    `- {rule: limits, each: db, max_keys: ${SAMPLE_TRUTH.length}}`,
    `- {rule: limits, each: db, max_keys: ${db1.length}}`,
    [{ about: "db", name: "0", value: SAMPLE_TRUTH.length - db1.length }],
  ],
  [
    `- {rule: limits, pattern: "session:*", max_average_bytes: ${Math.ceil(sum(sessions) / sessions.length)}}`,
    `- {rule: limits, pattern: "session:*", max_average_bytes: ${Math.floor(sum(sessions) / sessions.length) - 1}}`,
    [{ value: Math.round(sum(sessions) / sessions.length) }],
  ],
  [
    `- {rule: limits, type: hash, max_key_bytes: ${largest(hashes)}}`,
    `- {rule: limits, type: hash, max_key_bytes: ${largest(hashes) - 1}}`,
    [{ value: largest(hashes) }],
  ],
  [
    "- {rule: limits, type: stream, max_memory_share: 50%}",
    "- {rule: limits, type: stream, max_memory_share: 5%}",
    [{}],
  ],
  ["- {rule: used-memory, max_bytes: 2M}", "- {rule: used-memory, max_bytes: 1M}", [{ name: null }]],
  [
    "- {rule: big-keys, max_elements: 2000}",
    "- {rule: big-keys, max_elements: 500}",
    long.map((one) => ({ about: "key", name: nameOf(one), value: one.length, db: one.db })),
  ],
  [
    `- {rule: big-keys, type: hash, max_bytes: ${largest(hashes)}}`,
    `- {rule: big-keys, type: hash, max_bytes: ${largest(hashes) - 1}}`,
    hashes
      .filter(({ bytes }) => bytes === largest(hashes))
      .map((one) => ({ name: nameOf(one), value: one.bytes })),
  ],
  [
    `- {rule: big-keys, max_element_bytes: ${Math.max(...strings.map(({ length }) => length))}}`,
    `- {rule: big-keys, type: string, max_element_bytes: ${Math.max(...strings.map(({ length }) => length)) - 1}}`,
    strings
      .filter(({ length }) => length === Math.max(...strings.map((one) => one.length)))
      .map((one) => ({ name: nameOf(one), value: one.length })),
  ],
  [
    `- {rule: ttl, pattern: "session:*", min_share: ${Math.floor((100 * withTtl(sessions)) / sessions.length)}%}`,
    `- {rule: ttl, pattern: "session:*", min_share: 95%}`,
    [{ value: withTtl(sessions) / sessions.length }],
  ],
  [
    `- {rule: ttl, db: 1, each: pattern, min_share: 1%, ignore_below_keys: ${db1.length + 1}}`,
    "- {rule: ttl, db: 0, min_share: 100%}",
    [{ value: withTtl(SAMPLE_TRUTH.filter(({ db }) => db === 0)) / (SAMPLE_TRUTH.length - db1.length) }],
  ],
  [
    `- {rule: forbidden, key: ["debug:*", "session:\\\\*"]}`,
    `- {rule: forbidden, key: "queue:*"}`,
    like(/^queue:/).map((one) => ({ about: "key", name: nameOf(one), db: one.db })),
  ],
  [
    '- {rule: forbidden, pattern: "debug:*"}',
    '- {rule: forbidden, pattern: "*:cart"}',
    [{ about: "pattern", value: carts.length }],
  ],
  [
    "- {rule: forbidden, type: module}",
    "- {rule: forbidden, type: hash, pattern: 'user:*'}",
    [{ value: like(/^user:\d+$/).length }],
  ],
  [
    `- {rule: allowed, key: "*"}`,
    `- {rule: allowed, key: ["[^q]*", "q[^u]*"]}`,
    SAMPLE_TRUTH.filter(({ key }) => key.toString().startsWith("qu")).map((one) => ({ name: nameOf(one) })),
  ],
  [
    "- {rule: allowed, db: [0, 1]}",
    "- {rule: allowed, db: 0}",
    [{ about: "db", name: "1", value: db1.length }],
  ],
  [
    "- {rule: allowed, type: [string, hash, list, set, zset, stream]}",
    "- {rule: allowed, type: [string, list, set, zset, stream]}",
    [{ about: "type", name: "hash", value: hashes.length }],
  ],
  [
    "- {rule: encodings, type: hash, allow: [listpack, hashtable]}",
    "- {rule: encodings, type: hash, allow: listpack}",
    [{ about: "encoding", name: "hash hashtable", value: tables.length }],
  ],
  [
    `- {rule: encodings, type: hash, forbid: hashtable, max_keys: ${tables.length}}`,
    `- {rule: encodings, type: hash, forbid: hashtable, max_keys: ${tables.length - 1}}`,
    [{ value: tables.length }],
  ],
  ["- {rule: efficiency, min_share: 30%}", "- {rule: efficiency, min_share: 80%}", [{ name: null }]],
  [
    "- {rule: sql, query: SELECT 1 WHERE 0}",
    "- {rule: sql, query: 'SELECT key, bytes FROM keys WHERE db = 1 AND snapshot = :snapshot AND :now > :created_at'}",
    db1.map((one) => ({ about: "row", name: nameOf(one) })),
  ],
  [
    "- {rule: sql, query: 'SELECT 1 FROM rollup WHERE keys < 0'}",
    "- {rule: sql, query: SELECT 7 AS n}",
    [{ name: "7" }],
  ],
  [
    "- {rule: doctor, fail_on: critical}",
    "- {rule: doctor, rules: undrained-queues}",
    [{ name: "queue:webhooks:failed" }],
  ],
  [
    "- {rule: doctor, rules: undrained-queues, thresholds: {undrained-queues: {elements: 5000}}}",
    "- {rule: doctor, rules: [undrained-queues, no-ttl], disable: no-ttl, max_findings: 0}",
    [{ about: "finding" }],
  ],
];

const ordered = (list: readonly Expected[]) =>
  [...list].sort((a, b) => (String(a.name) < String(b.name) ? -1 : 1));

describe("on the snapshot of a real server", () => {
  test.each(CASES)("%s holds; %s does not", async (holds, fails, wrong) => {
    const good = await bench.report(rows, holds);
    expect([good.status, good.result.status, good.result.violations]).toEqual([0, "passed", []]);
    const bad = await bench.report(rows, fails, "-l", "1000", "--now", "2026-11-22");
    expect([bad.status, bad.result.status]).toEqual([1, "failed"]);
    expect(ordered(bad.result.violations as readonly Expected[])).toMatchObject(ordered(wrong));
    expect(bad.result.violation_count).toBe(wrong.length);
  });

  test("every kind of rule is among these, or has a test of its own", () => {
    const own = ["growth", "expired"];
    const tried = CASES.map(([rule]) => /rule: ([\w-]+)/.exec(rule)![1]!);
    expect([...new Set([...tried, ...own])].sort()).toEqual(RULE_KINDS.map(({ id }) => id).sort());
  });

  test("rules of key rows are all that an inventory without them cannot answer", async () => {
    for (const [, fails, wrong] of CASES) {
      const { status, stderr } = await bench.check(none, fails);
      if (/key:|max_element_bytes|FROM keys/.test(fails)) {
        expect([fails, status]).toEqual([fails, 2]);
        expect(stderr).toMatch(
          /^rdbscope: [\w-]+ needs a row a key, and .+: rdbscope analyze .+ --keys all\n$/,
        );
      } else {
        expect([fails, status]).toEqual([fails, 1]);
        const { result } = await bench.report(none, fails, "-l", "1000");
        expect(ordered(result.violations as readonly Expected[])).toMatchObject(ordered(wrong));
      }
    }
  });

  test("a snapshot is asked as its inventory is", async () => {
    for (const [, fails, wrong] of [CASES[3]!, CASES[9]!, CASES[23]!]) {
      const { status, result } = await bench.report(SAMPLE, fails, "-l", "1000");
      expect(status).toBe(1);
      expect(ordered(result.violations as readonly Expected[])).toMatchObject(ordered(wrong));
    }
  });
});

describe("what is told", () => {
  test("violations are bounded, and all are counted", async () => {
    const { stdout, status } = await bench.check(rows, `- {rule: forbidden, key: "session:*"}`, "-l", "3");
    expect(status).toBe(1);
    expect(stdout.split("\n").filter((line) => line.includes("- session:"))).toHaveLength(3);
    expect(stdout).toContain(`… and ${sessions.length - 3} others`);
  });

  test("a choice of nothing holds, and says so", async () => {
    const { status, stdout } = await bench.check(rows, `- {rule: ttl, pattern: "sesion:*", min_share: 95%}`);
    expect([status, stdout]).toEqual([0, expect.stringContaining("no key is chosen")]);
  });

  test("patterns that may hide forbidden names are told", async () => {
    const { status, stdout } = await bench.check(rows, `- {rule: forbidden, pattern: "session:1*"}`);
    expect(status).toBe(0);
    expect(stdout).toContain(
      `${sessions.length} keys of 1 other pattern may have such names, too (session:*)`,
    );
  });

  test("a warning is told, and fails nothing", async () => {
    const { status, stdout } = await bench.check(
      rows,
      "- {rule: limits, max_keys: 1, severity: warning, description: few}",
    );
    expect([status, stdout]).toEqual([
      0,
      expect.stringMatching(/1 warning, of 1 rule\nWARNING {2}limits.*\n {4}few\n/),
    ]);
  });

  test("a rule of the doctor that cannot look is an error where it was asked for", async () => {
    const { status, stderr } = await bench.check(rows, "- {rule: doctor, rules: fragmentation}");
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(/policy\.yaml:3:3: doctor: fragmentation did not look: needs a saved INFO/),
    ]);
  });

  test("a filtered inventory is told as such, and has no used_memory", async () => {
    const limited = await bench.check(half, "- {rule: limits, max_keys: 1000000}");
    expect([limited.status, limited.stdout]).toEqual([
      0,
      expect.stringContaining("the inventory was made of keys with no name like"),
    ]);
    const memory = await bench.check(half, "- {rule: used-memory, max_bytes: 1G}");
    expect([memory.status, memory.stderr]).toEqual([
      2,
      expect.stringContaining("used-memory is of whole snapshots"),
    ]);
  });
});

describe("SQL", () => {
  test.each([
    ["DELETE FROM key_rows", /only reads|SELECT/],
    ["SELECT nokey FROM keys", /no such column: nokey/],
    ["SELECT :other", /other/],
  ])("%s is refused, with the place of the rule", async (query, message) => {
    const { status, stderr } = await bench.check(rows, `- {rule: sql, query: "${query}"}`);
    expect(status).toBe(2);
    expect(stderr).toMatch(/policy\.yaml:3:3: /);
    expect(stderr).toMatch(message);
  });

  test("ends at its limit of time", async () => {
    const endless =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE i < 0";
    const { status, stderr } = await bench.check(
      rows,
      `- {rule: sql, query: "${endless}"}`,
      "--timeout",
      "1",
    );
    expect([status, stderr]).toEqual([2, expect.stringContaining("ran longer than 1 s")]);
  });
});

test("a snapshot without keys is told before all results", async () => {
  const file = bench.place("empty.rdb");
  fs.writeFileSync(file, new RdbWriter("REDIS", 11).aux("redis-ver", "7.2.6").end());
  const { stdout } = await bench.check(file, "- {rule: limits, max_keys: 1}");
  expect(stdout.split("\n")[1]).toMatch(/^note: the snapshot has no keys/);
});

describe("what is told of a limit", () => {
  const told = async (rule: string) =>
    /^ *- (.*)$/m.exec((await bench.check(rows, rule)).stdout.replace(/\n {6,}/g, " "))![1];

  test("is as the policy spells it", async () => {
    expect(await told("- {rule: limits, max_bytes: 1.5K}")).toMatch(/^all keys: .*, max_bytes is 1\.5K$/);
  });

  test("has a value with so many digits that it differs", async () => {
    const all = sum(strings);
    expect(await told(`- {rule: limits, type: string, max_bytes: ${all - 1}}`)).toBe(
      `keys of type string: ${all.toLocaleString("en-US")} bytes of memory, max_bytes is ${all - 1}`,
    );
    const share = withTtl(SAMPLE_TRUTH) / SAMPLE_TRUTH.length;
    const least = (Math.ceil(share * 100_000) / 1000).toFixed(3);
    const text = await told(`- {rule: ttl, min_share: ${least}%}`);
    expect(text).toMatch(/^all keys: \d+\.\d{2,}% of the keys have a TTL, /);
    expect(text).toContain(`min_share is ${least}%`);
  });

  test("of encodings says how many keys", async () => {
    const { result } = await bench.report(rows, "- {rule: encodings, type: hash, forbid: hashtable}");
    expect(result.measured).toBe(
      `${tables.length} of ${hashes.length} keys have an encoding that is not allowed`,
    );
  });
});
