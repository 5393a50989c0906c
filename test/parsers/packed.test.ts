import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RdbError } from "../../parsers/errors.ts";
import { walkIntset } from "../../parsers/intset.ts";
import { ListpackReader } from "../../parsers/listpack.ts";
import type { ValueVisitor } from "../../parsers/visitor.ts";
import type { Window } from "../../parsers/window.ts";
import { walkZiplist } from "../../parsers/ziplist.ts";
import { walkZipmap } from "../../parsers/zipmap.ts";
import { textArbitrary } from "../support/arbitrary-snapshot.ts";
import { hex } from "../support/bytes.ts";
import { intset, listpack, ziplist, zipmap } from "../support/packed.ts";
import { codeOf, collector, windowOf } from "../support/windows.ts";

function walkListpack(w: Window, bytes: number, visitor: ValueVisitor): void {
  const reader = new ListpackReader();
  reader.begin(w, bytes);
  while (reader.more()) reader.report(visitor);
}

type Walk = (w: Window, bytes: number, visitor: ValueVisitor) => void;

function walk(how: Walk, blob: Uint8Array, readSizes: readonly number[] = []) {
  const { visitor, elements, sizes } = collector();
  const w = windowOf(blob, 20 * 1024, readSizes);
  how(w, blob.length, visitor);
  expect(w.offset()).toBe(blob.length);
  return { elements, sizes };
}

const shown = (texts: readonly Buffer[]) => texts.map((text) => text.subarray(0, 256).toString("latin1"));
const lengths = (texts: readonly Buffer[]) => texts.map((text) => text.length);
const texts = fc.array(textArbitrary, { maxLength: 12 });
const edges = [
  "0",
  "12",
  "13",
  "127",
  "128",
  "-1",
  "-128",
  "-129",
  "4095",
  "4096",
  "-4096",
  "-4097",
  "32767",
  "32768",
  "-32769",
  "8388607",
  "8388608",
  "-8388609",
  "2147483647",
  "2147483648",
  "-2147483649",
  "9223372036854775807",
  "-9223372036854775808",
].map((s) => Buffer.from(s));
const KINDS: readonly [string, Walk, (list: Buffer[]) => Buffer][] = [
  ["listpack", walkListpack, (list) => listpack(list)],
  ["ziplist", walkZiplist, (list) => ziplist(list)],
];

describe.each(KINDS)("%s", (name, how, encode) => {
  const code = `BAD_${name.toUpperCase()}`;

  it("gives integers at every width's edge", () => {
    expect(walk(how, encode(edges)).elements).toEqual(edges.map(String));
  });

  it("gives what was written, whatever the reads", () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 3000 }), (list, read) => {
        const found = walk(how, encode(list), [read]);
        expect(found.elements).toEqual(shown(list));
        expect(found.sizes).toEqual(lengths(list));
      }),
    );
  });

  it("holds an element larger than the window", () => {
    const list = [Buffer.alloc(70_000, "x"), Buffer.from("end")];
    expect(walk(how, encode(list)).sizes).toEqual([70_000, 3]);
  });

  it.each([16_370, 16_376, 16_377, 16_378, 16_379, 16_380, 16_381, 16_382, 16_383, 16_384])(
    "steps over a text of %d bytes",
    (n) => {
      expect(walk(how, encode([Buffer.alloc(n, "y"), Buffer.from("1")])).sizes).toEqual([n, 1]);
    },
  );

  it("refuses a length that is not its own, a wrong count, a missing end", () => {
    const blob = encode([Buffer.from("abc"), Buffer.from("7")]);
    const total = Buffer.from(blob);
    total[0]!++;
    const end = Buffer.from(blob);
    end[end.length - 1] = 0;
    const count = Buffer.from(blob);
    count[name === "listpack" ? 4 : 8]!++;
    for (const bad of [total, end, count, Buffer.alloc(3)]) expect(codeOf(() => walk(how, bad))).toBe(code);
  });

  it("gives elements or an RdbError when bytes change", () => {
    fc.assert(
      fc.property(
        texts,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (list, changes) => {
          const blob = Buffer.from(encode(list));
          for (const [at, byte] of changes) blob[at % blob.length] = byte;
          try {
            walk(how, blob);
          } catch (error) {
            expect(error).toBeInstanceOf(RdbError);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe("listpack", () => {
  it("of unknown count is read to its end", () => {
    const list = ["a", "b", "3"].map((s) => Buffer.from(s));
    expect(walk(walkListpack, listpack(list, 65_535)).elements).toEqual(["a", "b", "3"]);
  });

  it("is the bytes that Redis writes for [a, 1, -1]", () => {
    expect(walk(walkListpack, hex("0f000000 0300 8161 02 01 01 dfff 02 ff")).elements).toEqual([
      "a",
      "1",
      "-1",
    ]);
  });

  const longTexts = [122, 123, 4093, 16_377, 16_378, 16_379, 2_097_145, 2_097_146, 2_097_147];

  it.each(longTexts)("goes on behind a text of %d bytes, whoever wrote it", (bytes) => {
    for (const fits of [false, true]) {
      const blob = listpack([Buffer.alloc(bytes, "x"), "b", 7], 3, fits);
      expect(walk(walkListpack, blob).sizes).toEqual([bytes, 1, 1]);
    }
  });

  it("may end with a text whose back length just fits", () => {
    for (const fits of [false, true]) {
      const blob = listpack(["a", Buffer.alloc(16_378, 0)], 2, fits);
      expect(blob.length).toBe(7 + 3 + 16_383 + (fits ? 2 : 3));
      expect(walk(walkListpack, blob).sizes).toEqual([1, 16_378]);
    }
  });
});

describe("zipmap", () => {
  const pairs = fc.uniqueArray(fc.tuple(textArbitrary, textArbitrary), {
    maxLength: 6,
    selector: ([f]) => f.toString("latin1"),
  });

  it("gives fields and values and no slack bytes", () => {
    fc.assert(
      fc.property(pairs, fc.nat(4), (list, free) => {
        const found = walk(walkZipmap, zipmap(list, free));
        expect(found.elements).toEqual(shown(list.flat()));
        expect(found.sizes).toEqual(lengths(list.flat()));
      }),
    );
  });

  it("refuses one that is cut short or goes on too long", () => {
    const blob = zipmap([["f", "v"]]);
    expect(codeOf(() => walk(walkZipmap, blob.subarray(0, -1)))).toMatch(/BAD_ZIPMAP|UNEXPECTED_EOF/);
    expect(codeOf(() => walk(walkZipmap, Buffer.concat([blob, hex("00")])))).toBe("BAD_ZIPMAP");
  });
});

describe("intset", () => {
  it.each<[2 | 4 | 8, bigint]>([
    [2, 15n],
    [4, 31n],
    [8, 63n],
  ])("of %d-byte integers", (width, bits) => {
    const members = fc.uniqueArray(fc.bigInt({ min: -(2n ** bits), max: 2n ** bits - 1n }), {
      maxLength: 10,
    });
    fc.assert(
      fc.property(members, (list) => {
        const sorted = [...list].sort((a, b) => (a < b ? -1 : 1));
        expect(walk(walkIntset, intset(list, width)).elements).toEqual(sorted.map(String));
      }),
    );
  });

  it.each(["03000000 01000000 010203", "02000000 02000000 0100", "02000000 00", "02000000 00000000 00"])(
    "refuses %s",
    (blob) => {
      expect(codeOf(() => walk(walkIntset, hex(blob)))).toBe("BAD_INTSET");
    },
  );
});
