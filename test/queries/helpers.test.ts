import { describe, expect, test } from "vitest";
import { parseByteRange, parseTimeRange } from "../../src/cli/ranges.ts";
import { byteString, globToRegExp } from "../../src/patterns/index.ts";
import { bucketMiddle, quantilesOf } from "../../src/queries/quantiles.ts";

describe("globs match as Redis's do", () => {
  test.each([
    ["*", "", true],
    ["user:*", "user:1", true],
    ["user:*", "xuser:1", false],
    ["a-b", "a-b", true],
    ["h?llo", "hello", true],
    ["h[ae]llo", "hallo", true],
    ["h[^e]llo", "hello", false],
    ["h[a-b]llo", "hbllo", true],
    ["h[b-a]llo", "hallo", true],
    ["a\\*b", "a*b", true],
    ["a\\*b", "axb", false],
    ["[abc", "b", true],
    ["{user:*}:cart", "{user:7}:cart", true],
    ["a.b", "axb", false],
    ["??", "é", true],
    ["a*\n", "ab\n", true],
  ] as const)("%j on %j: %s", (glob, key, matches) => {
    expect(globToRegExp(glob).test(byteString(key))).toBe(matches);
  });
});

describe("quantiles", () => {
  test("of every value are right within 1%, but for rounding", () => {
    for (let value = 2; value < 1e12; value = Math.ceil(value * 1.37)) {
      const bucket = Math.ceil(Math.log(value) / Math.log(1.02));
      expect(Math.abs(bucketMiddle(bucket) - value)).toBeLessThanOrEqual(value * 0.01 + 0.5);
    }
  });

  test("take ranks, not averages", () => {
    const buckets = [
      { bucket: 0, keys: 90 },
      { bucket: 200, keys: 8 },
      { bucket: 400, keys: 2 },
    ];
    expect(quantilesOf(buckets)).toEqual({ p50: 1, p95: bucketMiddle(200), p99: bucketMiddle(400) });
  });
});

test("ranges", () => {
  expect(parseByteRange("10K..1.5m")).toEqual({ min: 10240, max: 1572864 });
  expect(parseByteRange("..500")).toEqual({ min: 0, max: 500 });
  expect(parseTimeRange("1h..7d")).toEqual({ min: 3600, max: 604800 });
  for (const wrong of ["", "..", "5", "2..1", "a..b", "-1..2", "1..2..3"])
    expect(parseByteRange(wrong)).toBeUndefined();
});
