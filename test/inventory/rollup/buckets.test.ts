import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expiryHourOf, sizeClassOf, sketchBucketOf } from "../../../src/inventory/rollup/buckets.ts";
import { SIZE_CLASS_BOUNDS, SKETCH_GAMMA } from "../../../src/inventory/schema.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe("a sketch bucket", () => {
  const value = fc.oneof(fc.nat(70_000), fc.nat(), fc.maxSafeInteger().map(Math.abs));

  it("tells a value within 1%", () => {
    fc.assert(
      fc.property(value, (n) => {
        const bucket = sketchBucketOf(n);
        const middle = (2 * SKETCH_GAMMA ** bucket) / (SKETCH_GAMMA + 1);
        if (n <= 1) expect(bucket).toBe(0);
        else expect(Math.abs(middle - n) / n).toBeLessThan(0.01 + 1e-9);
      }),
      { numRuns: 2000 },
    );
  });

  it("grows with the value, past the table of small ones too", () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(Math.sign(sketchBucketOf(a) - sketchBucketOf(b)) * Math.sign(a - b)).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 2000 },
    );
    expect(sketchBucketOf(65_536) - sketchBucketOf(65_535)).toBeLessThanOrEqual(1);
    expect(sketchBucketOf(Number.MAX_SAFE_INTEGER)).toBeLessThan(4096);
  });
});

describe("a size class", () => {
  it("ends with its bound", () => {
    SIZE_CLASS_BOUNDS.forEach((bound, i) => {
      expect([sizeClassOf(bound), sizeClassOf(bound + 1)]).toEqual([i, i + 1]);
    });
    expect(sizeClassOf(0)).toBe(0);
    expect(sizeClassOf(Number.MAX_SAFE_INTEGER)).toBe(SIZE_CLASS_BOUNDS.length);
  });
});

describe("expiryHourOf", () => {
  const NOW = Date.UTC(2026, 10, 1, 12, 30);

  it("is the hour within 45 days, the day within 5 years, 30 days beyond", () => {
    const sized = fc.oneof(
      fc.tuple(fc.constant(1), fc.nat(44 * DAY)),
      fc.tuple(fc.constant(24), fc.integer({ min: 46 * DAY, max: 1800 * DAY })),
      fc.tuple(fc.constant(720), fc.integer({ min: 1900 * DAY, max: 199 * 366 * DAY })),
    );
    fc.assert(
      fc.property(sized, fc.boolean(), ([step, ms], past) => {
        const at = past ? NOW - ms : NOW + ms;
        const hour = expiryHourOf(at, NOW);
        expect(Math.abs(hour % step)).toBe(0);
        expect(hour * HOUR).toBeLessThanOrEqual(at);
        expect(at).toBeLessThan((hour + step) * HOUR);
      }),
      { numRuns: 2000 },
    );
  });

  it("is bounded whatever a snapshot says", () => {
    const bound = 201 * 366 * 24;
    const now = Math.floor(NOW / HOUR);
    for (const at of [2 ** 63, -(2 ** 63), 2 ** 53, 0, -1, NOW]) {
      const hour = expiryHourOf(at, NOW);
      expect(Number.isSafeInteger(hour)).toBe(true);
      expect(Math.abs(hour - now)).toBeLessThanOrEqual(bound);
    }
  });

  it("makes few buckets of any expiries", () => {
    const hours = new Set<number>();
    for (let at = NOW - 300 * 366 * DAY; at < NOW + 300 * 366 * DAY; at += 7 * HOUR)
      hours.add(expiryHourOf(at, NOW));
    for (let at = NOW - 50 * DAY; at < NOW + 50 * DAY; at += HOUR) hours.add(expiryHourOf(at, NOW));
    expect(hours.size).toBeLessThan(12_000);
  });
});
