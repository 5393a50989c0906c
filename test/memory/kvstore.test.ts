import { describe, expect, it } from "vitest";
import { Bill } from "../../src/memory/bill.ts";
import type { DatabaseCounts } from "../../src/memory/profiles/index.ts";
import { redis74 } from "../../src/memory/profiles/redis-7.4.ts";
import { redis80 } from "../../src/memory/profiles/redis-8.0.ts";
import { makeTarget } from "../../src/memory/target.ts";

function tables(profile: typeof redis74, counts: DatabaseCounts, clusterEnabled = false): number {
  const bill = new Bill();
  profile.tables(makeTarget(profile, { config: { clusterEnabled } }), counts, bill);
  return bill.heapBytes;
}

/**
 * Arrays of 16384 dicts and of 16385 counts, the latter of the size class 163840, less the array of one dict.
 */
const SLOT_ARRAYS = 131072 + 163840 - 8;

describe("kvstore", () => {
  it("has a dict for all keys, made with the first of them", () => {
    expect(tables(redis74, { keys: 0, expires: 0 })).toBe(0);
    expect(tables(redis74, { keys: 5, expires: 0 })).toBe(64 + 8 * 8);
    expect(tables(redis74, { keys: 1457, expires: 43 })).toBe(2 * 64 + 8 * (2048 + 64));
  });

  it("has counts of keys by size in each dict of keys of Redis 8.0", () => {
    expect(tables(redis80, { keys: 5, expires: 1 })).toBe(2560 + 8 * 8 + 64 + 8 * 4);
  });

  it("keeps more than 16 hashes with expiring fields in buckets by time", () => {
    const extra = (profile: typeof redis74, expiringHashes: number) =>
      tables(profile, { keys: 1500, expires: 0, expiringHashes }) -
      tables(profile, { keys: 1500, expires: 0 });
    expect(extra(redis74, 16)).toBe(0);
    // Redis 8.0.6 had 7,440 bytes more than its keys and tables explain, for 1,500 hashes that expire within four months.
    expect(extra(redis80, 1500) / 7440).toBeCloseTo(1, 1);
    const other = makeTarget(redis74, { config: { clusterEnabled: true } });
    const bill = new Bill();
    redis74.tables(other, { keys: 100, expires: 0, expiringHashes: 100 }, bill);
    expect(bill.heapBytes).toBe(tables(redis74, { keys: 100, expires: 0 }, true));
  });

  it("has a dict for each slot with keys in cluster mode", () => {
    const keys = [3, 0, 9, 0];
    const expires = [0, 0, 1, 0];
    const counts = { keys: 12, expires: 1, slots: { keys, expires } };
    expect(tables(redis74, counts, true)).toBe(2 * SLOT_ARRAYS + 3 * 64 + 8 * (4 + 16 + 4));
  });

  it("takes keys to be spread evenly over the slots when nothing is said of them", () => {
    const counts = { keys: 16384 + 1000, expires: 2 };
    expect(tables(redis74, counts, true)).toBe(2 * SLOT_ARRAYS + (16384 + 2) * (64 + 32));
  });
});
