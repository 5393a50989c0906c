import { describe, expect, it } from "vitest";
import { LAYOUT } from "../../parsers/visitor.ts";
import { ValueMeter } from "../../src/memory/meter.ts";
import { sdsHeapSize, sdsReqSize, sdsTrackedSize } from "../../src/memory/models/sds-usable.ts";
import { redis86 } from "../../src/memory/profiles/redis-8.6.ts";
import { makeTarget } from "../../src/memory/target.ts";
import { ENCODINGS } from "../../src/memory/types.ts";

const target = makeTarget(redis86);
const meter = new ValueMeter([target]);
const bill = meter.bills[0]!;
const encoder = new TextEncoder();
/** A kvobj of an empty name: 16 + 1 + 2 bytes. */
const KVOBJ = 24;

function say(...elements: string[]): void {
  for (const element of elements) {
    const buffer = encoder.encode(element);
    meter.text(buffer.length, buffer, 0);
  }
}

function value(layout: number, count: number, walk: () => void, nameBytes = 0, hasExpiry = false) {
  meter.begin(layout, count);
  walk();
  meter.end();
  meter.size(nameBytes, hasExpiry);
  return { encoding: ENCODINGS[bill.encoding]!, bytes: bill.bytes };
}

const string = (text: string, nameBytes: number, hasExpiry = false) =>
  value(LAYOUT.string, -1, () => say(text), nameBytes, hasExpiry);

describe("sds as tracked", () => {
  it.each([
    // Length, in another allocation, what it says of itself, what the allocator holds.
    [0, 2, 8, 8],
    [1, 3, 3, 8],
    [31, 33, 33, 40],
    [32, 36, 40, 40],
    [252, 256, 256, 256],
    [253, 259, 320, 320],
    [65530, 65536, 65536, 65536],
    [65531, 65541, 81920, 81920],
  ])("of %i bytes", (length, placed, said, held) => {
    expect(sdsReqSize(length)).toBe(placed);
    expect(sdsTrackedSize(length, target.allocator)).toBe(said);
    expect(sdsHeapSize(length, target.allocator)).toBe(held);
  });
});

describe("strings with their keys, as redis 8.6.3 answered", () => {
  it.each([
    ["", "x", 0, false, "embstr", 24],
    ["pppe0", "value", 5, false, "embstr", 40],
    ["pppe1", "value", 5, true, "embstr", 48],
    ["pppi1", "1234567", 5, true, "int", 32],
    ["pppf0", "x".repeat(44), 5, false, "raw", 72],
    ["pppf1", "x".repeat(44), 5, true, "raw", 80],
    ["a key of 32 bytes", "x".repeat(21), 32, false, "raw", 79],
    ["a key of 128 bytes", "x".repeat(23), 128, false, "raw", 185],
    ["a key of 128 bytes with expiry", "x".repeat(24), 128, true, "raw", 186],
    ["bitmap:1000", "x".repeat(126), 11, false, "raw", 192],
  ])("%s", (_name, text, nameBytes, hasExpiry, encoding, bytes) => {
    expect(string(text, nameBytes, hasExpiry)).toEqual({ encoding, bytes });
  });

  it("share an allocation with a key up to a cache line, whatever the expiry takes", () => {
    expect(string("x".repeat(36), 5).encoding).toBe("embstr");
    expect(string("x".repeat(37), 5).encoding).toBe("raw");
    expect(string("x".repeat(36), 5, true).encoding).toBe("embstr");
    expect(string("x".repeat(40), 0).encoding).toBe("embstr");
  });
});

describe("packed values", () => {
  it("count by their own length", () => {
    const blob = () => {
      meter.blob(100, 100);
      say("a", "b");
    };
    expect(value(LAYOUT.setListpack, -1, blob)).toEqual({ encoding: "listpack", bytes: KVOBJ + 100 });
    expect(value(LAYOUT.hashListpack, -1, blob)).toEqual({ encoding: "listpack", bytes: KVOBJ + 100 });
    expect(value(LAYOUT.zsetListpack, -1, blob)).toEqual({ encoding: "listpack", bytes: KVOBJ + 100 });
    expect(value(LAYOUT.quicklist2, -1, blob)).toEqual({ encoding: "listpack", bytes: KVOBJ + 100 });
    expect(bill.heapBytes).toBeGreaterThanOrEqual(KVOBJ + 112);
  });

  it("of a hash with field expiries hang on a structure of their own", () => {
    const walk = () => {
      meter.blob(100, 100);
      say("a", "b");
      meter.fieldExpiry(0);
    };
    expect(value(LAYOUT.hashListpackExpiry, -1, walk)).toEqual({
      encoding: "listpackex",
      bytes: KVOBJ + 24 + 100,
    });
  });
});

describe("quicklists", () => {
  it("count structures by allocation and nodes by length", () => {
    const walk = () => {
      meter.blob(8193, 8193);
      say("a", "b");
    };
    expect(value(LAYOUT.quicklist2, -1, walk)).toEqual({
      encoding: "quicklist",
      bytes: KVOBJ + 48 + 40 + 8193,
    });
  });

  it("make an element that no node may hold a plain node", () => {
    const list = (length: number) => value(LAYOUT.list, 2, () => say("a", "x".repeat(length))).bytes;
    expect(list(8192)).toBe(KVOBJ + 48 + 2 * 40 + (7 + 3) + (7 + 5 + 8192 + 2));
    expect(list(8193)).toBe(KVOBJ + 48 + 2 * 40 + (7 + 3) + 8193);
  });
});

describe("hash tables", () => {
  /** sizeof(dict), four buckets, a dictEntry a field. */
  const TABLE = 56 + 32;
  const hash = (field: string, text: string) => value(LAYOUT.hash, 1, () => say(field, text));

  it("hold a field with its value up to 128 bytes", () => {
    const embedded = hash("f", "x".repeat(121));
    expect(embedded).toEqual({ encoding: "hashtable", bytes: KVOBJ + TABLE + 24 + 3 + 125 });
    expect(hash("f", "x".repeat(122)).bytes).toBe(KVOBJ + TABLE + 24 + (3 + 1 + 1) + 8 + 128);
  });

  it("hold the expiry before the field, which then is of type 8", () => {
    const walk = () => {
      say("f", "x".repeat(65));
      meter.fieldExpiry(1_800_000_000_000);
    };
    expect(value(LAYOUT.hashExpiry, 1, walk)).toEqual({
      encoding: "hashtable",
      bytes: KVOBJ + TABLE + 24 + 16 + 5 + 69,
    });
  });

  it("with field expiries are a listpack of triplets when saved one by one and short", () => {
    const walk = () => {
      say("f", "value");
      meter.fieldExpiry(1_800_000_000_000);
      say("g", "value");
      meter.fieldExpiry(0);
    };
    expect(value(LAYOUT.hashExpiry, 2, walk)).toEqual({
      encoding: "listpackex",
      bytes: KVOBJ + 24 + 7 + (3 + 7 + 10) + (3 + 7 + 2),
    });
  });

  it("with too many fields with expiries grow on their way", () => {
    const walk = () => {
      for (let i = 0; i < 600; i++) {
        say(String(i).padStart(3, "0"), "x");
        meter.fieldExpiry(0);
      }
    };
    const { bytes } = value(LAYOUT.hashExpiry, 600, walk);
    // 512 buckets became 1024 at field 513, and 87 insertions do not move some 324 buckets.
    expect(bytes).toBe(KVOBJ + 56 + 8 * (512 + 1024) + 600 * (24 + 5 + 5));
  });
});

describe("sets and zsets", () => {
  it("count a dictEntry a member that has none", () => {
    expect(value(LAYOUT.set, 1, () => say("x".repeat(65)), 11)).toEqual({
      encoding: "hashtable",
      bytes: 224,
    });
    expect(value(LAYOUT.set, 1, () => say("x".repeat(100)), 12)).toEqual({
      encoding: "hashtable",
      bytes: 256,
    });
  });

  it("hold a zset's members in its skiplist nodes", () => {
    const walk = () => {
      say("x".repeat(100));
      meter.score(1);
    };
    const { encoding, bytes } = value(LAYOUT.zset, 1, walk);
    const base = KVOBJ + 16 + 40 + 640 + 56 + 32 + 24;
    // 16 + 16 + 104 bytes are 160; a second level makes 152 and so on: 160, 160, 192, 192, 224, …
    expect(encoding).toBe("skiplist");
    expect(bytes - base).toBeGreaterThanOrEqual(160);
    expect(bytes - base).toBeLessThan(164);
    expect(base + 160).toBeGreaterThanOrEqual(bytes - bill.below);
  });
});

describe("tables", () => {
  it("of a database hold what the keys' shares of entries leave", () => {
    const tables = meter.bills[0]!;
    tables.reset();
    redis86.tables(target, { keys: 1024, expires: 0 }, tables);
    const chained = 16 * (1024 - 1024 * (1 - (1 - 1 / 1024) ** 1024));
    expect(tables.heapBytes).toBe(2560 + 8192 + Math.round(chained - 5 * 1024));
  });

  it("of a cluster are many small ones", () => {
    const cluster = makeTarget(redis86, { config: { clusterEnabled: true } });
    const tables = meter.bills[0]!;
    tables.reset();
    redis86.tables(cluster, { keys: 1000, expires: 0 }, tables);
    const arrays = 2 * (8 * 16384 + 163840 - 8);
    expect(tables.heapBytes).toBe(arrays + 1000 * (2560 + 32) - 1000 * 5);
  });
});
