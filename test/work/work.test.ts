import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RdbWriter } from "../../bench/rdb-writer.ts";
import { SHAPES } from "../../bench/shapes.ts";

/** What work grows by is told by two snapshots, so that what every run costs falls out. */
const FEW_KEYS = 200_000;
const MANY_KEYS = 1_000_000;
const MORE_KEYS = MANY_KEYS - FEW_KEYS;

const BIN = fileURLToPath(new URL("../../bin/rdbscope.js", import.meta.url));
const HOOK = new URL("count.js", import.meta.url).href;
const MIB = 2 ** 20;

/** What a run did, by what `count.js` counts; bytes as `/proc/self/io` has them. */
type Work = Readonly<Record<string, number>>;

let folder: string;
const snapshots: string[] = [];

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-work-"));
  for (const keys of [FEW_KEYS, MANY_KEYS]) {
    const file = path.join(folder, `${keys}.rdb`);
    const writer = new RdbWriter(file, 1);
    SHAPES.small!(writer, { keys });
    writer.finish();
    snapshots.push(file);
  }
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function run(node: readonly string[], args: readonly string[], env: Record<string, string> = {}): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...node, BIN, ...args, "--workers", "1"], {
    encoding: "utf8",
    env: { ...process.env, ...env },
    maxBuffer: 2 ** 26,
  });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return stdout;
}

const analyzed = (snapshot: string) => [
  "analyze",
  snapshot,
  "-o",
  `${snapshot}.sqlite`,
  "--force",
  "--quiet",
];

function workOf(args: readonly string[]): Work {
  const counts = path.join(folder, "counts");
  fs.writeFileSync(counts, "");
  run(["--import", HOOK], args, { RDBSCOPE_COUNTS: counts });
  const work: Record<string, number> = {};
  for (const line of fs.readFileSync(counts, "utf8").trim().split("\n")) {
    const [what, number = "1"] = line.split(": ");
    work[what!] = (work[what!] ?? 0) + Number(number);
  }
  return work;
}

const growth = (few: Work, many: Work, what: string) => (many[what] ?? 0) - (few[what] ?? 0);
const sizeOf = (file: string) => fs.statSync(file).size;
const grownBytes = (suffix = "") => sizeOf(snapshots[1]! + suffix) - sizeOf(snapshots[0]! + suffix);

describe.each([
  ["analyze", analyzed],
  ["analyze --keys none", (snapshot: string) => [...analyzed(snapshot), "--keys", "none"]],
  ["verify", (snapshot: string) => ["verify", snapshot]],
])("what more keys cost %s", (_, args) => {
  let few: Work;
  let many: Work;
  beforeAll(() => {
    [few, many] = snapshots.map((snapshot) => workOf(args(snapshot))) as [Work, Work];
  });

  test("every byte is read twice, by those who part the snapshot and those who read it", () => {
    const times = growth(few, many, "rchar") / grownBytes();
    expect(times).toBeGreaterThan(1.99);
    expect(times).toBeLessThan(2.01);
  });

  test("reads are of a quarter of a MiB and more", () => {
    const reads = growth(few, many, "reading") / (grownBytes() / MIB);
    expect(reads).toBeGreaterThan(0);
    expect(reads).toBeLessThan(2 * 4);
  });

  test("a few messages a chunk, none a key", () => {
    const messages = growth(few, many, "message") / (grownBytes() / MIB);
    expect(messages).toBeGreaterThan(0);
    expect(messages).toBeLessThan(10);
  });

  test("hardly an SQL statement: summaries have few more rows", () => {
    expect(growth(few, many, "statement")).toBeLessThan(100);
  });
});

test("rows are written once, in large pieces", () => {
  const [few, many] = snapshots.map((snapshot) => workOf(analyzed(snapshot))) as [Work, Work];
  const inventory = grownBytes(".sqlite");
  expect(growth(few, many, "wchar") / inventory).toBeLessThan(1.02);
  const writes = growth(few, many, "writing") / (inventory / MIB);
  expect(writes).toBeGreaterThan(0);
  expect(writes).toBeLessThan(8);
});

test("nothing is allocated a key: the heap's young generation of 1 MiB is not collected as often as that would need", () => {
  const [few, many] = snapshots.map((snapshot) => {
    const log = run(["--trace-gc", "--max-semi-space-size=1"], analyzed(snapshot));
    return log.split("\n").filter((line) => line.includes("Scavenge") && line.includes("allocation failure"))
      .length;
  }) as [number, number];
  expect(few).toBeGreaterThan(0);
  expect(((many - few) * MIB) / MORE_KEYS).toBeLessThan(80);
});
