import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { byteString, globToRegExp } from "../../src/patterns/index.ts";
import { grouped } from "../../src/queries/groups.ts";
import { quantilesOf } from "../../src/queries/quantiles.ts";
import { parseByteRange, parseTimeRange } from "../../src/ranges.ts";

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
  const bucketOf = (value: number) => (value <= 1 ? 0 : Math.ceil(Math.log(value) / Math.log(1.02)));
  const bucketsOf = (values: readonly number[]) =>
    [...grouped(values, bucketOf)]
      .map(([bucket, all]) => ({
        bucket,
        keys: all.length,
        value_sum: all.reduce((sum, one) => sum + one, 0),
      }))
      .sort((a, b) => a.bucket - b.bucket);

  test("of one value, however often, are that value", () => {
    for (let value = 0; value < 1e12; value = Math.ceil(value * 1.01 + 1)) {
      for (const keys of [1, 3, 1000]) {
        const buckets = [{ bucket: bucketOf(value), keys, value_sum: keys * value }];
        expect(quantilesOf(buckets, value)).toEqual({ p50: value, p95: value, p99: value });
      }
    }
  });

  test("are right within 1%, but for rounding, and within what there is", () => {
    const number = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 1, max: 2 ** 40 }));
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 300 }), (values) => {
        values.sort((a, b) => a - b);
        const max = values.at(-1)!;
        const found = quantilesOf(bucketsOf(values), max)!;
        for (const [name, share] of [
          ["p50", 0.5],
          ["p95", 0.95],
          ["p99", 0.99],
        ] as const) {
          const exact = values[Math.max(1, Math.ceil(share * values.length)) - 1]!;
          expect(Math.abs(found[name] - exact)).toBeLessThanOrEqual(exact * 0.01 + 0.5);
          expect(found[name]).toBeLessThanOrEqual(max);
        }
        expect([found.p50, found.p95, found.p99]).toEqual(
          [found.p50, found.p95, found.p99].sort((a, b) => a - b),
        );
        expect(quantilesOf(bucketsOf(values.slice(0, 1)), values[0]!)!.p50).toBe(values[0]);
      }),
      { examples: [[[0, 1]], [[0, 0, 1, 1, 1]], [[0, 1, 2]]] },
    );
  });

  test("take ranks, not averages", () => {
    const values = [...Array(90).fill(1), ...Array(8).fill(50), ...Array(2).fill(2000)];
    expect(quantilesOf(bucketsOf(values), 2000)).toEqual({ p50: 1, p95: 50, p99: 2000 });
  });
});

test("ranges", () => {
  expect(parseByteRange("10K..1.5m")).toEqual({ min: 10240, max: 1572864 });
  expect(parseByteRange("..500")).toEqual({ min: 0, max: 500 });
  expect(parseTimeRange("1h..7d")).toEqual({ min: 3600, max: 604800 });
  for (const wrong of ["", "..", "5", "2..1", "a..b", "-1..2", "1..2..3"])
    expect(parseByteRange(wrong)).toBeUndefined();
});
