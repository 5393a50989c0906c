import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { splitArgs } from "../../src/cli/split-args.ts";
import { runCli } from "../cli/run-cli.ts";

/** Command lines of README.md with what they print; a line that is only "…" stands for lines left out. */
function examples(): { args: string[]; lines: string[] }[] {
  const text = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const blocks = [...text.matchAll(/^```\n\$ rdbscope ([\s\S]*?)^```/gm)].map((match) => match[1]!);
  return blocks.map((block) => {
    const quotes = (line: string) => (line.match(/"/g) ?? []).length;
    const lines = block.trimEnd().split("\n");
    const words = [lines.shift()!];
    while (quotes(words.join("\n")) % 2 === 1) words.push(lines.shift()!);
    return { args: splitArgs(words.join("\n"))!, lines: lines.filter((line) => line !== "…") };
  });
}

const found = examples();

test("README.md has examples", () => expect(found.length).toBeGreaterThanOrEqual(3));

test.each(found)("README.md shows what rdbscope $args prints", async ({ args, lines }) => {
  const { status, stdout } = await runCli(args);
  expect(status).toBe(0);
  const printed = stdout.split("\n");
  expect(lines.filter((line) => !printed.includes(line))).toEqual([]);
});
