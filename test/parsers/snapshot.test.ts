import { describe, expect, it } from "vitest";
import { sampleSnapshots } from "../support/arbitrary-snapshot.ts";
import { bytesOf, hex } from "../support/bytes.ts";
import { len, str } from "../support/rdb-primitives.ts";
import * as values from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";
import { readSnapshot } from "../support/read-snapshot.ts";
import { codeOf } from "../support/windows.ts";

const PAIRS = [
  ["a", "1"],
  ["bb", "text"],
] as const;
const TEMPLATES = [29, 30, 31, 32] as const;

describe("the header", () => {
  it.each(["", "R", "REDIS", "REDIS001", "VALKEY08"])("%j is cut short or no snapshot", (text) => {
    expect(codeOf(() => readSnapshot(bytesOf(text)))).toMatch(/UNEXPECTED_EOF|BAD_MAGIC/);
  });

  it.each(["REDIS0000", "REDISabcd", "VALKEY0X1", "GARBAGE!!"])("%s is no snapshot", (text) => {
    expect(codeOf(() => readSnapshot(Buffer.concat([bytesOf(text), hex("ff0000000000000000")])))).toBe(
      "BAD_MAGIC",
    );
  });
});

describe("hash field expiries", () => {
  const fields = [
    ["f", "v", 0],
    ["g", "w", 1_900_000_000_005],
    ["h", "x", 1_900_000_000_000],
  ] as const;

  it.each([
    ["22 of Redis", "REDIS", 12, values.hashMetadataPreGaValue(fields)],
    ["22 of Valkey", "VALKEY", 80, values.valkeyHash2Value(fields)],
    ["23 of Redis", "REDIS", 12, values.hashListpackExPreGaValue(fields)],
    ["24", "REDIS", 12, values.hashMetadataValue(fields)],
    ["25", "REDIS", 12, values.hashListpackExValue(fields)],
  ] as const)("of type %s are absolute milliseconds", (_name, magic, version, value) => {
    const { rows } = readSnapshot(new RdbWriter(magic, version).key("k", value).end());
    expect(rows[0]?.fieldExpiries).toEqual([0, 1_900_000_000_005, 1_900_000_000_000]);
    expect(rows[0]?.elements).toBe(3);
  });
});

describe("hash templates", () => {
  // Layout of 31 and 32: no count before the values (rdb-format.md; a decoder that was validated against 8.10 agrees).
  it.each(TEMPLATES)("type %d takes its names from a template", (typeByte) => {
    const writer = new RdbWriter("REDIS", 15)
      .hashTemplate(7, ["a", "bb"])
      .key("k", values.hashTemplateValue(typeByte, 7, PAIRS))
      .key("after", values.stringValue("x"));
    const { rows } = readSnapshot(writer.end());
    expect(
      rows.map(({ type, elements, payloadBytes, damage }) => ({ type, elements, payloadBytes, damage })),
    ).toEqual([
      { type: "hash", elements: 2, payloadBytes: 9, damage: null },
      { type: "string", elements: null, payloadBytes: 6, damage: null },
    ]);
  });

  it("that were never defined are damage", () => {
    const bytes = new RdbWriter("REDIS", 15).key("k", values.hashTemplateValue(30, 9, PAIRS)).end();
    const code = codeOf(() => {
      const { rows } = readSnapshot(bytes);
      throw Object.assign(new Error("row"), { code: rows[0]?.damage?.split(":")[0] });
    });
    expect(code).toBe("BAD_TEMPLATE");
  });
});

describe("opcodes", () => {
  it("242 and 243 mean what the magic says", () => {
    const redis = new RdbWriter("REDIS", 15)
      .hashTemplate(1, ["f"])
      .key("k", values.stringValue("v"), { meta: [{ spec: 1, items: [{ sint: -1n }] }] });
    const valkey = new RdbWriter("VALKEY", 81)
      .slotImport("j".repeat(40), [[0, 5]])
      .key("k", values.stringValue("v"))
      .update("SET", "k", "w");
    expect(readSnapshot(redis.end()).facts.templates.slice(0, 2)).toEqual([1, 9]);
    expect(readSnapshot(valkey.end()).facts.updates).toEqual({ count: 1, keys: ["k"] });
    expect(readSnapshot(valkey.end()).facts.slotImports).toBe(1);
  });

  it("of Redis Enterprise stand before a key", () => {
    const bytes = new RdbWriter("REDIS", 12)
      .raw(Buffer.of(107), len(67))
      .raw(Buffer.of(0), str("a"), str("b"))
      .end();
    expect(readSnapshot(bytes).rows.map((row) => [row.key.toString(), row.recordOffset])).toEqual([["a", 9]]);
  });

  it("that nobody knows are named, with the byte they stand at", () => {
    const bytes = new RdbWriter("REDIS", 11).key("last", values.stringValue("v")).raw(Buffer.of(150)).end();
    expect(() => readSnapshot(bytes)).toThrow(/UNKNOWN_OPCODE.*150.*"last".*at byte 17$/);
  });

  it("behind the end are trailing bytes, as a diskless transfer leaves them", () => {
    const bytes = Buffer.concat([new RdbWriter("REDIS", 8).end("off"), Buffer.alloc(40, "f")]);
    expect(readSnapshot(bytes).facts.trailingBytes).toBe(40);
  });

  it("6 and 8 are no types that can be read", () => {
    expect(codeOf(() => readSnapshot(new RdbWriter("REDIS", 8).raw(hex("06 01 61")).end()))).toBe(
      "UNSUPPORTED_TYPE",
    );
    expect(codeOf(() => readSnapshot(new RdbWriter("REDIS", 8).raw(hex("08 01 61")).end()))).toBe(
      "UNKNOWN_TYPE",
    );
  });
});

describe("a value larger than the window", () => {
  it.each(["raw", "lzf"] as const)("of %s bytes is read through it", (form) => {
    const big = Buffer.alloc(3_000_000, "0123456789abcdef!");
    const writer = new RdbWriter("REDIS", 11)
      .key("s", values.stringValue(big, { form }))
      .key("l", values.quicklist2Value([{ plain: big }, ["x"]], { form }))
      .key("h", values.hashPackedValue(16, [["f", big]], { form }));
    const { rows, checksum } = readSnapshot(writer.end(), { windowBytes: 32 * 1024, readSizes: [4096] });
    expect(rows.map((row) => row.largestElementBytes)).toEqual([3_000_000, 3_000_000, 3_000_000]);
    expect(checksum).toBe("ok");
  });

  it("is a key's name of any length", () => {
    const name = Buffer.alloc(200_000, "name:");
    const { rows } = readSnapshot(
      new RdbWriter("REDIS", 11)
        .key(name, values.stringValue("v"), { keyForm: "lzf" })
        .key(name, values.stringValue("v"), { keyForm: "raw" })
        .end(),
      { windowBytes: 32 * 1024 },
    );
    expect(rows.map((row) => row.key.equals(name))).toEqual([true, true]);
  });
});

describe("every kind of value", () => {
  it.each(sampleSnapshots().map((snapshot) => [snapshot.magic, snapshot.version, snapshot] as const))(
    "%s %d",
    (_magic, _version, snapshot) => {
      const read = readSnapshot(snapshot.bytes);
      expect(read.rows.filter((row) => row.damage !== null)).toEqual([]);
      expect(read.rows.map(({ type, typeByte, elements }) => ({ type, typeByte, elements }))).toEqual(
        snapshot.rows.map(({ type, typeByte, elements }) => ({ type, typeByte, elements })),
      );
      expect(read.checksum).toBe(snapshot.checksum);
    },
  );
});
