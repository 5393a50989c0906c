import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  expiryBucketHours,
  expiryBucketOf,
  idleClassOf,
  sizeClassOf,
  sketchBucketOf,
} from "../../../src/inventory/rollup/buckets.ts";
import { IDLE_BOUNDS, SIZE_CLASS_BOUNDS, SKETCH_GAMMA } from "../../../src/inventory/schema.ts";

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

describe("an idle class", () => {
  it("begins with its bound", () => {
    IDLE_BOUNDS.slice(1).forEach((bound, i) => {
      expect([idleClassOf(bound - 1), idleClassOf(bound)]).toEqual([i, i + 1]);
    });
    expect(idleClassOf(0)).toBe(0);
    expect(idleClassOf(Number.MAX_SAFE_INTEGER)).toBe(IDLE_BOUNDS.length - 1);
  });
});

describe("an expiry's bucket", () => {
  const NOW = Date.UTC(2026, 10, 1, 12, 34, 56, 789);

  it("is an hour within 45 days, a day within 5 years, 30 days beyond, and has the expiry in it", () => {
    const sized = fc.oneof(
      fc.tuple(fc.constant(1), fc.nat(45 * DAY)),
      fc.tuple(fc.constant(24), fc.integer({ min: 45 * DAY + 1, max: 1830 * DAY })),
      fc.tuple(fc.constant(720), fc.integer({ min: 1830 * DAY + 1, max: 199 * 366 * DAY })),
    );
    fc.assert(
      fc.property(sized, fc.boolean(), ([hours, ms], past) => {
        const left = past ? -ms : ms;
        const bucket = expiryBucketOf(NOW + left, NOW);
        // The very ends of a span: past ones belong to the longer bucket before it.
        if (ms % DAY !== 0) expect(expiryBucketHours(bucket)).toBe(hours);
        expect(bucket * HOUR).toBeLessThan(left);
        expect(left).toBeLessThanOrEqual((bucket + expiryBucketHours(bucket)) * HOUR);
      }),
      { numRuns: 2000 },
    );
  });

  it("begins and ends where the next one does", () => {
    const near = [0, 1080, 43920, -1080, -43920];
    for (const hours of near) {
      const before = expiryBucketOf(NOW + hours * HOUR, NOW);
      expect(before + expiryBucketHours(before)).toBe(hours);
      expect(expiryBucketOf(NOW + hours * HOUR + 1, NOW)).toBe(hours);
    }
  });

  it("is bounded whatever a snapshot says", () => {
    const bound = 201 * 366 * 24;
    for (const at of [2 ** 63, -(2 ** 63), 2 ** 53, 0, -1, NOW]) {
      const bucket = expiryBucketOf(at, NOW);
      expect(Number.isSafeInteger(bucket)).toBe(true);
      expect(Math.abs(bucket)).toBeLessThanOrEqual(bound);
    }
  });

  it("is one of few for any expiries", () => {
    const buckets = new Set<number>();
    for (let at = NOW - 300 * 366 * DAY; at < NOW + 300 * 366 * DAY; at += 7 * HOUR)
      buckets.add(expiryBucketOf(at, NOW));
    for (let at = NOW - 50 * DAY; at < NOW + 50 * DAY; at += HOUR) buckets.add(expiryBucketOf(at, NOW));
    expect(buckets.size).toBeLessThan(12_000);
  });
});
