import { describe, expect, it } from "vitest";
import { FIRST_MODULE_KIND, MODULE_TABLE_BYTES, ModuleKinds } from "../../src/inventory/module-kinds.ts";

describe("ModuleKinds", () => {
  it("numbers modules in the order they appear, and knows them again", () => {
    const kinds = new ModuleKinds(new SharedArrayBuffer(MODULE_TABLE_BYTES));
    const ids = [
      { high: 5, low: 6 },
      { high: -5, low: 6 },
      { high: 5, low: -2_000_000_000 },
    ];
    expect(ids.map(({ high, low }) => kinds.kindOf(high, low))).toEqual(
      [0, 1, 2].map((i) => FIRST_MODULE_KIND + i),
    );
    expect(ids.map(({ high, low }) => kinds.kindOf(high, low))).toEqual(
      [0, 1, 2].map((i) => FIRST_MODULE_KIND + i),
    );
    expect(kinds.ids()).toEqual(ids);
  });

  it("is one table for all who share it", () => {
    const shared = new SharedArrayBuffer(MODULE_TABLE_BYTES);
    const one = new ModuleKinds(shared);
    const other = new ModuleKinds(shared);
    expect([one.kindOf(1, 1), other.kindOf(2, 2), one.kindOf(2, 2), other.kindOf(1, 1)]).toEqual(
      [0, 1, 1, 0].map((i) => FIRST_MODULE_KIND + i),
    );
  });

  it("never hands out more kinds than it has, and no kind to two modules but the last", () => {
    const kinds = new ModuleKinds(new SharedArrayBuffer(MODULE_TABLE_BYTES));
    const given = Array.from({ length: 600 }, (_, i) => kinds.kindOf(i, i));
    expect(new Set(given.slice(0, 512)).size).toBe(512);
    expect(new Set(given.slice(511)).size).toBe(1);
    expect(kinds.ids()).toHaveLength(512);
  });
});
