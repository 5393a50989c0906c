import { describe, expect, test } from "vitest";
import { HEADER_BYTES, readHeader } from "../../parsers/header.ts";
import { guessHeader } from "../../parsers/salvage/header.ts";
import { Random } from "../fuzz/random.ts";
import { le } from "../support/bytes.ts";
import { len, str } from "../support/rdb-primitives.ts";
import { hashPackedValue, listValue, stringValue } from "../support/rdb-values.ts";
import { type Magic, RdbWriter } from "../support/rdb-writer.ts";
import { memorySource } from "../support/read-snapshot.ts";
import { COMMANDS } from "../support/wrap.ts";
import { type SalvagedBytes, salvageBytes } from "./salvaged.ts";

const KEYS = 200;
const DAMAGED = 100;
const name = (i: number) => `user:${i}:session`;

/** A writer with fields of a server in it, as those at the beginning of every snapshot. */
function begun(magic: Magic = "REDIS", version = 11): RdbWriter {
  return new RdbWriter(magic, version).aux("redis-ver", "7.2.6").aux("ctime", "1750000000");
}

/** Adds small keys of several types; `user:i:session` from `from` to `to`. */
function withKeys(writer: RdbWriter, from = 0, to = KEYS): RdbWriter {
  for (let i = from; i < to; i++) {
    const text = `token ${i} of somebody`;
    const value =
      i % 3 === 0
        ? stringValue(text)
        : i % 3 === 1
          ? listValue([text, "b", "c"])
          : hashPackedValue(16, [["id", text]]);
    writer.key(name(i), value, i % 5 === 2 ? { expiresAtMs: 1_760_000_000_000 + i } : {});
  }
  return writer;
}

/** Where each key that was written has its record, as `SalvagedBytes.records` has it. */
function written({ rows }: RdbWriter, but: readonly string[] = []) {
  const all = rows.map(
    ({ db, key, recordOffset, serializedBytes }) =>
      [`${db}:${key.toString("latin1")}`, [recordOffset, recordOffset + serializedBytes]] as const,
  );
  return new Map(all.filter(([id]) => !but.includes(id)));
}

function patched(bytes: Buffer, at: number, by: Uint8Array): Buffer {
  const changed = Buffer.from(bytes);
  changed.set(by, at);
  return changed;
}

const rangesOf = ({ gaps }: SalvagedBytes) => gaps.map(({ start, end }) => [start, end]);
const rowOf = (writer: RdbWriter, i: number) => writer.rows.find(({ key }) => key.toString() === name(i))!;

describe("of a sound snapshot", () => {
  test("nothing is lost", () => {
    const writer = withKeys(begun());
    const salvaged = salvageBytes(writer.end());
    expect(salvaged.gaps).toEqual([]);
    expect(salvaged.records).toEqual(written(writer));
  });
});

/** A string whose length has room for a wrong one of the same form. */
const swallowing = (form: "14" | "32", wrong: number) => {
  const writer = withKeys(begun(), 0, DAMAGED);
  const text = "x".repeat(100);
  const body = Buffer.concat([len(text.length, form), Buffer.from(text)]);
  writer.key("swallower", { ...stringValue(text), body });
  const at = writer.size - body.length;
  withKeys(writer, DAMAGED);
  return { writer, bytes: patched(writer.end(), at, len(wrong, form)) };
};

describe("a length that swallows the records behind it costs its own record only:", () => {
  test.each([
    ["14", 5000],
    ["14", 101],
    ["32", 6000],
    ["32", 2 ** 31],
  ] as const)("%s bits, %i instead of 100", (form, wrong) => {
    const { writer, bytes } = swallowing(form, wrong);
    const { gaps, records } = salvageBytes(bytes);
    expect(records).toEqual(written(writer, ["0:swallower"]));
    const { recordOffset, serializedBytes } = writer.rows[DAMAGED]!;
    expect(gaps).toMatchObject([{ start: recordOffset, end: recordOffset + serializedBytes }]);
    expect(gaps[0]!.recordsAfter).toBeGreaterThan(0);
  });
});

test("a length that is too small costs the end of its value", () => {
  const { writer, bytes } = swallowing("14", 99);
  const { gaps, records } = salvageBytes(bytes);
  const { recordOffset, serializedBytes } = writer.rows[DAMAGED]!;
  const end = recordOffset + serializedBytes;
  expect(records).toEqual(written(writer).set("0:swallower", [recordOffset, end - 1]));
  expect(gaps).toMatchObject([{ start: end - 1, end }]);
});

describe("a snapshot that is cut", () => {
  const writer = withKeys(begun());
  const bytes = writer.end();

  test("exactly between two records has lost what followed", () => {
    const { recordOffset: at } = rowOf(writer, DAMAGED);
    const salvaged = salvageBytes(bytes.subarray(0, at));
    expect(rangesOf(salvaged)).toEqual([[at, at]]);
    expect(salvaged.gaps[0]).toMatchObject({ recordsAfter: 0, error: { code: "UNEXPECTED_EOF" } });
    expect([...salvaged.records]).toEqual([...written(writer)].slice(0, DAMAGED));
  });

  test("behind the one thing that is believed behind damage ends there", () => {
    const damaged = new RdbWriter("REDIS", 11).key("a", stringValue("b"));
    const { size } = damaged;
    damaged.aux("used-mem", "2644357203".repeat(9));
    const cut = damaged.size;
    const noise = new Uint8Array(size - HEADER_BYTES).fill(0xf0);
    const salvaged = salvageBytes(patched(damaged.end(), HEADER_BYTES, noise).subarray(0, cut));
    expect(rangesOf(salvaged)).toEqual([
      [HEADER_BYTES, size],
      [cut, cut],
    ]);
  });

  test("in its checksum has all keys", () => {
    const cut = bytes.length - 3;
    const salvaged = salvageBytes(bytes.subarray(0, cut));
    expect(salvaged.records).toEqual(written(writer));
    expect(rangesOf(salvaged)).toEqual([[writer.size, cut]]);
  });

  test("behind its header has none, and ends there", () => {
    const salvaged = salvageBytes(bytes.subarray(0, HEADER_BYTES));
    expect(rangesOf(salvaged)).toEqual([[HEADER_BYTES, HEADER_BYTES]]);
    expect(salvaged.records.size).toBe(0);
  });
});

describe("the number of a database that is lost", () => {
  const twoDatabases = (second: number) => {
    const writer = withKeys(begun().selectDb(0).resizeDb(DAMAGED, 0), 0, DAMAGED);
    const at = writer.size;
    withKeys(writer.selectDb(second).resizeDb(KEYS - DAMAGED, 0), DAMAGED);
    return { writer, at, bytes: writer.end() };
  };

  test("is guessed from the keys that RESIZEDB announced before", () => {
    const { writer, at, bytes } = twoDatabases(1);
    const { serializedBytes } = rowOf(writer, DAMAGED);
    // SELECTDB, RESIZEDB, and the key behind them.
    const salvaged = salvageBytes(patched(bytes, at, Buffer.alloc(10 + serializedBytes / 2, 0xee)));
    expect(salvaged.records).toEqual(written(writer, [`1:${name(DAMAGED)}`]));
    expect(salvaged.gaps).toMatchObject([{ start: at, db: 1 }]);
  });

  test("is not guessed where SELECTDB is sound", () => {
    const { writer, bytes } = twoDatabases(7);
    const { recordOffset } = rowOf(writer, DAMAGED);
    const { gaps, records } = salvageBytes(patched(bytes, recordOffset, Buffer.of(0xee)));
    expect(records.get(`7:${name(KEYS - 1)}`)).toBeDefined();
    expect(gaps.map(({ db }) => db)).toEqual([undefined]);
  });
});

describe("what looks like the number of a database", () => {
  const writer = withKeys(begun().selectDb(0).resizeDb(KEYS, 0), 0, DAMAGED);
  const at = writer.size;
  const noise = writer.raw(Buffer.alloc(20, 0xee)).size;
  withKeys(writer, DAMAGED);
  const bytes = writer.end();

  test.each([
    ["SELECTDB without RESIZEDB", Buffer.of(254, 31)],
    ["RESIZEDB without SELECTDB", Buffer.of(251, 9, 5)],
  ])("is none: %s", (_, opcode) => {
    const salvaged = salvageBytes(patched(bytes, at, opcode));
    expect(salvaged.records).toEqual(written(writer));
    expect(salvaged.gaps).toMatchObject([{ start: at, end: noise }]);
    expect(salvaged.gaps[0]!.db).toBeUndefined();
  });

  test("is one where other programs write no RESIZEDB", () => {
    const plain = withKeys(begun().selectDb(0), 0, DAMAGED);
    withKeys(plain.selectDb(31), DAMAGED);
    const salvaged = salvageBytes(plain.end());
    expect(salvaged.gaps).toEqual([]);
    expect(salvaged.records).toEqual(written(plain));
  });
});

describe("a length that swallows the beginning of a database, and ends exactly where a record begins,", () => {
  const swallower = {
    ...stringValue("x".repeat(100)),
    body: Buffer.concat([len(100, "32"), Buffer.alloc(100, "x")]),
  };
  const writer = withKeys(begun().selectDb(0).resizeDb(DAMAGED, 0), 0, DAMAGED - 11).key(
    "swallower",
    swallower,
  );
  const at = writer.size - swallower.body.length;
  withKeys(writer, DAMAGED - 10, DAMAGED);
  const second = withKeys(writer.selectDb(4).resizeDb(KEYS - DAMAGED, 0), DAMAGED);
  const bytes = second.end();

  test("is found, as the database before has more keys than RESIZEDB announced", () => {
    const { recordOffset } = rowOf(writer, DAMAGED + 20);
    const wrong = len(recordOffset - at - 5, "32");
    const salvaged = salvageBytes(patched(bytes, at, wrong));
    expect(salvaged.records).toEqual(written(writer, ["0:swallower"]));
    const { recordOffset: start } = writer.rows[DAMAGED - 11]!;
    expect(salvaged.gaps).toMatchObject([{ start, end: at + swallower.body.length }]);
  });
});

describe("damage elsewhere", () => {
  const writer = withKeys(begun().selectDb(0).resizeDb(KEYS, 0));
  const bytes = writer.end();

  test("an end in the middle is not the end", () => {
    const { recordOffset, serializedBytes } = rowOf(writer, DAMAGED);
    const salvaged = salvageBytes(patched(bytes, recordOffset, Buffer.of(255)));
    expect(salvaged.records).toEqual(written(writer, [`0:${name(DAMAGED)}`]));
    expect(rangesOf(salvaged)).toEqual([[recordOffset, recordOffset + serializedBytes]]);
  });

  test("the last byte of a packed value is no end, though a wrong length leads there", () => {
    const body = Buffer.concat([len(100, "32"), Buffer.alloc(100, "x")]);
    const swallower = withKeys(begun(), 0, DAMAGED).key("swallower", {
      ...stringValue("x".repeat(100)),
      body,
    });
    const at = swallower.size - body.length;
    const changed = withKeys(swallower, DAMAGED).end();
    const { recordOffset, serializedBytes } = rowOf(swallower, DAMAGED + 1);
    const last = recordOffset + serializedBytes - 1;
    expect(changed[last]).toBe(255);
    const salvaged = salvageBytes(patched(changed, at, len(last - at - 5, "32")));
    expect(salvaged.records).toEqual(written(swallower, ["0:swallower"]));
  });

  test("in a field of the header leaves the fields behind it", () => {
    const plain = new RdbWriter().aux("redis-ver", "7.2.6");
    const at = plain.size;
    withKeys(plain.aux("redis-bits", "64").aux("ctime", "1750000000").aux("used-mem", "1000000"));
    const { facts, records } = salvageBytes(patched(plain.end(), at, Buffer.of(0xee, 0xee)));
    expect(records).toEqual(written(plain));
    expect([facts.aux.get("redis-ver"), facts.aux.get("ctime"), facts.aux.get("used-mem")]).toEqual([
      "7.2.6",
      "1750000000",
      "1000000",
    ]);
  });

  test("at several places costs what stands there", () => {
    const lost = [20, 90, 91, 160];
    let changed = bytes;
    for (const i of lost) changed = patched(changed, rowOf(writer, i).recordOffset, Buffer.alloc(6, 0xee));
    const salvaged = salvageBytes(changed);
    const names = lost.map((i) => `0:${name(i)}`);
    expect(salvaged.records).toEqual(written(writer, names));
    expect(salvaged.gaps).toHaveLength(3);
  });

  test("in a compressed name costs that key alone", () => {
    const long = withKeys(begun(), 0, DAMAGED);
    long.key("compressed:".repeat(20), stringValue("v"), { keyForm: "lzf" });
    const { recordOffset, serializedBytes } = long.rows.at(-1)!;
    withKeys(long, DAMAGED);
    // Type, 0xc3, two lengths (one byte, two bytes), then a literal run: a back-reference to before the beginning.
    const damaged = patched(long.end(), recordOffset + 5, Buffer.of(0xff, 0xff, 0xff));
    const { records, nameless, gaps } = salvageBytes(damaged);
    expect(records).toEqual(written(long, [`0:${"compressed:".repeat(20)}`]));
    expect([...nameless, ...gaps.map(({ start, end }) => [start, end])]).toEqual([
      [recordOffset, recordOffset + serializedBytes],
    ]);
  });
});

describe("a header that is lost", () => {
  test.each([
    ["REDIS", 11],
    ["VALKEY", 80],
  ] as const)("is guessed: %s", (magic, version) => {
    const writer = begun(magic, version);
    if (magic === "VALKEY")
      for (let i = 0; i < 20; i++) {
        const fields = [str("field"), str("value"), le(1_760_000_000_000 + i, 8)];
        const body = Buffer.concat([len(1), ...fields]);
        writer.key(`expiring:${i}`, { ...stringValue("value"), typeByte: 22, body });
      }
    withKeys(writer);
    const bytes = patched(writer.end(), 0, Buffer.alloc(HEADER_BYTES, 0xee));
    expect(() => readHeader(memorySource(bytes))).toThrow(/BAD_MAGIC/);
    const header = guessHeader(memorySource(bytes));
    expect(header).toMatchObject({ family: magic.toLowerCase(), guessed: true });
    expect(salvageBytes(bytes, header).records).toEqual(written(writer));
  });

  test.each([
    ["text", Buffer.from("lorem ipsum dolor sit amet ".repeat(4000))],
    ["zeros", Buffer.alloc(100_000)],
    ["noise", new Random(1, 1).bytes(100_000)],
  ])("is not guessed of %s", (_, bytes) => {
    expect(() => guessHeader(memorySource(bytes))).toThrow(/BAD_MAGIC/);
  });
});

describe("a value of several MiB", () => {
  const big = new Random(5, 5).bytes(6 * 2 ** 20);

  test("in front of damage stays", () => {
    const writer = withKeys(begun(), 0, DAMAGED).key("archive:of:2026", stringValue(big, { form: "raw" }));
    const at = writer.size;
    const bytes = withKeys(writer, DAMAGED).end();
    const salvaged = salvageBytes(patched(bytes, at, Buffer.alloc(8, 0xee)));
    expect(salvaged.records).toEqual(written(writer, [`0:${name(DAMAGED)}`]));
  });

  test("behind damage stays", () => {
    const writer = withKeys(begun(), 0, DAMAGED);
    const at = rowOf(writer, DAMAGED - 1).recordOffset;
    writer.key("archive:of:2026", stringValue(big, { form: "raw" }));
    const bytes = withKeys(writer, DAMAGED).end();
    const salvaged = salvageBytes(patched(bytes, at, Buffer.alloc(8, 0xee)));
    expect(salvaged.records).toEqual(written(writer, [`0:${name(DAMAGED - 1)}`]));
  });

  test("whose type is damaged is stepped over, whatever it holds", () => {
    const writer = withKeys(begun(), 0, DAMAGED).key("archive:of:2026", stringValue(big, { form: "raw" }));
    const at = writer.rows.at(-1)!.recordOffset;
    const bytes = withKeys(writer, DAMAGED).end();
    const salvaged = salvageBytes(patched(bytes, at, Buffer.of(0xee)));
    expect(salvaged.records).toEqual(written(writer, ["0:archive:of:2026"]));
  });
});

describe("what only looks like records", () => {
  const inner = () => {
    const writer = begun();
    for (let i = 0; i < 50; i++) writer.key(`inner:${i}`, stringValue(`secret ${i}`));
    return writer.end();
  };

  test.each([
    ["before", DAMAGED - 1],
    ["behind", DAMAGED],
  ])("a snapshot in the value of a sound key stays a value: damage %s it", (_, damaged) => {
    const writer = withKeys(begun(), 0, DAMAGED).key("backup", stringValue(inner(), { form: "raw" }));
    const bytes = withKeys(writer, DAMAGED).end();
    const { recordOffset } = rowOf(writer, damaged);
    const { records } = salvageBytes(patched(bytes, recordOffset, Buffer.alloc(8, 0xee)));
    expect(records).toEqual(written(writer, [`0:${name(damaged)}`]));
  });

  test.each([
    ["another snapshot", inner()],
    ["commands of an AOF", Buffer.from(COMMANDS.repeat(20))],
  ])("%s behind the end is not read", (_, tail) => {
    const writer = withKeys(begun());
    const bytes = writer.end();
    expect(salvageBytes(Buffer.concat([bytes, tail]))).toMatchObject({
      gaps: [],
      records: written(writer),
      facts: { trailingBytes: tail.length },
    });
    const { recordOffset } = rowOf(writer, DAMAGED);
    const damaged = patched(bytes, recordOffset, Buffer.alloc(8, 0xee));
    const { records } = salvageBytes(Buffer.concat([damaged, tail]));
    expect(records).toEqual(written(writer, [`0:${name(DAMAGED)}`]));
  });
});

describe("names that say little are found behind damage, but for the first of them:", () => {
  const random = new Random(9, 9);
  const binary = () => stringValue(random.bytes(24), { form: "raw" });
  test.each([
    ["binary ones", () => random.bytes(16), binary],
    ["numbers", () => String(random.below(1e9)), () => stringValue(String(random.below(1e9)))],
    ["short ones", (i: number) => `k${i}`, () => stringValue(String(random.below(1e9)))],
  ])("%s", (_, nameOf: (i: number) => Buffer | string, make) => {
    const writer = withKeys(begun(), 0, DAMAGED);
    for (let i = 0; i < DAMAGED; i++) writer.key(nameOf(i), make());
    const { recordOffset } = writer.rows[DAMAGED + 10]!;
    const { records } = salvageBytes(patched(writer.end(), recordOffset, Buffer.alloc(3, 0xee)));
    const expected = written(writer);
    const names: string[] = [...expected.keys()];
    const lost = names.filter((id) => !records.has(id));
    expect(lost.length).toBeLessThanOrEqual(2);
    for (const [id, range] of records) expect(range).toEqual(new Map<string, unknown>(expected).get(id));
  });
});

describe("a hostile mebibyte behind a damaged record is bounded work:", () => {
  const MIB = 2 ** 20;
  const nearly = Buffer.from("\0\x0duser:1:object\x05valueX".repeat(MIB / 22));
  test.each([
    ["zeros", Buffer.alloc(MIB)],
    ["0x00 0x01", Buffer.alloc(MIB, Buffer.of(0, 1))],
    ["text", Buffer.alloc(MIB, "the quick brown fox jumps over the lazy dog ")],
    ["lengths of 16 KiB", Buffer.alloc(MIB, Buffer.of(0, 0x7f, 0xff))],
    ["opcodes", Buffer.alloc(MIB, Buffer.of(254, 0, 251, 1, 0))],
    ["ends", Buffer.alloc(MIB, Buffer.of(255))],
    ["noise", new Random(3, 3).bytes(MIB)],
    ["records with a byte between", nearly],
  ])("%s", (_, tail) => {
    const writer = withKeys(begun());
    const bytes = Buffer.concat([writer.end("none"), Buffer.of(0xee), tail]);
    const { records, lookedAtBytes } = salvageBytes(bytes);
    for (const [id, range] of written(writer)) expect(records.get(id), id).toEqual(range);
    expect(lookedAtBytes).toBeLessThan(2 ** 30);
  });
});
