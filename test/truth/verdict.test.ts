import { describe, expect, it } from "vitest";
import { ItemisedBill, type Part } from "../../src/memory/bill.ts";
import { addUpFault } from "./adds-up.ts";
import type { Truth } from "./folder.ts";
import { stateOf } from "./states.ts";
import type { SizedKey } from "./walk.ts";

const PART: Part = { name: "robj", source: "createObject(), object.c, Redis 7.2.6" };

function truth(bytes: number, length: number, max = bytes): Truth {
  return { type: "hash", encoding: "hashtable", length, bytes, min: bytes, max, expiresAt: -1 };
}

function key(bytes: number, bill = new ItemisedBill(), heapBytes = bytes): SizedKey {
  const expiry = { expiringFields: false, hasExpiry: false, expiresAt: 0, lowerBound: false };
  return {
    ...expiry,
    db: 0,
    key: Buffer.from("k"),
    type: "hash",
    encoding: "hashtable",
    bytes,
    heapBytes,
    min: bytes - 10,
    max: bytes + 10,
    bill,
  };
}

describe("states", () => {
  it("are random where the servers are, and modules apart", () => {
    const names = [
      ["zset", "skiplist", "redis-4.0", "band"],
      ["hash", "hashtable", "redis-8.6", "bucket array"],
      ["hash", "hashtable", "valkey-8.0", "bucket array"],
      ["hash", "hashtable", "valkey-9.1", "band"],
      ["set", "hashtable", "redis-7.2", "deterministic"],
      ["set", "hashtable", "valkey-7.2", "deterministic"],
      ["set", "hashtable", "valkey-8.0", "band"],
      ["vectorset", "raw", "redis-8.6", "apart"],
      ["stream", "stream", "valkey-9.1", "deterministic"],
    ] as const;
    for (const [type, encoding, profile, state] of names) {
      expect([type, profile, stateOf(type, encoding, profile).name]).toEqual([type, profile, state]);
    }
  });

  it("of a dict allow one bucket array that its fields can need, and nothing else", () => {
    const { isRight } = stateOf("hash", "hashtable", "redis-7.2");
    expect(isRight(key(640), truth(640, 6))).toBe(true);
    expect(isRight(key(640), truth(608, 6))).toBe(true);
    expect(isRight(key(640), truth(500, 6, 640))).toBe(true);
    for (const off of [8, 16, 24, 48, 256])
      expect([off, isRight(key(640), truth(640 - off, 6))]).toEqual([off, false]);
  });

  it("of a band take the first answer, not the spread of several", () => {
    const { isRight } = stateOf("set", "hashtable", "valkey-9.1");
    expect([630, 650, 651].map((bytes) => isRight(key(640), truth(bytes, 6, 700)))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it("that are not random allow nothing", () => {
    const { isRight } = stateOf("set", "hashtable", "redis-7.2");
    expect([640, 641, 608].map((bytes) => isRight(key(640), truth(bytes, 6)))).toEqual([true, false, false]);
  });
});

describe("a bill", () => {
  const bill = (...lines: [number, number, number][]): ItemisedBill => {
    const made = new ItemisedBill();
    for (const line of lines) made.add(PART, ...line);
    return made;
  };

  it("adds up, rounding below nothing included", () => {
    expect(addUpFault(key(23, bill([1, 24, 24], [1, -1, 0]), 24))).toBeUndefined();
  });

  it.each([
    [key(25, bill([1, 24, 24]), 24), "24 bytes, not 25"],
    [key(24, bill([1, 24, 24]), 25), "24 bytes of the heap, not 25"],
    [key(24, bill([1, 24, 32], [1, 0, -8]), 24), "takes -8 bytes"],
    [key(24.5, bill([1, 24.5, 24]), 24), "not whole"],
  ])("does not: %#", (wrong, text) => {
    expect(addUpFault(wrong)).toContain(text);
  });
});
