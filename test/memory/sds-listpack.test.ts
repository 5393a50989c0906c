import { describe, expect, it } from "vitest";
import { stringEntryBytes } from "../../src/memory/models/listpack.ts";
import { scoreEntryBytes } from "../../src/memory/models/score.ts";
import { sdsRequestBytes } from "../../src/memory/models/sds.ts";

describe("sds", () => {
  it("has a header that grows with its length, and 3 bytes of it when empty", () => {
    const sizes = [0, 1, 31, 32, 255, 256, 65535, 65536, 2 ** 32 - 1, 2 ** 32];
    expect(sizes.map((length) => sdsRequestBytes(length) - length - 1)).toEqual([
      3, 1, 1, 3, 3, 5, 5, 9, 9, 17,
    ]);
  });
});

describe("listpack entries of strings", () => {
  it("grow a byte at 64, three at 4096, and with their back length", () => {
    const sizes = [0, 63, 64, 125, 126, 4095, 4096, 16377, 16378];
    expect(sizes.map((length) => stringEntryBytes(length) - length)).toEqual([2, 2, 3, 3, 4, 4, 7, 7, 8]);
  });
});

describe("listpack entries of scores", () => {
  it.each([
    [0, 2],
    [-0, 2],
    [127, 2],
    [-1, 3],
    [4096, 4],
    [2 ** 31, 10],
    [-(2 ** 31), 6],
    [2 ** 53, 10],
    [1.5, "1.5".length + 2],
    [-0.1, "-0.1".length + 2],
    [2.514159265358979, "2.514159265358979".length + 2],
    [0.000001, "0.000001".length + 2],
    [1e-7, "1e-7".length + 2],
    [1.25e-10, "1.25e-10".length + 2],
    [123456.789, "123456.789".length + 2],
    [Number.POSITIVE_INFINITY, "inf".length + 2],
    [Number.NEGATIVE_INFINITY, "-inf".length + 2],
    [1e19, "1e+19".length + 2],
    [-1.7976931348623157e308, "-1.7976931348623157e+308".length + 2],
    [5e18, "5e+18".length + 2],
    [5123456789012346000, 10],
    [12345678901234567000, "12345678901234567000".length + 2],
  ])("%d takes %d bytes", (score, bytes) => {
    expect(scoreEntryBytes(score)).toBe(bytes);
  });
});
