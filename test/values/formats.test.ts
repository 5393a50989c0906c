import { beforeAll, describe, expect, it } from "vitest";
import { workFolder } from "../pipeline/support.ts";
import { forbiddenIn } from "../support/hostile-names.ts";
import { crc64Jones } from "../support/rdb-primitives.ts";
import * as v from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";
import { exported, fileOf, readCommands } from "./support.ts";

const folder = workFolder();
const BINARY = Buffer.from([0xff, 0x00, 0x0d, 0x0a]);
const WHEN = 1_900_000_000_123;

type Line = {
  key: unknown;
  type: string;
  value: unknown;
  field_expires_at?: unknown;
  expires_at: number | null;
};

async function linesOf(w: RdbWriter): Promise<Line[]> {
  const { bytes } = await exported(fileOf(folder, w.end()), "ndjson");
  return bytes
    .toString()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

const TEXTS = ["a", "-17", "70000", "é", "x".repeat(300), "9223372036854775807"];
const PAIRS = [
  ["f", "1"],
  ["g", "two"],
  ["h", "-9000000000"],
] as const;
const SCORES = [
  ["m", 1.5],
  ["n", -0.1],
  ["o", 1e300],
  ["p", 3],
] as const;
const asObject = (pairs: readonly (readonly [string, unknown])[]) => Object.fromEntries(pairs);

const KINDS: readonly (readonly [string, v.Value, unknown])[] = [
  ["string", v.stringValue("hello"), "hello"],
  ["integer string", v.stringValue("-12345"), "-12345"],
  ["compressed string", v.stringValue("abc".repeat(500), { form: "lzf" }), "abc".repeat(500)],
  ["list", v.listValue(TEXTS), TEXTS],
  ["ziplist list", v.listZiplistValue(TEXTS), TEXTS],
  ["quicklist", v.quicklistValue([TEXTS, ["z"]], { form: "lzf" }), [...TEXTS, "z"]],
  ["quicklist 2", v.quicklist2Value([TEXTS, { plain: "p".repeat(9000) }]), [...TEXTS, "p".repeat(9000)]],
  ["set", v.setValue(TEXTS), TEXTS],
  ["listpack set", v.setListpackValue(TEXTS), TEXTS],
  ["intset", v.intsetValue([-3n, 5n, 9000000000n]), ["-3", "5", "9000000000"]],
  ["hash", v.hashValue(PAIRS), asObject(PAIRS)],
  ["zipmap", v.zipmapValue(PAIRS), asObject(PAIRS)],
  ["ziplist hash", v.hashPackedValue(13, PAIRS), asObject(PAIRS)],
  ["listpack hash", v.hashPackedValue(16, PAIRS), asObject(PAIRS)],
  ["template hash, packed", v.hashTemplateValue(29, 0, PAIRS), asObject(PAIRS)],
  ["template hash, names apart", v.hashTemplateValue(31, 0, PAIRS, { packedNames: false }), asObject(PAIRS)],
  ["zset", v.zsetValue(SCORES), asObject(SCORES)],
  ["zset 2", v.zset2Value(SCORES), asObject(SCORES)],
  ["ziplist zset", v.zsetPackedValue(12, SCORES), asObject(SCORES)],
  ["listpack zset", v.zsetPackedValue(17, SCORES), asObject(SCORES)],
  [
    "array",
    v.arrayValue([
      { index: 0, text: "a" },
      { index: 70, integer: -5n },
      { index: 2 ** 40, float: 2.5 },
    ]),
    { 0: "a", 70: "-5", [2 ** 40]: "2.5" },
  ],
  ["rate limiter", v.gcraValue(5n), null],
];

describe("values in JSON", () => {
  let values: Map<unknown, unknown>;
  beforeAll(async () => {
    const w = new RdbWriter("REDIS", 15);
    for (const [name, value] of KINDS) w.key(name, value);
    values = new Map((await linesOf(w)).map(({ key, value }) => [key, value]));
  });

  it.each(KINDS)("%s", (name, _, expected) => expect(values.get(name)).toEqual(expected));

  it("of a hash whose names stand in a template of the snapshot", async () => {
    const w = new RdbWriter("REDIS", 15).hashTemplate(7, ["f", "g", "h"]);
    w.key("a", v.hashTemplateValue(30, 7, PAIRS)).key("b", v.hashTemplateValue(32, 7, PAIRS));
    expect((await linesOf(w)).map(({ value }) => value)).toEqual([asObject(PAIRS), asObject(PAIRS)]);
  });

  it("bytes that are no text are base64, as names too", async () => {
    const pairs = [
      [BINARY, BINARY],
      ["base64:x", "base64:x"],
    ] as const;
    const w = new RdbWriter("REDIS", 11).key(BINARY, v.hashValue(pairs));
    const [line] = await linesOf(w);
    const base64 = BINARY.toString("base64");
    expect(line).toMatchObject({ key: { base64 }, type: "hash" });
    expect(line!.value).toEqual({
      [`base64:${base64}`]: { base64 },
      [`base64:${Buffer.from("base64:x").toString("base64")}`]: "base64:x",
    });
  });

  it("what a terminal would obey is escaped, and comes back", async () => {
    const text = '\x1b[31m"\\\u202e\u2028\n';
    const { bytes } = await exported(
      fileOf(folder, new RdbWriter("REDIS", 11).key(text, v.stringValue(text)).end()),
      "ndjson",
    );
    expect(forbiddenIn(bytes)).toEqual([]);
    expect(JSON.parse(bytes.toString())).toMatchObject({ key: text, value: text });
  });

  it("scores that JSON has no number for are strings", async () => {
    const scores = [
      ["up", Number.POSITIVE_INFINITY],
      ["down", Number.NEGATIVE_INFINITY],
      ["none", Number.NaN],
      ["zero", -0],
    ] as const;
    const [line] = await linesOf(new RdbWriter("REDIS", 11).key("z", v.zset2Value(scores)));
    expect(line?.value).toEqual({ up: "inf", down: "-inf", none: "nan", zero: -0 });
  });

  it("says when keys and fields expire", async () => {
    const fields = [
      ["f", "1", WHEN],
      ["g", "2", 0],
      ["h", "3", WHEN + 7],
    ] as const;
    const expected = { value: { f: "1", g: "2", h: "3" }, field_expires_at: { f: WHEN, h: WHEN + 7 } };
    const w = new RdbWriter("REDIS", 12);
    w.key("a", v.hashMetadataValue(fields), { expiresAtMs: WHEN }).key("b", v.hashListpackExValue(fields));
    const lines = await linesOf(w);
    expect(lines).toMatchObject([expected, expected]);
    expect(lines.map((one) => one.expires_at)).toEqual([WHEN, null]);
    const [valkey] = await linesOf(new RdbWriter("VALKEY", 80).key("c", v.valkeyHash2Value(fields)));
    expect(valkey).toMatchObject(expected);
  });

  it("elements larger than any window are whole: raw, compressed and packed", async () => {
    const noise = Buffer.from(
      Array.from({ length: 3_000_000 }, (_, i) => 33 + ((i * i * 31 + (i >> 7)) % 90)),
    ).toString();
    const zeros = "0".repeat(5_000_000);
    const w = new RdbWriter("REDIS", 11);
    w.key("raw", v.stringValue(noise, { form: "raw" }));
    w.key("lzf", v.stringValue(zeros, { form: "lzf" }));
    w.key("packed", v.hashPackedValue(16, [["f", noise]], { form: "lzf" }));
    w.key("after", v.listValue(["x"]));
    const values = (await linesOf(w)).map(({ value }) => value);
    expect(values[0] === noise && values[1] === zeros).toBe(true);
    expect((values[2] as { f: string }).f === noise).toBe(true);
    expect(values[3]).toEqual(["x"]);
  });
});

const STREAM: v.StreamPlan = {
  nodes: [
    [
      {
        id: { ms: 1000, seq: 0 },
        pairs: [
          ["a", "1"],
          ["b", "2"],
        ],
      },
      {
        id: { ms: 1001, seq: 5 },
        pairs: [
          ["a", "3"],
          ["b", "4"],
        ],
      },
      {
        id: { ms: 1002, seq: 0 },
        pairs: [
          ["a", "x"],
          ["b", "y"],
        ],
        deleted: true,
      },
      { id: { ms: 1003, seq: 1 }, pairs: [["c", "5"]] },
    ],
    [{ id: { ms: 2 ** 52, seq: 2 }, pairs: [["d", BINARY]] }],
  ],
  last: { ms: 2 ** 52, seq: 9 },
  maxDeleted: { ms: 1002, seq: 0 },
  entriesAdded: 5,
  groups: [
    {
      name: "g",
      last: { ms: 1003, seq: 1 },
      entriesRead: 4,
      consumers: [
        { name: "alice", seenMs: 11, activeMs: 12, pending: [{ ms: 1000, seq: 0 }] },
        { name: "bob", seenMs: 13, activeMs: 14, pending: [] },
      ],
    },
    { name: "empty", last: { ms: 0, seq: 0 }, consumers: [] },
  ],
};

describe("streams", () => {
  const snapshot = () => fileOf(folder, new RdbWriter("REDIS", 11).key("s", v.streamValue(21, STREAM)).end());

  it("are told with ids, groups and pending ids, without what was deleted", async () => {
    const { bytes } = await exported(snapshot(), "ndjson");
    const { value } = JSON.parse(bytes.toString());
    expect(value.entries).toEqual([
      {
        id: "1000-0",
        fields: [
          ["a", "1"],
          ["b", "2"],
        ],
      },
      {
        id: "1001-5",
        fields: [
          ["a", "3"],
          ["b", "4"],
        ],
      },
      { id: "1003-1", fields: [["c", "5"]] },
      { id: "4503599627370496-2", fields: [["d", { base64: BINARY.toString("base64") }]] },
    ]);
    expect(value).toMatchObject({
      length: 4,
      last_id: "4503599627370496-9",
      max_deleted_id: "1002-0",
      entries_added: 5,
    });
    expect(value.groups).toMatchObject([
      {
        name: "g",
        last_id: "1003-1",
        entries_read: 4,
        pending: [{ id: "1000-0" }],
        consumers: [
          { name: "alice", seen_at: 11, active_at: 12, pending: ["1000-0"] },
          { name: "bob", seen_at: 13, active_at: 14, pending: [] },
        ],
      },
      { name: "empty", pending: [] },
    ]);
  });

  it("become XADD, XSETID, XGROUP and XCLAIM", async () => {
    const { bytes } = await exported(snapshot(), "resp");
    const commands = readCommands(bytes);
    expect(commands.slice(0, 7)).toEqual([
      ["SELECT", "0"],
      ["XADD", "s", "1000-0", "a", "1", "b", "2"],
      ["XADD", "s", "1001-5", "a", "3", "b", "4"],
      ["XADD", "s", "1003-1", "c", "5"],
      ["XADD", "s", "4503599627370496-2", "d", BINARY.toString("latin1")],
      ["XSETID", "s", "4503599627370496-9", "ENTRIESADDED", "5", "MAXDELETEDID", "1002-0"],
      ["XGROUP", "CREATE", "s", "g", "1003-1", "ENTRIESREAD", "4"],
    ]);
    const names = commands.slice(7).map((args) => args.slice(0, 5).join(" "));
    expect(names).toEqual([
      "XGROUP CREATECONSUMER s g alice",
      "XCLAIM s g alice 0",
      "XGROUP CREATECONSUMER s g bob",
      "XGROUP CREATE s empty 0-0",
    ]);
  });
});

describe("commands", () => {
  it("take 64 elements or a MiB each, and say when keys and fields expire", async () => {
    const many = Array.from({ length: 130 }, (_, i) => `e${i}`);
    const large = Array.from({ length: 3 }, (_, i) => String(i).repeat(700_000));
    const w = new RdbWriter("REDIS", 12);
    w.key("many", v.listValue(many), { expiresAtMs: WHEN }).key("large", v.listValue(large));
    w.key(
      "h",
      v.hashMetadataValue([
        ["f", "1", WHEN],
        ["g", "2", 0],
        ["h", "3", WHEN],
      ]),
    );
    w.selectDb(3).key("z", v.zset2Value([["m", 0.1]]));
    const { bytes } = await exported(fileOf(folder, w.end()), "resp");
    const commands = readCommands(bytes);
    expect(commands.map((args) => `${args[0]} ${args.length}`)).toEqual([
      "SELECT 2",
      "RPUSH 66",
      "RPUSH 66",
      "RPUSH 4",
      "PEXPIREAT 3",
      "RPUSH 4",
      "RPUSH 3",
      "HSET 8",
      "HPEXPIREAT 7",
      "SELECT 2",
      "ZADD 4",
    ]);
    expect(commands[4]).toEqual(["PEXPIREAT", "many", String(WHEN)]);
    expect(commands[8]).toEqual(["HPEXPIREAT", "h", String(WHEN), "FIELDS", "2", "f", "h"]);
    expect(commands.at(-1)).toEqual(["ZADD", "z", "0.1", "m"]);
  });

  it("restore what only its server can make, with a payload whose checksum holds", async () => {
    const module = v.moduleValue("some-type", 3, [{ uint: 5n }, { text: "x" }]);
    const w = new RdbWriter("REDIS", 11).key("m", module, { expiresAtMs: WHEN }).key("s", v.stringValue("1"));
    const { bytes, result } = await exported(fileOf(folder, w.end()), "resp");
    const [, restore, set] = readCommands(bytes);
    expect(restore!.slice(0, 3)).toEqual(["RESTORE", "m", String(WHEN)]);
    expect(restore!.at(-1)).toBe("ABSTTL");
    const payload = Buffer.from(restore![3]!, "latin1");
    expect(payload.subarray(0, 1 + module.body.length)).toEqual(Buffer.concat([Buffer.of(7), module.body]));
    expect(payload.readUInt16LE(payload.length - 10)).toBe(11);
    expect(payload.readBigUInt64LE(payload.length - 8)).toBe(crc64Jones(payload.subarray(0, -8)));
    expect(set).toEqual(["SET", "s", "1"]);
    expect(result.notes.join()).toMatch(/1 value that no command makes/);
  });
});

describe("an export", () => {
  const two = () =>
    new RdbWriter("REDIS", 11)
      .key("a:1", v.stringValue("x"))
      .selectDb(2)
      .key("b\n", v.listValue(["y"]));

  it("as json has an object a database, as redis-rdb-tools does", async () => {
    const { bytes } = await exported(fileOf(folder, two().end()), "json");
    expect(JSON.parse(bytes.toString())).toEqual([{ "a:1": "x" }, { "b\n": ["y"] }]);
    const { bytes: none } = await exported(fileOf(folder, new RdbWriter("REDIS", 11).end()), "json");
    expect(JSON.parse(none.toString())).toEqual([]);
  });

  it("of names has a line each", async () => {
    const { bytes } = await exported(fileOf(folder, two().end()), "keys");
    expect(bytes.toString()).toBe("a:1\nb\\x0A\n");
  });

  it.each([
    [{ dbs: [2] }, ["b\n"]],
    [{ types: ["list"] }, ["b\n"]],
    [{ key: "a:*" }, ["a:1"]],
    [{ minBytes: 1_000_000 }, []],
    [{ minBytes: 1 }, ["a:1", "b\n"]],
    [{ ttl: "any" as const }, []],
  ])("is filtered by %j", async (filters, keys) => {
    const { bytes } = await exported(fileOf(folder, two().end()), "ndjson", { filters });
    const lines = bytes.toString().split("\n").slice(0, -1);
    expect(lines.map((line) => JSON.parse(line).key)).toEqual(keys);
  });

  it("tells a damaged value, and goes on behind it", async () => {
    const broken = {
      ...v.hashPackedValue(16, PAIRS),
      body: v.hashPackedValue(16, PAIRS).body.map((b, i) => (i === 7 ? 0xfe : b)),
    };
    const w = new RdbWriter("REDIS", 11)
      .key("bad", { ...broken, body: Buffer.from(broken.body) })
      .key("good", v.stringValue("x"));
    const { bytes, result } = await exported(fileOf(folder, w.end()), "ndjson");
    const lines = bytes
      .toString()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.at(-1)).toMatchObject({ key: "good", value: "x" });
    expect(result.damagedValues).toBe(1);
    expect(lines[0]).toMatchObject({ key: "bad", damaged: true });
  });

  it("knows a checksum that does not match", async () => {
    const { result } = await exported(fileOf(folder, two().end("bad")), "keys");
    expect(result.checksum).toBe("mismatch");
    const { result: sound } = await exported(fileOf(folder, two().end()), "keys");
    expect(sound.checksum).toBe("ok");
  });

  it("ends when nobody takes what it writes, and when it is aborted", async () => {
    const w = new RdbWriter("REDIS", 11);
    for (let i = 0; i < 40; i++) w.key(`k${i}`, v.stringValue(String(i).repeat(300_000), { form: "raw" }));
    const file = fileOf(folder, w.end());
    const refused = exported(file, "ndjson", { take: () => Promise.reject(new Error("gone")) });
    await expect(refused).rejects.toThrow("gone");
    const controller = new AbortController();
    const never = exported(file, "ndjson", {
      signal: controller.signal,
      take: () => {
        controller.abort(new Error("stopped"));
        return new Promise(() => {});
      },
    });
    await expect(never).rejects.toThrow("stopped");
  });
});
