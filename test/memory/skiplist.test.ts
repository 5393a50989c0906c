import { describe, expect, it } from "vitest";
import { ALLOCATORS } from "../../src/memory/allocators/index.ts";
import { Bill } from "../../src/memory/bill.ts";
import { expectNodes, zslNodeExpectation } from "../../src/memory/models/skiplist.ts";
import { redis72 } from "../../src/memory/profiles/redis-7.2.ts";

const node = zslNodeExpectation(redis72.sizes, ALLOCATORS.jemalloc);

/** Bytes of nodes of 1, 2, 3 … levels, 24 + 16 a level in jemalloc's classes, and how likely each is. */
const CLASSES = [40, 56, 80, 96, 112, 128, 160, 160];
const chance = (level: number) => 0.75 * 0.25 ** (level - 1);

describe("a skiplist's nodes", () => {
  it("take what their random levels make likely", () => {
    const mean = CLASSES.reduce((sum, bytes, i) => sum + bytes * chance(i + 1), 0);
    expect(node.mean).toBeCloseTo(mean, 1);
    expect(node.least).toBe(40);
  });

  it.each([1, 2, 3, 12, 16])("can all have one level: %d of them", (members) => {
    const bill = new Bill();
    expectNodes(bill, members, node);
    expect(members * node.mean - bill.below).toBeLessThanOrEqual(members * 40);
  });
});
