import { expect, it } from "vitest";
import { groupsOf } from "../../src/cli/file-groups.ts";

const GIB = 2 ** 30;

it("reads small files side by side, and large ones alone", () => {
  const sizes: Readonly<Record<string, number>> = {
    ...{ a: GIB / 2, b: GIB / 4, c: GIB / 4, d: 1, e: 5 * GIB, f: 1, g: GIB, "-": 0, h: 1, i: 2 },
  };
  const groups = groupsOf(Object.keys(sizes), (name) => sizes[name]!);
  expect(groups).toEqual([["a", "b", "c"], ["d"], ["e"], ["f"], ["g"], ["-"], ["h", "i"]]);
  expect(groupsOf([])).toEqual([]);
});
