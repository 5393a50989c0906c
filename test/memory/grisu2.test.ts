import { describe, expect, it } from "vitest";
import { grisu2 } from "../../src/memory/models/grisu2.ts";
import { scoreEntryBytes } from "../../src/memory/models/score.ts";

/** What fpconv_dtoa(), deps/fpconv of Redis 8.6.3, prints. */
const PRINTED: readonly [number, string][] = [
  [0.1, "0.1"],
  [1.5, "1.5"],
  [5e-324, "5e-324"],
  [1.7976931348623157e308, "1.7976931348623157e+308"],
  [0.04191921244974273, "0.041919212449742727"],
  [1742433031.02888, "1.7424330310288799e+9"],
  [-506644.6255605068, "-5.0664462556050683e+5"],
  [1e126, "9.999999999999999e+125"],
  [859642e15, "859641999999999900000"],
];

describe("digits of doubles", () => {
  it.each(PRINTED)("of %d are as many as the server prints", (value, text) => {
    const digits = { count: 0, scale: 0 };
    grisu2(Math.abs(value), digits);
    const significand = text
      .replace(/^-/, "")
      .replace(/e.*/, "")
      .replace(/^0\.0*/, "")
      .replace(".", "");
    expect(digits.count).toBe(significand.replace(/0+$/, "").length);
    expect(scoreEntryBytes(value)).toBe(text.length + 2);
  });

  it("are the shortest ones for numbers of few digits", () => {
    const digits = { count: 0, scale: 0 };
    for (let cents = 1; cents < 100_000; cents += 71) {
      const fewest = String(cents).replace(/0+$/, "");
      grisu2(cents / 100, digits);
      expect([cents, digits.count]).toEqual([cents, fewest.length]);
      expect(digits.scale).toBe(String(cents).length - fewest.length - 2);
    }
  });
});
