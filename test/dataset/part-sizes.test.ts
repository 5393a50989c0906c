import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GROUP_ROWS, partSizes } from "../../src/dataset/part-sizes.ts";

const MOST_ROWS = 8 * GROUP_ROWS;

describe("the files of the table keys", () => {
  it("have all rows, in whole row groups, and the last ones are small", () => {
    fc.assert(
      fc.property(fc.nat(200_000_000), (rows) => {
        const sizes = partSizes(rows);
        expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(rows);
        for (const size of sizes.slice(0, -1)) expect(size % GROUP_ROWS).toBe(0);
        expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
        expect(sizes.every((size) => size > 0 && size <= MOST_ROWS)).toBe(true);
        // Whoever takes the last file ends a third of a large one behind the others at most.
        if (sizes.length > 1) expect(sizes.at(-1)).toBeLessThanOrEqual(MOST_ROWS / 3);
      }),
    );
  });

  it("are of a million rows, but for the last ones", () => {
    expect(partSizes(0)).toEqual([]);
    expect(partSizes(1)).toEqual([1]);
    expect(partSizes(MOST_ROWS)).toEqual([MOST_ROWS]);
    expect(partSizes(10_000_000).slice(0, 7)).toEqual(Array(7).fill(MOST_ROWS));
    expect(partSizes(10_000_000)).toHaveLength(14);
  });
});
