import { describe, expect, it } from "vitest";
import { LAYOUT } from "../../parsers/visitor.ts";
import { ALLOCATORS } from "../../src/memory/allocators/index.ts";
import { ValueMeter } from "../../src/memory/meter.ts";
import { FieldExpiries } from "../../src/memory/models/ebuckets.ts";
import { mstrRequestBytes } from "../../src/memory/models/listpack-era/mstr.ts";
import { redis74 } from "../../src/memory/profiles/redis-7.4.ts";
import { makeTarget } from "../../src/memory/target.ts";
import { ENCODINGS, EXACTNESS } from "../../src/memory/types.ts";

const NEXT_YEAR = 1_800_000_000_000;
const meter = new ValueMeter([makeTarget(redis74)]);
const bill = meter.bills[0]!;

function text(element: string): void {
  const buffer = new TextEncoder().encode(element);
  meter.text(buffer.length, buffer, 0);
}

/** Fields with their values and expiries (0: none) under a key whose name has 10 bytes. */
function hash(fields: readonly (readonly [string, string, number])[]) {
  meter.begin(LAYOUT.hashExpiry, fields.length);
  for (const [field, value, expiresAt] of fields) {
    text(field);
    text(value);
    meter.fieldExpiry(expiresAt);
  }
  meter.end();
  meter.size(10, false);
  const { bytes, heapBytes, exactness } = bill;
  return { encoding: ENCODINGS[bill.encoding]!, bytes, heapBytes, exactness };
}

const KEY = 16 + 16 + 24;

describe("mstr", () => {
  it("has a header of 1, 3 or 9 bytes, and 18 of flags and expiry when it expires", () => {
    expect([0, 31, 32, 65535, 65536].map((length) => mstrRequestBytes(length, false))).toEqual([
      2, 33, 36, 65539, 65546,
    ]);
    expect(mstrRequestBytes(5, true)).toBe(25);
  });
});

describe("hashes whose fields expire", () => {
  it("are a listpack of triples and a struct of 32 bytes while small; no expiry is an entry of 2 bytes", () => {
    // 7 bytes without entries, then 3 + 3 + 10 and 3 + 3 + 2
    const small = hash([
      ["f", "v", NEXT_YEAR],
      ["g", "v", 0],
    ]);
    expect(small).toMatchObject({ encoding: "listpackex", bytes: KEY + 32 + 32, heapBytes: KEY + 32 + 32 });
  });

  it("count the expiry of a field, but neither the dict's metadata nor what indexes the expiries", () => {
    const long = "x".repeat(65);
    const table = hash([["f", long, NEXT_YEAR]]);
    // robj and dict with 4 buckets; field 24 (18 + 3), value 80 (69), entry 24
    expect(table).toMatchObject({ encoding: "hashtable", bytes: KEY + 56 + 32 + 24 + 80 + 24 });
    // the dict has 32 bytes of metadata: 88, of the size class 96
    expect(table.heapBytes).toBe(table.bytes + 96 - 56);
    expect(table.exactness).toBe(EXACTNESS.exact);
  });

  it("are made a hash table for the pairs that are left when the first is too large", () => {
    const long = "x".repeat(65);
    const fields = Array.from({ length: 10 }, (_, i) => [`f${i}`, i === 0 ? long : "v", 0] as const);
    // 9 are left: 16 buckets at once; fields 8 (4), values 8 (3) but for the first
    expect(hash(fields).bytes).toBe(KEY + 56 + 8 * 16 + 10 * (8 + 24) + 9 * 8 + 80);
  });
});

describe("ebuckets", () => {
  const heapBytes = (times: readonly number[]): number => {
    const expiries = new FieldExpiries();
    for (const time of times) expiries.add(time);
    return expiries.heapBytes(ALLOCATORS.jemalloc);
  };
  const ascending = (count: number) => Array.from({ length: count }, (_, i) => 1000 + i);
  const RAX = 32;
  const LEAF = 16;

  it("are a list through the items themselves up to 16", () => {
    expect(heapBytes(ascending(16))).toBe(0);
  });

  it("are two buckets of 17 items: keys of 6 bytes that share 5", () => {
    const expected = RAX + 24 + 24 + 2 * (LEAF + 16);
    expect(heapBytes(ascending(17))).toBe(expected);
    expect(heapBytes(ascending(17).reverse())).toBe(expected);
  });

  it("chain segments of items of the same time", () => {
    expect(heapBytes(new Array(17).fill(NEXT_YEAR))).toBe(RAX + 24 + LEAF + 16 + 24);
    expect(heapBytes(new Array(33).fill(NEXT_YEAR))).toBe(RAX + 24 + LEAF + 16 + 2 * 24);
  });

  it("of items beyond what is followed take their share", () => {
    const some = heapBytes(ascending(8192));
    expect(heapBytes(ascending(16384))).toBe(2 * some);
  });
});
