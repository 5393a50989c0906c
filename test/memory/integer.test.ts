import { describe, expect, it } from "vitest";
import {
  integerDigits,
  integerEntryBytes,
  textIntegerEntryBytes,
  writeInteger,
} from "../../src/memory/models/integer.ts";

const EDGES = [
  0n,
  1n,
  9n,
  10n,
  99n,
  100n,
  127n,
  128n,
  4095n,
  4096n,
  9999n,
  10000n,
  32767n,
  32768n,
  8388607n,
  8388608n,
];
const POWERS = Array.from({ length: 19 }, (_, n) => 10n ** BigInt(n)).flatMap((p) => [p - 1n, p, p + 1n]);
const WIDE = [
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 32n,
  2n ** 53n,
  2n ** 53n + 1n,
  2n ** 63n - 1n,
];
const POSITIVE = [...EDGES, ...POWERS, ...WIDE];
const ALL = [...POSITIVE, ...POSITIVE.map((value) => -value), -(2n ** 63n), -(2n ** 31n) - 1n];

/** By the definition in lpEncodeIntegerGetType(), in bigints. */
function expectedEntry(value: bigint): number {
  if (value >= 0n && value <= 127n) return 2;
  const bits = [13n, 16n, 24n, 32n].findIndex((n) => value >= -(2n ** (n - 1n)) && value < 2n ** (n - 1n));
  return bits < 0 ? 10 : bits + 3;
}

const high = (value: bigint): number => Number(BigInt.asIntN(32, value >> 32n));
const low = (value: bigint): number => Number(BigInt.asIntN(32, value));

function textEntry(text: string): number {
  const buffer = new Uint8Array(64).fill(0x39);
  for (let i = 0; i < text.length; i++) buffer[7 + i] = text.charCodeAt(i);
  return textIntegerEntryBytes(text.length, buffer, 7);
}

describe("integers in listpacks", () => {
  it("have as many digits as their text", () => {
    for (const value of ALL)
      expect([value, integerDigits(high(value), low(value))]).toEqual([value, String(value).length]);
  });

  it("take the same entry as a number and as a text", () => {
    for (const value of ALL) {
      expect([value, integerEntryBytes(high(value), low(value))]).toEqual([value, expectedEntry(value)]);
      expect([value, textEntry(String(value))]).toEqual([value, expectedEntry(value)]);
    }
  });

  it("are written as their digits", () => {
    const out = new Uint8Array(32);
    for (const value of ALL) {
      const length = writeInteger(high(value), low(value), out);
      expect(String.fromCharCode(...out.subarray(0, length))).toBe(String(value));
    }
  });

  it("are not texts that would be written otherwise, or do not fit 64 bits", () => {
    const texts = [
      "",
      "-",
      "-0",
      "00",
      "007",
      "+1",
      " 1",
      "1 ",
      "1.0",
      "1e3",
      "0x1",
      "--1",
      "1-",
      "a",
      "-01",
    ];
    const large = [
      "9223372036854775808",
      "-9223372036854775809",
      "18446744073709551615",
      "99999999999999999999",
    ];
    for (const text of [...texts, ...large, "123456789012345678901", "10000000000000000000"]) {
      expect([text, textEntry(text)]).toEqual([text, 0]);
    }
  });
});
