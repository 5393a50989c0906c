import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isText } from "../../src/inventory/utf8.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

function decodes(bytes: Uint8Array): boolean {
  try {
    decoder.decode(bytes);
    return !bytes.includes(0);
  } catch {
    return false;
  }
}

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");

describe("isText", () => {
  it.each([
    ["overlong NUL", "c0 80"],
    ["overlong slash", "e0 80 af"],
    ["overlong 4 bytes", "f0 80 80 af"],
    ["surrogate", "ed a0 80"],
    ["over U+10FFFF", "f4 90 80 80"],
    ["cut short", "e2 82"],
    ["lone continuation", "61 80"],
    ["NUL", "61 00 62"],
    ["NUL behind text of two bytes", "c3 a9 00"],
  ])("refuses %s", (_name, bytes) => expect(isText(hex(bytes), hex(bytes).length)).toBe(false));

  it.each(["", "plain", "é", "€", "𝄞", "\uFEFFbom", "\uFFFF", "\u{10FFFF}"])("takes %j", (text) => {
    const bytes = Buffer.from(text);
    expect(isText(bytes, bytes.length)).toBe(true);
  });

  it("agrees with TextDecoder for any bytes", () => {
    const edge = fc.constantFrom(
      0,
      0x7f,
      0x80,
      0xbf,
      0xc1,
      0xc2,
      0xe0,
      0xed,
      0xef,
      0xf0,
      0xf4,
      0xf5,
      0xff,
      0xa0,
      0x9f,
      0x90,
      0x8f,
    );
    const piece = fc.oneof(
      fc.string({ unit: "binary", minLength: 1, maxLength: 3 }).map((s) => Buffer.from(s)),
      fc.array(edge, { minLength: 1, maxLength: 4 }).map((b) => Buffer.from(b)),
      fc.uint8Array({ maxLength: 3 }).map((b) => Buffer.from(b)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 4 }), fc.nat(3), (pieces, cut) => {
        const all = Buffer.concat(pieces);
        const length = Math.max(0, all.length - cut);
        expect(isText(all, length)).toBe(decodes(all.subarray(0, length)));
      }),
      { numRuns: 5000 },
    );
  });
});
