import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { splitArgs } from "../../src/cli/split-args.ts";
import { workFolder } from "../pipeline/support.ts";
import { stringValue } from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";
import { runInside } from "./run-inside.ts";

const folder = workFolder();
const NAMES = ["", '""', "a\u0007b", "back\\slash", Buffer.from([0xff, 0x00, 0x27, 0x41]), "plain"];

const writer = new RdbWriter("REDIS", 11).aux("redis-ver", "7.2.6").aux("ctime", "1750000000");
for (const name of NAMES) writer.key(name, stringValue("v".repeat(100)));
const file = path.join(folder, "names.rdb");
fs.writeFileSync(file, writer.end());

const ran = async (...args: string[]) => {
  const { status, stdout, stderr } = await runInside(args);
  return { status, out: stdout.toString(), err: stderr.toString() };
};

test("an empty name is seen in tables, and is empty everywhere else", async () => {
  const table = (await ran("bigkeys", file)).out;
  expect(table).toMatch(/ {2}""( |$)/m);
  expect(table).toMatch(/ {2}\\x22\\x22( |$)/m);
  expect((await ran("bigkeys", file, "--format", "markdown")).out).toContain('| `""` |');
  const rows = JSON.parse((await ran("bigkeys", file, "--format", "json")).out) as { key: unknown }[];
  expect(rows.map(({ key }) => key)).toEqual(expect.arrayContaining(["", '""']));
  const csv = (await ran("export", file, "--keys", "csv")).out.split("\r\n");
  expect(csv.filter((line) => line.includes('""""""'))).toHaveLength(1);
  expect((await ran("explain", file, "")).out).toMatch(/^key +""$/m);
});

test("a total has no name that looks empty", async () => {
  const { out } = await ran("patterns", file);
  expect(out.split("\n").filter((line) => line.startsWith("total"))[0] ?? "").not.toContain('""');
});

test.each([
  ["a\\x07b", "a\u0007b"],
  ["a\\u0007b", "a\u0007b"],
  ["back\\\\slash", "back\\slash"],
  ["\\xFF\\x00'A", Buffer.from([0xff, 0x00, 0x27, 0x41])],
])("%s, as answers show it, is no name, and the error says how to type it", async (shown, name) => {
  for (const command of ["explain", "get"]) {
    const { status, err } = await ran(command, file, shown);
    expect(status).toBe(2);
    expect(err).toMatch(/^[^\n]*; a name copied from an answer is typed in quotes of its own: '".*"'\n$/);
    // What a shell makes of the single quotes is what stands between them.
    const typed = /own: '(.*)'\n$/.exec(err)![1]!;
    expect(typed).not.toContain("'");
    expect(Buffer.from(splitArgs(typed)![0]!, "latin1")).toEqual(Buffer.from(name as Buffer));
    expect((await ran(command, file, typed)).status).toBe(0);
  }
});

test("nothing is said of escapes where a name has none", async () => {
  expect((await ran("explain", file, "plein")).err).not.toContain("copied");
});

test("a checksum that does not match is told once", async () => {
  const bytes = writer.end();
  bytes[bytes.length - 1]! ^= 1;
  const wrong = path.join(folder, "wrong.rdb");
  fs.writeFileSync(wrong, bytes);
  const inventory = path.join(folder, "wrong.sqlite");
  for (const args of [
    ["types", wrong, "--format", "json"],
    ["export", wrong, "--keys", "csv"],
    ["query", wrong, "SELECT 1"],
    ["analyze", wrong, "-o", inventory],
  ]) {
    const { status, err } = await ran(...args);
    expect([status, err.match(/checksum does not match/g)?.length]).toEqual([3, 1]);
  }
  for (const args of [
    ["explain", inventory, "plain"],
    ["types", inventory],
    ["types", inventory, "--format", "csv"],
  ]) {
    const { out, err } = await ran(...args);
    expect((out + err).match(/checksum does not match/g)).toHaveLength(1);
  }
});
