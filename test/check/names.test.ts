import { createHash } from "node:crypto";
import fs from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHECK_FORMATS } from "../../src/reports/check/index.ts";
import { stringValue } from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";
import { Bench } from "./support.ts";

const bench = new Bench();
const COMMANDS = [
  "::error::x",
  "##[error]x",
  "##vso[task.complete]x",
  " ::set-output name=a::b",
  "###[group]x",
];
const LONG = [`${"long:".repeat(200_000)}a`, `${"long:".repeat(200_000)}b`];
const RULES = `  - {rule: forbidden, key: "*", description: "::set-output name=a::b ##[error]"}
  - {rule: sql, severity: warning, query: "SELECT key FROM keys"}
`;
const outputs: Record<string, string> = {};

beforeAll(async () => {
  const writer = new RdbWriter("REDIS", 11).aux("redis-ver", "7.2.6").aux("ctime", "1750000000");
  for (const name of [...COMMANDS, ...LONG]) writer.key(name, stringValue("v"));
  const file = bench.place("::error::a.rdb");
  fs.writeFileSync(file, writer.end());
  const policy = bench.policy(
    RULES,
    "waivers:\n  - {rule: sql, for: 'no ##[x]', until: 2999-01-01, reason: x}\n",
  );
  for (const format of Object.keys(CHECK_FORMATS))
    outputs[format] = (await bench.run(file, "--policy", policy, "--format", format)).stdout;
});
afterAll(() => bench.remove());

/** Lines that GitHub's runner or Azure's agent would obey, but annotations of ours. */
function commandsIn(text: string): string[] {
  const isOurs = (line: string) => /^::(?:error|warning|notice) file=/.test(line);
  return text.split("\n").filter((line) => (/^\s*::/.test(line) && !isOurs(line)) || /##\w*\[/.test(line));
}

describe("in a CI service's log", () => {
  test.each(Object.keys(CHECK_FORMATS))("%s gives no command", (format) => {
    expect(outputs[format]).toContain("error");
    expect(commandsIn(outputs[format]!)).toEqual([]);
  });

  test("what a program reads from JUnit gives none either", () => {
    const texts = [...outputs.junit!.matchAll(/"([^"]*)"|>([^<]+)</g)].map(([, value, text]) =>
      (value ?? text)!.replace(/&(?:quot|apos|lt|gt);/g, "'").replaceAll("&amp;", "&"),
    );
    expect(texts.join("\n")).toContain("- ::error::x: a forbidden key");
    expect(texts.flatMap(commandsIn)).toEqual([]);
  });

  test("JSON has the names all the same", () => {
    const { violations } = JSON.parse(outputs.json!).snapshots[0].results[0];
    expect(violations.map(({ name }: { name: string }) => name).sort()).toEqual(
      [...COMMANDS, ...LONG].sort(),
    );
  });
});

describe("a name of a megabyte", () => {
  test.each(Object.keys(CHECK_FORMATS).filter((one) => one !== "json"))(
    "is cut in %s, and told from another by a hash",
    (format) => {
      expect(outputs[format]!.length).toBeLessThan(20_000);
      for (const name of LONG) {
        const hash = createHash("sha256").update(name).digest("hex").slice(0, 8);
        expect(outputs[format]).toContain(`(${name.length} bytes, SHA-256 ${hash}…)`);
      }
    },
  );
});

test("names are code in Markdown", () => {
  expect(outputs.markdown).toContain("| ` ::set-output name=a::b` |");
  for (const line of outputs.markdown!.split("\n"))
    if (line.includes("a forbidden key")) expect(line).toMatch(/^\| `[^`]+` \|/);
});
