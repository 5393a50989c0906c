import fs from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newFolder, runLimited, writeSnapshot } from "./support.ts";

const root = newFolder();
const snapshot = path.join(root, "dump.rdb");
const packed = `${snapshot}.gz`;
const whole = path.join(root, "whole.sqlite");
/** `ulimit -f` counts in these (POSIX). */
const BLOCK_BYTES = 512;
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

beforeAll(async () => {
  writeSnapshot(snapshot, 30_000);
  fs.writeFileSync(packed, gzipSync(fs.readFileSync(snapshot), { level: 1 }));
  const { status } = await runLimited(1e6, ["analyze", snapshot, "-o", whole, "--workers", "1"]);
  expect(status).toBe(0);
});

const wholeBlocks = (): number => fs.statSync(whole).size / BLOCK_BYTES;
const WRITING =
  /^rdbscope: cannot write the inventory in .*: (the file is larger than .*ulimit -f, allows|disk I\/O error)\n$/;
const UNPACKING =
  /^rdbscope: cannot unpack .* into .*: the file is larger than .*; name a folder with more room/;

/** A file that may not grow stands in for a disk that is full: the same calls fail, and SQLite's too. */
test.concurrent.each([
  ["when the inventory is made", snapshot, (): number => 20, WRITING],
  ["when readers write rows", snapshot, (): number => wholeBlocks() / 2, WRITING],
  ["when SQLite writes the summaries", snapshot, (): number => wholeBlocks() - 32, WRITING],
  ["when an input is unpacked", packed, (): number => 1000, UNPACKING],
] as const)("no room %s is one line, exit 4, and nothing is left", async (_, input, blocks, message) => {
  const folder = fs.mkdtempSync(path.join(root, "case-"));
  const output = path.join(folder, "inventory.sqlite");
  const limit = Math.floor(blocks());
  const ran = await runLimited(limit, [
    "analyze",
    input,
    "-o",
    output,
    "--temp-dir",
    folder,
    "--workers",
    "1",
  ]);
  expect(ran.stderr).toMatch(message);
  expect(ran.status).toBe(4);
  expect(fs.readdirSync(folder)).toEqual([]);
});
