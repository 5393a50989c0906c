import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { INT8, INT16, INT32, LZF } from "../../parsers/window.ts";
import { doubleLe, hex, le } from "../support/bytes.ts";
import { type LengthForm, len } from "../support/rdb-primitives.ts";
import { codeOf, windowOf } from "../support/windows.ts";

describe("Window.length", () => {
  it.each<[LengthForm, number]>([
    ["6", 0],
    ["6", 63],
    ["14", 0],
    ["14", 64],
    ["14", 16_383],
    ["32", 5],
    ["32", 16_384],
    ["32", 0xffffffff],
    ["64", 7],
    ["64", 0x100000000],
    ["64", Number.MAX_SAFE_INTEGER],
  ])("reads the %s-bit form of %d", (form, n) => {
    const bytes = len(n, form);
    const w = windowOf(bytes);
    expect(w.length()).toBe(n);
    expect(w.offset()).toBe(bytes.length);
  });

  it("tells the special string forms apart", () => {
    const w = windowOf(hex("c0 c1 c2 c3"));
    expect([w.length(), w.length(), w.length(), w.length()]).toEqual([INT8, INT16, INT32, LZF]);
  });

  it.each(["82", "bf", "c4", "ff"])("refuses the length byte %s", (byte) => {
    expect(codeOf(() => windowOf(hex(byte)).length())).toBe("BAD_LENGTH");
  });

  it("refuses lengths that a double cannot hold", () => {
    expect(codeOf(() => windowOf(len(2n ** 53n, "64")).length())).toBe("BAD_LENGTH");
    expect(codeOf(() => windowOf(len(2n ** 64n - 1n, "64")).length())).toBe("BAD_LENGTH");
  });

  it("refuses a string form where a count is due", () => {
    expect(codeOf(() => windowOf(hex("c0 05")).count())).toBe("BAD_LENGTH");
  });

  it.each(["40", "80 00 00 00", "81 00 00 00 00 00 00 00", ""])("says that %s is cut short", (bytes) => {
    expect(codeOf(() => windowOf(hex(bytes)).length())).toBe("UNEXPECTED_EOF");
  });
});

describe("Window numbers", () => {
  it("reads little-endian integers and doubles", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.double({ noNaN: true }), fc.integer(), (wide, real, narrow) => {
        const w = windowOf(Buffer.concat([le(wide, 8), doubleLe(real), le(narrow, 4)]), 20_000, [1, 3]);
        expect([w.int64le(), w.double(), w.int32le()]).toEqual([wide, real, narrow]);
        expect(w.atEnd()).toBe(true);
      }),
    );
  });

  it("reads the integer forms with their sign", () => {
    const w = windowOf(hex("80 0080 00000080 7f ff7f"));
    expect([w.integer(INT8), w.integer(INT16), w.integer(INT32)]).toEqual([-128, -32_768, -2_147_483_648]);
    expect([w.integer(INT8), w.integer(INT16)]).toEqual([127, 32_767]);
  });
});

describe("a Window that slides", () => {
  const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 31) % 253));

  it("reads and skips the same bytes whatever the reads", () => {
    const step = fc.record({ skip: fc.boolean(), bytes: fc.integer({ min: 0, max: 9000 }) });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 30 }),
        fc.array(fc.integer({ min: 1, max: 7000 }), { minLength: 1, maxLength: 4 }),
        (steps, reads) => {
          const w = windowOf(bytes, 20 * 1024, reads);
          let at = 0;
          for (const { skip, bytes: n } of steps) {
            if (at + n > bytes.length) break;
            if (!skip) {
              w.require(n);
              expect(Buffer.from(w.bytes.subarray(w.pos, w.pos + n)).equals(bytes.subarray(at, at + n))).toBe(
                true,
              );
            }
            w.skip(n);
            at += n;
            expect(w.offset()).toBe(at);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("names the end of the bytes when it is asked for more", () => {
    const w = windowOf(hex("01 02 03"));
    expect(codeOf(() => w.skip(4))).toBe("UNEXPECTED_EOF");
    expect(codeOf(() => windowOf(hex("01 02 03")).require(4))).toBe("UNEXPECTED_EOF");
  });
});
