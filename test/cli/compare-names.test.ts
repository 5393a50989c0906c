import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { workFolder } from "../pipeline/support.ts";
import { hashValue, stringValue } from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";
import { runInside } from "./run-inside.ts";

const folder = workFolder();
const SECRET = "a secret of more than sixteen bytes";
const FIELDS = Array.from({ length: 9 }, (_, i): [string, string] => [`field${i}`, "value"]);

const writer = new RdbWriter("REDIS", 11).aux("redis-ver", "7.2.6").aux("ctime", "1750000000");
for (const name of ["visitor-anna", "visitor-bob", "visitor-carl"])
  writer.key(`site/${name}`, hashValue(FIELDS));
writer.key("the-only-one", stringValue("v"));
const file = path.join(folder, "names.rdb");
fs.writeFileSync(file, writer.end());
const secretFile = path.join(folder, "secret");
fs.writeFileSync(secretFile, SECRET);

const TARGETS = ["--target", "redis-7.2", "--target", "redis-7.2 hash-max-listpack-entries=3 name=small"];
const compared = async (...args: string[]) => {
  const { status, stdout, stderr } = await runInside(["compare", file, ...TARGETS, ...args]);
  expect([status, stderr.toString()]).toEqual([0, ""]);
  return stdout.toString();
};

test("compare tells patterns by templates", async () => {
  const [found] = JSON.parse(await compared("--template", "site/visitor-{who}", "--format", "json"));
  const patterns = (found.patterns as { pattern: string; keys: number }[]).map(({ pattern, keys }) => [
    pattern,
    keys,
  ]);
  expect(patterns).toContainEqual(["site/visitor-*", 3]);
  const { status, stderr } = await runInside(["compare", file, ...TARGETS, "--template", "plain"]);
  expect([status, stderr.toString()]).toEqual([
    2,
    "rdbscope: template plain: it has no place such as {id}\n",
  ]);
});

test.each(["table", "json", "ndjson", "csv", "markdown"])(
  "compare --hash-keys shows no name as %s",
  async (format) => {
    const plain = await compared("--format", format, "--key", "*");
    expect(plain).toMatch(/visitor-anna/);
    const hashed = await compared("--format", format, "--key", "*", "--hash-keys-secret-file", secretFile);
    expect(hashed).not.toMatch(/visitor-(?:anna|bob|carl)|the-only-one/);
  },
);

test("compare has the hashes that analyze makes of the same names", async () => {
  const inventory = path.join(folder, "hashed.sqlite");
  const secret = ["--hash-keys-secret-file", secretFile];
  expect((await runInside(["analyze", file, "-o", inventory, ...secret])).status).toBe(0);
  const rows = JSON.parse((await runInside(["bigkeys", inventory, "--format", "json"])).stdout.toString());
  const [found] = JSON.parse(await compared(...secret, "--format", "json"));
  const names = new Set((rows as { key: string }[]).map(({ key }) => key));
  expect(found.changed_keys).toHaveLength(3);
  for (const { key } of found.changed_keys) expect(names).toContain(key);
});
