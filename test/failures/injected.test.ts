import fs from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toErrorRecord } from "../../src/errors.ts";
import { faultOf, newFolder, runInjected, writeSnapshot } from "./support.ts";

const root = newFolder();
const snapshot = path.join(root, "dump.rdb");
const old = path.join(root, "old.sqlite");
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

beforeAll(async () => {
  writeSnapshot(snapshot, 30_000);
  const ran = await runInjected("", ["analyze", snapshot, "-o", old, "--keys", "none", "--quiet"]);
  expect(ran).toEqual({ status: 0, signal: null, stderr: "" });
});

const DIED = /^rdbscope: a worker thread failed: /;
const NO_SPACE = /^rdbscope: cannot write the inventory in .*: no space left on the disk\n$/;
const NO_MEMORY = /^rdbscope: a worker thread ran out of memory: read with fewer/;
const FAILS = /^rdbscope: cannot (read|open|write) .*the device fails \(EIO\)\n$/;
const INTERRUPTED = /^rdbscope: interrupted\n$/;

/** Where, which call, the how manyth, how; exit status; message. */
const CASES: readonly (readonly [string, number, RegExp])[] = [
  ["split readSync 1 exit", 4, DIED],
  ["split readSync 1 uncaught", 4, DIED],
  ["read openSync 1 EIO", 4, FAILS],
  ["read readSync 1 uncaught", 4, DIED],
  ["read readSync 2 EIO", 4, FAILS],
  ["read writeSync 1 ENOSPC", 4, NO_SPACE],
  ["read writeSync 1 exit", 4, DIED],
  ["read writeSync 2 memory", 4, NO_MEMORY],
  ["read writeSync 2 bug", 5, /^rdbscope: this is a bug of rdbscope: TypeError: injected\n/],
  ["finish writeSync 1 ENOSPC", 4, NO_SPACE],
  ["finish writeSync 2 memory", 4, NO_MEMORY],
  ["finish fsyncSync 1 EIO", 4, FAILS],
  ["main renameSync 1 EIO", 4, /^rdbscope: cannot rename .*the device fails \(EIO\)\n$/],
  ["read readSync 1 interrupt", 130, INTERRUPTED],
  ["read writeSync 2 interrupt-twice", 130, /^(rdbscope: interrupted\n)?$/],
  ["finish fsyncSync 1 interrupt", 130, INTERRUPTED],
];

describe("an inventory that is there is untouched and nothing else is left, when it would be replaced and", () => {
  test.concurrent.each(CASES)("%s", async (injected, status, message) => {
    const folder = fs.mkdtempSync(path.join(root, "case-"));
    const output = path.join(folder, "inventory.sqlite");
    fs.copyFileSync(old, output);
    const ran = await runInjected(injected, ["analyze", snapshot, "-o", output, "--force", "--workers", "1"]);
    expect(ran.stderr).toMatch(message);
    expect(ran).toMatchObject({ status, signal: null });
    expect(fs.readFileSync(output).equals(fs.readFileSync(old))).toBe(true);
    expect(fs.readdirSync(folder)).toEqual(["inventory.sqlite"]);
  });
});

test("memory that a thread is not given is no bug of ours", () => {
  expect(toErrorRecord(new RangeError("Array buffer allocation failed")).name).toBe("IoError");
  expect(toErrorRecord(new RangeError("Invalid array length")).name).toBe("RangeError");
});

test("Ctrl-C while the inventory gets its name leaves a complete one", async () => {
  const folder = fs.mkdtempSync(path.join(root, "late-"));
  const output = path.join(folder, "inventory.sqlite");
  await runInjected("main linkSync 1 interrupt", ["analyze", snapshot, "-o", output, "--workers", "1"]);
  expect(faultOf(output)).toBeUndefined();
  expect(fs.readdirSync(folder)).toEqual(["inventory.sqlite"]);
});

test("Ctrl-C while room for an unpacked input is looked for leaves nothing", async () => {
  const folder = fs.mkdtempSync(path.join(root, "spool-"));
  const packed = path.join(root, "dump.rdb.gz");
  fs.writeFileSync(packed, gzipSync(fs.readFileSync(snapshot), { level: 1 }));
  const ran = await runInjected("main statfsSync 1 interrupt", ["summary", packed, "--temp-dir", folder]);
  expect(ran).toMatchObject({ status: 130, stderr: "rdbscope: interrupted\n" });
  expect(fs.readdirSync(folder)).toEqual([]);
});
