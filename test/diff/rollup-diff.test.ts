import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { disagreements } from "../../src/diff/mixed.ts";
import { GROUPING_NAMES, rollupDiff, rollupTotals } from "../../src/diff/rollup-diff.ts";
import { openInventory } from "../../src/inventory/open.ts";
import { snapshots } from "../../src/queries/snapshots.ts";
import { KEYS, type SmallKey, writeInventory } from "../queries/small-inventory.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-rollup-diff-"));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

let files = 0;
function sideOf(keys: readonly SmallKey[], rows = true) {
  const file = path.join(folder, `${++files}.sqlite`);
  writeInventory(file, keys, rows);
  const inventory = openInventory(file);
  afterAll(() => inventory.close());
  return snapshots(inventory).map((snapshot) => ({ inventory, snapshot, filters: {} }));
}

const LATER: readonly SmallKey[] = [
  ...KEYS.filter(({ pattern }) => pattern !== "q").map((key) =>
    key.key === "user:1" ? { ...key, bytes: 150 } : key,
  ),
  { key: "job:1", type: "list", encoding: "quicklist", pattern: "job:*", bytes: 700, elements: 2 },
];

describe("a diff of rollups", () => {
  const [old, now] = [sideOf(KEYS, false), sideOf(LATER, false)];

  it("tells what each pattern gained and lost, and which are new or vanished", () => {
    const rows = rollupDiff(old, now, "pattern");
    expect(
      rows.map(({ group, status, keys_change, bytes_change }) => [group, status, keys_change, bytes_change]),
    ).toEqual([
      ["q", "vanished", -1, -1000],
      ["job:*", "new", 1, 700],
      ["user:*", "changed", 0, 50],
      ["(binary)", "same", 0, 0],
      ["s:*", "same", 0, 0],
    ]);
    expect(rows[2]!.bytes_change_share).toBeCloseTo(50 / 5100);
    expect(rows[1]!.bytes_change_share).toBeNull();
  });

  it("mirrors itself, and says nothing changed of the same", () => {
    for (const by of GROUPING_NAMES) {
      const there = new Map(rollupDiff(old, now, by).map((row) => [row.group, row.bytes_change]));
      for (const { group, bytes_change: back } of rollupDiff(now, old, by))
        expect(there.get(group)! + back).toBe(0);
      expect(rollupDiff(old, old, by).every(({ status }) => status === "same")).toBe(true);
    }
  });

  it("adds up to the totals", () => {
    const totals = Object.fromEntries(rollupTotals(old, now).map((row) => [row.measure, row.change]));
    expect(totals).toMatchObject({ keys: 0, bytes: -250 });
    for (const by of GROUPING_NAMES.filter((name) => name !== "slot")) {
      const sum = rollupDiff(old, now, by).reduce((n, row) => n + row.bytes_change, 0);
      expect(sum, by).toBe(-250);
    }
  });

  it("finds in what inventories cannot be compared", () => {
    expect(disagreements(old, now)).toEqual([]);
    const other = now.map((scope) => ({
      ...scope,
      snapshot: { ...scope.snapshot, profile: "redis-8.0", settings: '{"a":1}', hashed_names: "ab" },
    }));
    expect(disagreements(old, other)).toEqual([
      "profile (redis-7.2, redis-8.0)",
      "settings (a: none, 1)",
      "hashed names (none, secret ab)",
    ]);
  });
});
