import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { redis72 } from "../../src/memory/profiles/redis-7.2.ts";
import { makeTarget } from "../../src/memory/target.ts";
import { EXACTNESS } from "../../src/memory/types.ts";
import { type Judged, judge, sizeMatches } from "./truth.ts";

/** Snapshots with what a server answered after loading them; too large to keep here. */
const SHARED = process.env.RDBSCOPE_TRUTH ?? "/work/shared";
const SETTINGS = {
  hashMaxListpackEntries: 64,
  zsetMaxListpackValue: 32,
  setMaxIntsetEntries: 64,
  listMaxListpackSize: -1,
  listCompressDepth: 1,
};

const total = (rows: readonly Judged[], of: (row: Judged) => number): number =>
  rows.reduce((sum, row) => sum + of(row), 0);

describe.skipIf(!existsSync(`${SHARED}/truth/redis-7.2`))("what redis 7.2.6 answered", () => {
  it.each([
    ["edge", "truth", {}],
    ["realistic", "truth", {}],
    ["realistic-lfu", "truth", {}],
    ["edge", "truth-config", SETTINGS],
    ["realistic", "truth-config", SETTINGS],
  ])("%s, %s", (profile, folder, config) => {
    const rows = judge(
      `${SHARED}/truth/redis-7.2/${profile}/dump.rdb`,
      `${SHARED}/${folder}/redis-7.2/${profile}/truth.tsv.gz`,
      makeTarget(redis72, { config }),
    );
    expect(rows.length).toBeGreaterThan(4000);
    const length = (row: Judged) => (row.type === "string" ? row.largest : row.elements);
    expect(rows.filter((row) => row.type !== row.truth.type || row.encoding !== row.truth.encoding)).toEqual(
      [],
    );
    expect(rows.filter((row) => length(row) !== row.truth.length)).toEqual([]);
    expect(rows.filter((row) => row.exactness === EXACTNESS.exact && !sizeMatches(row))).toEqual([]);
    expect(
      rows.filter(({ bytes, band, truth }) => bytes < truth.min - band || bytes > truth.max + band),
    ).toEqual([]);
    const answered = total(rows, ({ truth }) => (truth.min + truth.max) / 2);
    expect(Math.abs(total(rows, (row) => row.bytes) / answered - 1)).toBeLessThan(0.001);
  });
});
