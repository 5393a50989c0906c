import { describe, expect, it } from "vitest";
import { ALLOCATORS } from "../../src/memory/allocators/index.ts";
import { vsetSize } from "../../src/memory/models/hashtable/vset.ts";
import { raxNumbersBytes } from "../../src/memory/models/rax-numbers.ts";

const { jemalloc } = ALLOCATORS;
const STRUCT_BYTES = 80;

function size(times: readonly number[]): number {
  const out = { bytes: 0, childMean: 0, childVariance: 0 };
  vsetSize(Float64Array.from(times), times.length, jemalloc, STRUCT_BYTES, out);
  return out.bytes;
}

const each = (count: number, time: (i: number) => number) => Array.from({ length: count }, (_, i) => time(i));
/** Start of a window of 8192 ms. */
const START = 8192 * 200_000_000;

/** A tree with its head, of 32 bytes. */
const tree = (keys: readonly number[]) => 32 + raxNumbersBytes(keys, keys.length, 8, jemalloc);

describe("a radix tree of 64-bit numbers", () => {
  it("has a node for the bytes that all share, one where they part, and one for each key", () => {
    // 8 characters with a child 24, the key's own node with its pointer 16.
    expect(tree([START])).toBe(32 + 24 + 16);
    // 6 characters 24; two children 24; the last character of each 16; two keys 16 each.
    expect(tree([START, START + 256])).toBe(32 + 24 + 24 + 2 * (16 + 16));
  });
});

describe("the set of a hash's expiring fields", () => {
  it("is nothing for one field and a vector for up to 127", () => {
    expect(size([])).toBe(0);
    expect(size([START])).toBe(0);
    expect(size([START, START])).toBe(24);
    expect(size(each(9, () => START))).toBe(80);
    expect(size(each(127, () => START))).toBe(1024);
  });

  it("is a radix tree of vectors by time for more", () => {
    // The vector of 127 gets the key of its last window, and is split where
    // the window changes: 64 and 63, and one more.
    const split = size(each(128, (i) => START + (i < 64 ? 0 : 16)));
    const keys = tree([START + 16, START + 32]);
    expect(split).toBe(keys + jemalloc.goodSize(8 + 8 * 64) + jemalloc.goodSize(8 + 8 * 64));
  });

  it("is a hashtable where more than 127 fields share a window", () => {
    // The vector first gets the key of its own window, then it becomes a
    // table of 16 and 32 buckets that still moves.
    expect(size(each(128, () => START))).toBe(tree([START + 16]) + STRUCT_BYTES + 64 * (16 + 32));
    expect(size(each(200, () => START))).toBe(tree([START + 16]) + STRUCT_BYTES + 64 * 32);
  });

  it("is one field a bucket when they are far apart", () => {
    const times = each(128, (i) => START + i * 8192);
    expect(size(times)).toBe(tree(times.map((time) => time + 8192)));
  });
});
