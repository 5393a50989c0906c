import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RdbError } from "../../parsers/errors.ts";
import { LzfFeed } from "../../parsers/lzf.ts";
import { Window } from "../../parsers/window.ts";
import { hex } from "../support/bytes.ts";
import { lzfCompress } from "../support/rdb-primitives.ts";
import { codeOf, windowOf } from "../support/windows.ts";

/** Expands through a window of the given size, reading `step` bytes at a time. */
function expand(packed: Uint8Array, plainBytes: number, step = 100, capacity = 20 * 1024): Buffer {
  const input = windowOf(packed);
  const feed = new LzfFeed(input);
  feed.begin(packed.length, plainBytes);
  const w = new Window(capacity);
  w.reset(feed, 0);
  const out: Buffer[] = [];
  for (let left = plainBytes; left > 0; left -= Math.min(step, left)) {
    const n = Math.min(step, left);
    w.require(n);
    out.push(Buffer.from(w.bytes.subarray(w.pos, w.pos + n)));
    w.skip(n);
  }
  feed.finish();
  expect(input.offset()).toBe(packed.length);
  return Buffer.concat(out);
}

describe("LzfFeed", () => {
  it("copies literals", () => {
    expect(expand(hex("02 61 62 63"), 3).toString()).toBe("abc");
  });

  it("copies a reference that overlaps itself", () => {
    expect(expand(hex("00 61 e0 03 00"), 13).toString()).toBe("a".repeat(13));
  });

  it("expands what a compressor wrote, through a window smaller than the text", () => {
    const texts = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 300 }),
      fc
        .array(fc.constantFrom("abc", "abcd", "x", "lorem ipsum "), { minLength: 1, maxLength: 9000 })
        .map((parts) => Buffer.from(parts.join(""))),
    );
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 9000 }), (text, step) => {
        const packed = lzfCompress(text);
        expect(expand(packed, text.length, step).equals(text)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("reaches back 8192 bytes", () => {
    const unique = Buffer.from(Array.from({ length: 8192 }, (_, i) => (i * 7919) % 251));
    const literals: Buffer[] = [];
    for (let i = 0; i < unique.length; i += 32) literals.push(Buffer.of(31), unique.subarray(i, i + 32));
    const packed = Buffer.concat([...literals, hex("3f ff")]);
    expect(expand(packed, 8195, 64).subarray(8192)).toEqual(unique.subarray(0, 3));
  });

  it.each([
    ["a reference before the beginning", "20 00", 3],
    ["literals beyond the end", "05 61", 6],
    ["data that ends early", "00 61", 2],
    ["data longer than declared", "01 61 62", 1],
    ["a length no data can have", "00 61", 1_000_000],
    ["no bytes at all", "", 0],
  ])("refuses %s", (_name, packed, plainBytes) => {
    expect(codeOf(() => expand(hex(packed), plainBytes))).toBe("BAD_LZF");
  });

  it("gives text or an RdbError for any bytes", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 3000 }),
        (packed, plainBytes) => {
          try {
            expect(expand(packed, plainBytes)).toHaveLength(plainBytes);
          } catch (error) {
            expect(error).toBeInstanceOf(RdbError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
