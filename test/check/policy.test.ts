import { once } from "node:events";
import fs from "node:fs";
import { Ajv } from "ajv";
import { afterAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { parsePolicy } from "../../src/check/parse-policy.ts";
import { policyJsonSchema } from "../../src/check/policy.ts";
import { RULE_KINDS } from "../../src/check/rules/index.ts";
import { UsageError } from "../../src/errors.ts";
import { SAMPLE, start } from "../cli/run-cli.ts";
import { Bench } from "./support.ts";

const bench = new Bench();
afterAll(() => bench.remove());

const HEAD = "version: 1\nrules:\n";
const LIMITS = `${HEAD}  - rule: limits\n    max_bytes: 4G\n`;

/** A wrong policy, where it is wrong, and what is told of it: the field, the value, what is allowed. */
const WRONG: readonly (readonly [policy: string, place: string, message: RegExp])[] = [
  ["", "1:1", /a policy is a map with the fields version and rules/],
  ["- 1", "1:1", /a policy is a map/],
  ["version: 2\nrules:\n  - {rule: limits, max_bytes: 1}\n", "1:10", /^version: 2 is not 1$/],
  ["rules:\n  - {rule: limits, max_bytes: 1}\n", "1:1", /^version is missing: it is 1$/],
  ["version: 1\n", "1:1", /^rules is missing: it is a list of rules$/],
  ["version: 1\nrules: []\n", "2:8", /^rules: \[\] is not a list of rules$/],
  ["version: 1\nrules: {rule: limits}\n", "2:8", /^rules: .* is not a list of rules$/],
  [`${HEAD}  - limits\n`, "3:5", /^rules\[0\]: "limits" is not a map of fields$/],
  [
    `${HEAD}  - max_bytes: 4G\n`,
    "3:5",
    /^rules\[0\]\.rule is missing: it is one of limits, used-memory, big-keys, ttl, forbidden, allowed, encodings, expired, efficiency, growth, sql, doctor$/,
  ],
  [`${HEAD}  - rule: limit\n`, "3:11", /^rules\[0\]\.rule: "limit" is not one of limits, used-memory/],
  [`${HEAD}  - rule: limits\n`, "3:5", /^rules\[0\]: limits needs one of max_bytes, min_bytes, max_keys/],
  [
    `${HEAD}  - rule: limits\n    max_bytes: 4X\n`,
    "4:16",
    /^rules\[0\]\.max_bytes: "4X" is not a size in bytes such as 500, 10K, 500M or 4G$/,
  ],
  [`${HEAD}  - rule: limits\n    max_bytes: -1\n`, "4:16", /^rules\[0\]\.max_bytes: -1 is not a size/],
  [`${HEAD}  - rule: limits\n    max_bytes: 1.5\n`, "4:16", /^rules\[0\]\.max_bytes: 1\.5 is not a size/],
  [`${HEAD}  - rule: limits\n    max_bytes:\n`, "4:15", /^rules\[0\]\.max_bytes: null is not a size/],
  [
    `${HEAD}  - rule: limits\n    max_keys: 10M\n`,
    "4:15",
    /^rules\[0\]\.max_keys: "10M" is not a whole number such as 10000$/,
  ],
  [
    `${HEAD}  - rule: limits\n    each: patterns\n    max_keys: 1\n`,
    "4:11",
    /^rules\[0\]\.each: "patterns" is not one of pattern, type, encoding, db$/,
  ],
  [
    `${HEAD}  - rule: limits\n    max_byte: 4G\n`,
    "4:5",
    /^rules\[0\]\.max_byte: there is no such field: did you mean max_bytes\? known are rule, id, .*min_keys/,
  ],
  [
    `${HEAD}  - rule: ttl\n    min_share: 0.95\n`,
    "4:16",
    /^rules\[0\]\.min_share: 0\.95 is not a percentage from 0% to 100%, such as 95%$/,
  ],
  [`${HEAD}  - rule: ttl\n    min_share: 101%\n`, "4:16", /"101%" is not a percentage from 0% to 100%/],
  [`${HEAD}  - rule: ttl\n`, "3:5", /^rules\[0\]\.min_share is missing: it is a percentage/],
  [
    `${HEAD}  - rule: ttl\n    min_share: 95%\n    pattern: []\n`,
    "5:14",
    /^rules\[0\]\.pattern: \[\] is not globs such as session:\*: one, or a list$/,
  ],
  [
    `${HEAD}  - rule: ttl\n    min_share: 95%\n    type: sorted-set\n`,
    "5:11",
    /^rules\[0\]\.type: "sorted-set" is not string, .* or a module's own name/,
  ],
  [
    `${HEAD}  - rule: ttl\n    min_share: 95%\n    db: one\n`,
    "5:9",
    /^rules\[0\]\.db: "one" is not numbers of databases such as 0/,
  ],
  [
    `${HEAD}  - rule: growth\n    key: a\n    max_bytes: 1\n`,
    "4:5",
    /^rules\[0\]\.key: there is no such field: known are /,
  ],
  [
    `${HEAD}  - rule: growth\n    new_patterns: forbidden\n`,
    "4:19",
    /^rules\[0\]\.new_patterns: "forbidden" is not one of allow, forbid$/,
  ],
  [
    `${HEAD}  - rule: doctor\n    fail_on: error\n`,
    "4:14",
    /^rules\[0\]\.fail_on: "error" is not one of critical, warning, info$/,
  ],
  [
    `${HEAD}  - rule: doctor\n    rules: [big-key]\n`,
    "4:12",
    /^rules\[0\]\.rules.*is not one of no-ttl, expired-keys/,
  ],
  [
    `${HEAD}  - rule: doctor\n    thresholds:\n      big-keys: {byte: 1}\n`,
    "5:18",
    /^rules\[0\]\.thresholds\.big-keys\.byte: there is no such field: did you mean bytes\? known are bytes, dangerous_bytes/,
  ],
  [
    `${HEAD}  - rule: encodings\n    forbid: [hashtabel]\n`,
    "4:13",
    /^rules\[0\]\.forbid: \["hashtabel"\] is not encodings .* \(did you mean hashtable\?\)$/,
  ],
  [
    `${HEAD}  - rule: ttl\n    min_share: 95%\n    pattern: "a[bc"\n`,
    "5:14",
    /^rules\[0\]\.pattern: "a\[bc" is not a glob: a \[ lacks its \]; one that is meant as such is \\\[$/,
  ],
  [
    `${HEAD}  - rule: limits\n    min_bytes: 2G\n    max_bytes: 1G\n`,
    "3:5",
    /^rules\[0\]: min_bytes is above max_bytes$/,
  ],
  [`${LIMITS}---\n${LIMITS}`, "5:1", /^a second document begins here: a file has one$/],
  [`${LIMITS}    <<: {id: a}\n`, "5:5", /^rules\[0\]\.<<: merge keys are not read/],
  [`${LIMITS}    severity: fatal\n`, "5:15", /^rules\[0\]\.severity: "fatal" is not one of error, warning$/],
  [
    `${LIMITS}    id: "a b"\n`,
    "5:9",
    /^rules\[0\]\.id: "a b" is not a name of letters, digits, dots and dashes$/,
  ],
  [
    `${LIMITS}  - rule: limits\n    max_keys: 1\n`,
    "5:5",
    /^rules\[1\]\.id: limits is the rule of line 3, too: give each an id of its own$/,
  ],
  [
    `${LIMITS}waivers:\n  - {rule: limit, until: 2026-12-31, reason: x}\n`,
    "6:12",
    /^waivers\[0\]\.rule: there is no rule limit: did you mean limits\? known are limits$/,
  ],
  [
    `${LIMITS}waivers:\n  - {rule: limits, reason: x}\n`,
    "6:5",
    /^waivers\[0\]\.until is missing: it is a date such as 2026-12-31$/,
  ],
  [
    `${LIMITS}waivers:\n  - {rule: limits, until: 2026-02-30, reason: x}\n`,
    "6:27",
    /^waivers\[0\]\.until: "2026-02-30" is not a date/,
  ],
  [
    `${LIMITS}waivers:\n  - {rule: limits, until: 2026-12-31}\n`,
    "6:5",
    /^waivers\[0\]\.reason is missing: it is a text$/,
  ],
  [
    `${LIMITS}waiver: []\n`,
    "5:1",
    /^waiver: there is no such field: did you mean waivers\? known are version, rules, waivers$/,
  ],
  [`${LIMITS}    max_bytes: 5G\n`, "5:5", /^no YAML: Map keys must be unique/],
  ["version: 1\nrules: [\n", "3:1", /^no YAML: /],
  ["version: 1\nrules: !!js/function x\n", "2:8", /^no YAML: /],
  ["version: 1\n\trules: []\n", "2:1", /^no YAML: /],
  [
    `a: &a [x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c]\n`,
    "1:1",
    /^no YAML: |there is no such field/,
  ],
];

describe("a wrong policy", () => {
  test.each(WRONG)("%j is told at %s", (text, place, message) => {
    let told: unknown;
    try {
      parsePolicy(text, "policy.yaml");
    } catch (error) {
      told = error;
    }
    expect(told).toBeInstanceOf(UsageError);
    const [, where, what] = /^policy\.yaml:(\d+:\d+): (.*?)(?: \(and \d+ more\))?$/s.exec(
      (told as Error).message,
    )!;
    expect(what).toMatch(message);
    expect(where).toBe(place);
    expect(what).not.toContain("\n");
  });

  test("is one line, and exit status 2", async () => {
    const file = bench.policy("  - {rule: limits, max_bytes: 4X}\n  - {rule: limit}", "", "wrong\u202e.yaml");
    const { status, stdout, stderr } = await bench.run(SAMPLE, "--policy", file);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(
      /^rdbscope: .*wrong\\xE2\\x80\\xAE\.yaml:3:31: rules\[0\]\.max_bytes: "4X" is not .* \(and 1 more\)\n$/,
    );
  });

  test.each([
    [["--policy", "no-such.yaml"], 4, /cannot read no-such\.yaml: no such file/],
    [[], 2, /required option '--policy <file>'/],
    [["--policy", SAMPLE], 2, /sample\.rdb:1:\d+: no YAML: /],
    [
      ["--policy", "docs/policy.example.yaml", "--report", "xml=a"],
      2,
      /--report: "xml=a" is not FORMAT=FILE, .* junit/,
    ],
    [
      ["--policy", "docs/policy.example.yaml", "--format", "xml"],
      2,
      /--format: "xml" is not one of table, json, junit, sarif, github, markdown/,
    ],
    [["--policy", "docs/policy.example.yaml", "--now", "yesterday"], 2, /--now: "yesterday" is not a time/],
    [
      ["--policy", "docs/policy.example.yaml", "--report", `json=${SAMPLE}`],
      2,
      /sample\.rdb is what is read: give another name with --report/,
    ],
    [
      ["--policy", "docs/policy.example.yaml", "--update-baseline", SAMPLE],
      2,
      /sample\.rdb is there and is no baseline/,
    ],
  ])("%j", async (args, expected, message) => {
    const { status, stderr } = await bench.run(SAMPLE, ...args);
    expect([status, stderr]).toEqual([expected, expect.stringMatching(message)]);
  });
});

test("a policy from the standard input", async () => {
  const child = start(["check", SAMPLE, "--policy", "-"]);
  child.stdin!.end(`${HEAD}- {rule: limits, max_keys: 1}\n`);
  const [status] = await once(child, "close");
  expect(status).toBe(1);
  const { status: both, stderr } = await bench.run("-", "--policy", "-");
  expect([both, stderr]).toEqual([2, expect.stringContaining("exclude each other")]);
});

describe("policies are YAML", () => {
  test("or JSON, with anchors, and what is not given has its default", () => {
    const text = JSON.stringify({ version: 1, rules: [{ rule: "limits", max_bytes: "1.5K", pattern: "a" }] });
    const { rules, waivers } = parsePolicy(text, "p");
    expect(rules).toMatchObject([{ id: "limits", severity: "error", description: null, line: 1 }]);
    expect([rules[0]!.fields, waivers]).toEqual([{ max_bytes: 1536, pattern: ["a"] }, []]);
    const anchors = `${HEAD}  - {rule: ttl, pattern: &temporary ["a:*", "b:*"], min_share: 33.3%}\n  - {rule: limits, pattern: *temporary, max_keys: 1}\n`;
    const [ttl, limits] = parsePolicy(anchors, "p").rules;
    expect(ttl!.fields).toEqual({ pattern: ["a:*", "b:*"], min_share: 0.333 });
    expect(limits!.fields).toEqual({ pattern: ["a:*", "b:*"], max_keys: 1 });
  });
});

describe("the JSON Schema", () => {
  const file = new URL("../../docs/policy.schema.json", import.meta.url);
  const published = JSON.parse(fs.readFileSync(file, "utf8"));
  const validate = new Ajv({ strict: false, allErrors: true }).compile(published);

  test("is what `npm run policy:schema` writes", () => {
    expect(published).toEqual(JSON.parse(JSON.stringify(policyJsonSchema())));
  });

  test("knows every kind of rule, and what each field means", () => {
    const kinds = published.properties.rules.items.oneOf as {
      properties: Record<string, { const?: string; description?: string }>;
    }[];
    expect(kinds.map(({ properties }) => properties.rule!.const)).toEqual(RULE_KINDS.map(({ id }) => id));
    for (const { properties } of kinds)
      for (const [name, { description }] of Object.entries(properties))
        expect([name, description]).toEqual([name, expect.any(String)]);
  });

  test("takes the example, and refuses what we refuse but for what only we can tell", () => {
    expect(validate(parse(fs.readFileSync("docs/policy.example.yaml", "utf8")))).toBe(true);
    const ours = /is above|second document|needs one of|give each an id|there is no rule|2026-02-30|no YAML/;
    for (const [text, , message] of WRONG) {
      if (ours.test(message.source) || /^a: /.test(text)) continue;
      expect([text, validate(parse(text))]).toEqual([text, false]);
    }
  });
});
