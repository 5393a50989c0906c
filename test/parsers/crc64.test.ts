import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Crc64 } from "../../parsers/crc64.ts";
import { LANES, MAX_LANE_BYTES } from "../../parsers/crc64-lanes.ts";
import { crc64Jones } from "../support/rdb-primitives.ts";

const crcValue = (crc: Crc64) => (BigInt(crc.high >>> 0) << 32n) | BigInt(crc.low >>> 0);

function crcOf(bytes: Uint8Array): Crc64 {
  const crc = new Crc64();
  crc.update(bytes, 0, bytes.length);
  return crc;
}

describe("Crc64", () => {
  it("gives the check value of Redis's crc64.c", () => {
    expect(crcValue(crcOf(Buffer.from("123456789")))).toBe(0xe9c6d914c4b8d9can);
  });

  it("agrees with a bit-by-bit computation", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(crcValue(crcOf(bytes))).toBe(crc64Jones(bytes));
      }),
    );
  });

  it("does not care how the bytes are cut", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (bytes, n) => {
        const at = Math.min(n, bytes.length);
        const crc = new Crc64();
        crc.update(bytes, 0, at);
        crc.update(bytes, at, bytes.length);
        expect(crcValue(crc)).toBe(crc64Jones(bytes));
      }),
    );
  });

  it("agrees with a bit-by-bit computation where the lanes take part", () => {
    const block = LANES * MAX_LANE_BYTES;
    const bytes = Uint8Array.from({ length: block * 2 + 100 }, (_, i) => Math.imul(i, 0x9e3779b1) >>> 24);
    for (const [start, end] of [
      [0, block],
      [1, block],
      [0, block - 1],
      [3, block + 4],
      [5, bytes.length],
    ] as const) {
      const crc = new Crc64();
      crc.update(bytes, 0, start);
      crc.update(bytes, start, end);
      expect(crcValue(crc), `${start} to ${end}`).toBe(crc64Jones(bytes.subarray(0, end)));
    }
  });

  it("combines the values of neighbours", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), fc.uint8Array({ maxLength: 70 }), (a, b) => {
        const crc = crcOf(a);
        const second = crcOf(b);
        crc.append(second.high, second.low, b.length);
        expect(crcValue(crc)).toBe(crc64Jones(Buffer.concat([a, b])));
      }),
    );
  });

  it("starts anew after a reset", () => {
    const crc = crcOf(Buffer.from("x"));
    crc.reset();
    expect(crcValue(crc)).toBe(0n);
  });
});
