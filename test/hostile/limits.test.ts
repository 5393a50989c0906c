import { describe, expect, it } from "vitest";
import { bytesOf, le } from "../support/bytes.ts";
import { intset, listpack, ziplist } from "../support/packed.ts";
import { len, lzfCompress, str } from "../support/rdb-primitives.ts";
import { moduleId } from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";
import { readWithModel } from "./read-with-model.ts";

const HUGE = 2n ** 40n;
const MAX = 2n ** 53n - 1n;
/** No input of this table may make more than this of its few bytes. */
const MAX_HELD_BYTES = 8 * 2 ** 20;
const MAX_SIZED_BYTES = 2 ** 30;
const VECTOR_SET = len(moduleId("vectorset", 0));

/** A value of a type, whatever its bytes. */
const value = (type: number, ...parts: Uint8Array[]) =>
  new RdbWriter("REDIS", 15).raw(Buffer.of(type), str("key"), ...parts).end("off");
const opcode = (code: number, ...parts: Uint8Array[]) =>
  new RdbWriter("REDIS", 15).raw(Buffer.of(code), ...parts).end("off");
const valkey = (code: number, ...parts: Uint8Array[]) =>
  new RdbWriter("VALKEY", 81).raw(Buffer.of(code), ...parts).end("off");
const blob = (bytes: Uint8Array) => Buffer.concat([len(bytes.length), bytes]);
const patched = (bytes: Buffer, at: number, by: Uint8Array) =>
  Buffer.concat([bytes.subarray(0, at), by, bytes.subarray(at + by.length)]);

const node = listpack([1, 0, 1, "field", 0, 2, 0, 0, "value", 4]);
const stream = (length: number | bigint, ...rest: Uint8Array[]) =>
  Buffer.concat([len(1), blob(Buffer.alloc(16)), blob(node), len(length), len(1), len(1), ...rest]);
const vectorSet = (...numbers: (number | bigint)[]) =>
  Buffer.concat([VECTOR_SET, ...numbers.map((n) => Buffer.concat([len(2), len(n)]))]);

/**
 * What each input tries, its bytes, and what comes of it: how the reading ends, and damage inside its value. Where
 * elements are missing the end mark of the snapshot is read as the next one's length.
 */
const INPUTS: readonly (readonly [string, Buffer, string, string?])[] = [
  ["a string of 2^53 bytes", value(0, len(MAX)), "UNEXPECTED_EOF"],
  ["a string of 2^63 bytes", value(0, len(2n ** 63n)), "BAD_LENGTH"],
  ["a key of 2^40 bytes", opcode(0, len(HUGE)), "UNEXPECTED_EOF"],
  ["a list of 2^40 elements", value(1, len(HUGE), str("a")), "BAD_LENGTH"],
  ["a hash of 2^53 fields", value(4, len(MAX), str("a"), str("b")), "BAD_LENGTH"],
  ["a sorted set of 2^40 members", value(5, len(HUGE), str("a"), Buffer.alloc(8)), "BAD_LENGTH"],
  ["a quicklist of 2^50 nodes", value(18, len(2n ** 50n), len(2), blob(listpack(["a"]))), "BAD_LENGTH"],
  ["an array of 2^40 elements", value(28, len(HUGE), len(0), len(0), len(0), str("a")), "BAD_LENGTH"],
  [
    "LZF that says 4 GiB in 4 bytes",
    value(0, Buffer.of(0xc3), len(4), len(0xffffffff), Buffer.of(0, 65, 224, 255)),
    "rows",
    "BAD_LZF",
  ],
  [
    "LZF longer than the file",
    value(0, Buffer.of(0xc3), len(HUGE), len(HUGE), Buffer.of(0, 65)),
    "UNEXPECTED_EOF",
  ],
  [
    "an LZF key of 4 GiB",
    opcode(0, Buffer.of(0xc3), len(3), len(0xffffffff), Buffer.of(0, 65, 0), str("v")),
    "BAD_LZF",
  ],
  [
    "LZF that is as good as can be",
    value(
      0,
      Buffer.of(0xc3),
      len(92),
      len(7921),
      Buffer.of(0, 65),
      ...Array<Buffer>(30).fill(Buffer.of(224, 255, 0)),
    ),
    "rows",
  ],
  [
    "a listpack entry of 4 GiB",
    value(16, blob(patched(listpack(["abcdefgh"]), 6, Buffer.of(0xf0, 255, 255, 255, 255)))),
    "rows",
    "BAD_LISTPACK",
  ],
  [
    "a listpack that says 4 GiB",
    value(16, blob(patched(listpack(["a", "b"]), 0, le(0xffffffff, 4)))),
    "rows",
    "BAD_LISTPACK",
  ],
  [
    "a ziplist entry of 4 GiB",
    value(13, blob(patched(ziplist(["abcdefgh"]), 11, Buffer.of(0x80, 255, 255, 255, 255)))),
    "rows",
    "BAD_ZIPLIST",
  ],
  [
    "a zipmap field of 4 GiB",
    value(9, blob(Buffer.concat([Buffer.of(1, 0xfe), le(0xffffffff, 4), Buffer.of(97, 0, 0, 255)]))),
    "rows",
    "BAD_ZIPMAP",
  ],
  [
    "an intset of 2^32 members",
    value(11, blob(patched(intset([1n, 2n]), 4, le(0xffffffff, 4)))),
    "rows",
    "BAD_INTSET",
  ],
  [
    "a score of 1,500,000 characters",
    value(17, str(listpack(["m", { raw: "1".repeat(1_500_000) }]), "lzf")),
    "rows",
  ],
  ["a text score that is none", value(3, len(1), str("m"), Buffer.of(3, 97, 98, 99)), "rows", "BAD_VALUE"],
  ["a stream of 2^53 entries", value(15, stream(MAX, len(0))), "rows", "BAD_STREAM"],
  [
    "a stream node of 2^31 entries",
    value(
      15,
      len(1),
      blob(Buffer.alloc(16)),
      blob(listpack([2 ** 31, 0, 1, "f", 0])),
      len(1),
      len(1),
      len(1),
      len(0),
    ),
    "rows",
    "BAD_STREAM",
  ],
  [
    "a stream node of 2^31 fields",
    value(
      15,
      len(1),
      blob(Buffer.alloc(16)),
      blob(listpack([1, 0, 2 ** 31, "f", 0])),
      len(1),
      len(1),
      len(1),
      len(0),
    ),
    "rows",
    "BAD_LISTPACK",
  ],
  ["a stream of 2^40 groups", value(15, stream(1, len(HUGE))), "BAD_LENGTH"],
  [
    "a group with 2^40 pending entries",
    value(15, stream(1, len(1), str("group"), len(1), len(1), len(HUGE))),
    "UNEXPECTED_EOF",
  ],
  [
    "a vector set projected by 2^64 numbers",
    value(7, vectorSet(0xffffffff, 0, 2, 1, 0xffffffff), len(5), str("matrix"), len(0)),
    "rows",
  ],
  ["a vector set of 2^40 nodes", value(7, vectorSet(3, HUGE, 2, 0)), "BAD_LENGTH"],
  ["module data without an end", value(7, VECTOR_SET, len(2), len(1), len(5), len(MAX)), "UNEXPECTED_EOF"],
  ["a hash template of 2^40 names", opcode(242, len(1), len(HUGE), str("a")), "BAD_LENGTH"],
  ["an inline template of 2^40 names", value(31, len(1), len(HUGE), str("a")), "BAD_LENGTH"],
  ["a template that was never defined", value(32, len(7), str("a")), "BAD_TEMPLATE"],
  ["key metadata of 2^40 classes", opcode(243, len(HUGE), le(1, 4), len(0)), "UNEXPECTED_EOF"],
  ["a slot import of 2^52 ranges", valkey(243, str("job"), len(2n ** 52n), len(1)), "BAD_LENGTH"],
  ["an update of 10^15 arguments", valkey(242, bytesOf(`*${10 ** 15}\r\n$3\r\nset\r\n`)), "BAD_VALUE"],
  [
    "an update whose argument has 10^15 bytes",
    valkey(242, bytesOf(`*2\r\n$${10 ** 15}\r\nset\r\n`)),
    "UNEXPECTED_EOF",
  ],
  ["a database announced with 2^53 keys", opcode(251, len(MAX), len(MAX)), "rows"],
  ["an aux field of 2^40 bytes", opcode(250, str("ctime"), len(HUGE)), "UNEXPECTED_EOF"],
  [
    "a snapshot of opcodes that belong to a key, and no key",
    opcode(249, Buffer.alloc(3000, 249)),
    "UNEXPECTED_EOF",
  ],
];

describe("a small snapshot cannot make much of itself:", () => {
  it.each(INPUTS.map(([name, bytes, outcome, damage]) => ({ name, bytes, outcome, damage })))(
    "$name",
    ({ bytes, outcome, damage }) => {
      const read = readWithModel(bytes);
      expect({ outcome: read.outcome, damages: read.damages }).toEqual({
        outcome,
        damages: damage === undefined ? [] : [damage],
      });
      expect(read.heldBytes).toBeLessThan(MAX_HELD_BYTES);
      expect(read.largestBytes).toBeLessThan(MAX_SIZED_BYTES);
      expect(Number.isFinite(read.largestBytes)).toBe(true);
    },
  );
});

describe("many small things cannot either:", () => {
  const many = (count: number, make: (i: number) => Uint8Array[]) => {
    const writer = new RdbWriter("REDIS", 15);
    for (let i = 0; i < count; i++) writer.raw(...make(i));
    return readWithModel(writer.end("off"));
  };

  it("fields that expire at the ends of time, or all at once", () => {
    const times = (i: number) =>
      [2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n, -5n, 1_700_000_000_000n, BigInt(i)][i % 6]!;
    const fields = Array.from({ length: 3000 }, (_, i) => [str(`f${i}`), str("v"), le(times(i), 8)]).flat();
    const bytes = new RdbWriter("VALKEY", 80).raw(Buffer.of(22), str("key"), len(3000), ...fields).end("off");
    expect(readWithModel(bytes)).toMatchObject({ outcome: "rows", keys: 1, damages: [] });
  });

  it("damaged values are not read anew with much around them", () => {
    const read = many(2000, () => [Buffer.of(16), str("k"), blob(Buffer.from("damaged listpack"))]);
    expect(read).toMatchObject({ outcome: "rows", keys: 2000 });
    expect(read.damages).toHaveLength(2000);
    expect(read.readBytes).toBeLessThan(2000 * 32 * 1024);
  });

  it("hashes with names of their own take no window each", () => {
    const names = str(listpack(Array<string>(40).fill("same-name")), "lzf");
    const values = Array<Buffer>(40).fill(str("v"));
    const read = many(3000, () => [Buffer.of(31), str("k"), len(0), names, ...values]);
    expect(read).toMatchObject({ outcome: "rows", keys: 3000, damages: [] });
    expect(read.heldBytes).toBeLessThan(64 * 2 ** 20);
  });

  it("announced databases, module fields and libraries are listed up to a number, and counted", () => {
    const databases = many(70_000, (i) => [Buffer.of(254), len(i), Buffer.of(251, 0, 0)]);
    expect(databases.facts.databases.size).toBe(65_536);
    expect(databases.facts.unlisted.databases).toBe(70_000 - 65_536);
    const modules = many(12_000, () => [Buffer.of(247, 0, 0)]);
    expect([modules.facts.modules.length, modules.facts.unlisted.modules]).toEqual([10_000, 2000]);
    const code = str(`#!lua name=lib\n${"redis.register_function('function', f) ".repeat(500)}`, "lzf");
    const libraries = many(11_000, () => [Buffer.of(245), code]);
    const { functions, unlisted } = libraries.facts;
    expect([functions.length, unlisted.functions]).toEqual([10_000, 1000]);
    expect(functions.reduce((sum, one) => sum + one.functionNameBytes.length, 0)).toBe(100_000);
    const aux = many(300, (i) => [Buffer.of(250), str(`field-${i}`), str("x".repeat(10_000), "lzf")]);
    expect([aux.facts.aux.size, aux.facts.unlisted.aux]).toEqual([256, 44]);
    expect(aux.facts.aux.get("field-0")).toHaveLength(4096);
  });

  it("a library's name is kept as far as a name goes, without its code", () => {
    const read = many(1, () => [Buffer.of(245), str(`#!lua name=${"n".repeat(50_000)}\ncode`, "lzf")]);
    expect(read.facts.functions[0]).toMatchObject({ name: "n".repeat(256), engine: "lua" });
  });

  it("templates are known up to a number", () => {
    const read = many(2 ** 19 + 1, (i) => [Buffer.of(242), len(i), Buffer.of(1, 1, 97)]);
    expect(read.outcome).toBe("BAD_TEMPLATE");
  });

  it("compressed strings do not grow with their number", () => {
    const packed = lzfCompress(Buffer.alloc(8000));
    const one = Buffer.concat([Buffer.of(0, 1, 107, 0xc3), len(packed.length), len(8000), packed]);
    const read = many(2000, () => [one]);
    expect(read).toMatchObject({ outcome: "rows", keys: 2000 });
    expect(read.heldBytes).toBeLessThan(MAX_HELD_BYTES);
  });
});
