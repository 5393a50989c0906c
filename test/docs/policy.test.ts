import fs from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { policyJsonSchema } from "../../src/check/policy.ts";
import { RULE_KINDS } from "../../src/check/rules/index.ts";
import { CHECK_FORMATS } from "../../src/reports/check/index.ts";
import { Bench } from "../check/support.ts";
import { SAMPLE } from "../cli/run-cli.ts";

const text = fs.readFileSync(new URL("../../docs/policy.md", import.meta.url), "utf8");
const bench = new Bench();
const base = bench.place("base.json");
let rows: string;

beforeAll(async () => {
  rows = await bench.analyze("rows.sqlite", SAMPLE);
  await bench.check(rows, "- {rule: growth, max_bytes: 1}", "--update-baseline", base);
});
afterAll(() => bench.remove());

/** Sections under "Rules", by the kind that they are about. */
const sections = new Map(
  text
    .split(/^## /m)
    .find((one) => one.startsWith("Rules\n"))!
    .split(/^### /m)
    .slice(1)
    .map((one) => [one.slice(0, one.indexOf("\n")), one]),
);
const blocks = [...text.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map((match) => match[1]!);

/** A whole policy, of a block that may be rules only. */
const whole = (block: string) =>
  block.startsWith("- ") ? stringify({ version: 1, rules: parse(block) }) : block;

describe("docs/policy.md", () => {
  test("has a section for each kind of rule, in their order, with an example of each", () => {
    expect([...sections.keys()]).toEqual(RULE_KINDS.map(({ id }) => id));
    for (const [kind, section] of sections) {
      const [, block] = /^```yaml\n([\s\S]*?)^```/m.exec(section)!;
      expect(parse(block!).every(({ rule }: { rule: string }) => rule === kind)).toBe(true);
    }
  });

  test.each(blocks.map((block) => [block]))("has a policy that runs: %s", async (block) => {
    const file = bench.place("example.yaml");
    fs.writeFileSync(file, whole(block));
    const { status, stdout, stderr } = await bench.run(
      rows,
      ...["--policy", file, ...(block.includes("rule: growth") ? ["--baseline", base] : [])],
    );
    expect(stderr).toBe("");
    expect([0, 1]).toContain(status);
    expect(stdout).toMatch(/^(?:PASSED|FAILED|WARNING|WAIVED) /m);
  });

  test("names every field of every rule where it is explained", () => {
    const shared = text.slice(0, text.indexOf("\n## Rules"));
    for (const { id, fields } of RULE_KINDS) {
      const missing = Object.keys(fields).filter(
        (name) => !new RegExp(`\`${name}\`|\\b${name}:`).test(sections.get(id)! + shared),
      );
      expect([id, missing]).toEqual([id, []]);
    }
  });

  test("names every format", () => {
    for (const name of Object.keys(CHECK_FORMATS)) expect(text).toContain(`| \`${name}\` `);
  });

  test("shows wrong policies as they are told", async () => {
    const shown = [...text.matchAll(/^rdbscope: policy\.yaml:(.*)$/gm)].map((match) => match[1]!);
    const told = [];
    for (const policy of [
      "version: 1\nrules:\n  - rule: limits\n    max_bytes: 4X\n",
      "version: 1\nrules:\n  - rule: limits\n    max_bytes: 4G\n\n  - rule: ttl\n    patern: a\n    min_share: 1%\n",
    ]) {
      const file = bench.place("wrong.yaml");
      fs.writeFileSync(file, policy);
      told.push((await bench.run(rows, "--policy", file)).stderr.trim().replace(/^.*wrong\.yaml:/, ""));
    }
    expect(told).toEqual(shown);
  });

  test("is where the schema that it points to lies", () => {
    const file = /\$schema=(\S+)/.exec(fs.readFileSync("docs/policy.example.yaml", "utf8"))![1]!;
    expect(JSON.parse(fs.readFileSync(`docs/${file}`, "utf8")).title).toBe(policyJsonSchema().title);
  });
});

test("policies of docs/policy.example.yaml run on the sample", async () => {
  const { status, stdout } = await bench.run(rows, "--policy", "docs/policy.example.yaml");
  expect([status, stdout]).toEqual([0, expect.stringMatching(/1 warning, 7 passed, of 8 rules\n/)]);
});
