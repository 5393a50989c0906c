import fs from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { RdbError } from "../../parsers/errors.ts";
import { UsageError } from "../../src/errors.ts";
import { isText } from "../../src/inventory/utf8.ts";
import { tempName } from "../../src/io/leftovers.ts";
import { type AnalyzeResult, analyze, type Progress } from "../../src/pipeline/analyze.ts";
import { arbitrarySnapshot, type SnapshotCase, sampleSnapshots } from "../support/arbitrary-snapshot.ts";
import * as values from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";
import { ask, KEYS, type Row, run, summariesOf, workFolder } from "./support.ts";

const folder = workFolder();
const SAMPLE = path.resolve("fixtures/sample.rdb");

/** Every version with every kind of value, and snapshots made at random: many in one run, which is what costs. */
const CASES: readonly SnapshotCase[] = [
  ...sampleSnapshots(),
  ...fc.sample(arbitrarySnapshot({ maxSteps: 25, endings: ["ok", "off", "bad"] }), {
    numRuns: 60,
    seed: Date.now() | 0,
  }),
];

/** More than one chunk, keys of many patterns, hot keys. */
function severalChunks(): Buffer {
  const writer = new RdbWriter("REDIS", 11)
    .aux("redis-ver", "7.2.4")
    .aux("ctime", "1700000000")
    .resizeDb(30_000, 5000);
  for (let i = 0; i < 12_000; i++) {
    const name = `${["user", "cart", "order"][i % 3]}:${i}:${i % 7 === 0 ? "meta" : "data"}`;
    const expires = i % 5 === 0 ? { expiresAtMs: 1_700_000_000_000 + (i - 500) * 60_000 } : {};
    const value =
      i % 4 === 0
        ? values.hashPackedValue(16, [["f", "v".repeat(i % 90)]])
        : values.stringValue("x".repeat(i % 700));
    writer.key(name, value, { ...expires, freq: i % 256 });
  }
  return writer.end();
}

describe("an inventory", () => {
  const inputs = [SAMPLE, severalChunks(), ...CASES.map((one) => one.bytes)];
  let byWorkers: AnalyzeResult[];

  beforeAll(async () => {
    byWorkers = [];
    for (const workers of [1, 2, 4]) byWorkers.push(await run(folder, inputs, { workers }));
  });

  it("holds the same whatever the number of workers", () => {
    const [one, ...others] = byWorkers.map(({ output }) => ({
      keys: ask(output, KEYS),
      ...summariesOf(output),
    }));
    expect(one!.keys.length).toBeGreaterThan(15_000);
    for (const other of others) {
      for (const name of Object.keys(one!))
        expect({ [name]: other[name as "keys"] }).toEqual({ [name]: one![name as "keys"] });
    }
  });

  it("is a sound database", () => {
    for (const { output } of byWorkers)
      expect(ask(output, "PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
  });

  it("holds each key that was written, each in its snapshot", () => {
    const { output, snapshots } = byWorkers[1]!;
    const rows = ask(output, KEYS);
    CASES.forEach((one, i) => {
      const read = rows.filter((row) => row.snapshot === i + 3);
      expect(read.map((row) => readRow(row))).toEqual(one.rows.map((row) => wantedRow(row)));
      expect(read.filter((row) => row.accuracy === "damaged")).toEqual([]);
      const { keys, storedRows, checksum, magic } = snapshots[i + 2]!;
      const text = one.bytes.subarray(0, 9).toString("latin1");
      expect({ keys, storedRows, checksum, magic }).toEqual({
        keys: one.rows.length,
        storedRows: one.rows.length,
        checksum: one.checksum,
        magic: text,
      });
    });
  });

  it("has summaries that add up to its rows, for each snapshot", () => {
    const { output } = byWorkers[1]!;
    const sums = `count(*) AS keys, sum(bytes) AS bytes, sum(heap_bytes) AS heap_bytes, sum(serialized_bytes) AS serialized_bytes,
      sum(payload_bytes) AS payload_bytes, sum(ifnull(elements, 0)) AS elements, max(bytes) AS max_bytes, sum(expires_at IS NULL) AS keys_without_ttl,
      sum(expired) AS expired`;
    const group =
      "GROUP BY snapshot, db, type, encoding, pattern ORDER BY snapshot, db, type, encoding, pattern";
    const rolled = `sum(keys) AS keys, sum(bytes) AS bytes, sum(heap_bytes) AS heap_bytes, sum(serialized_bytes) AS serialized_bytes,
      sum(payload_bytes) AS payload_bytes, sum(elements) AS elements, max(max_bytes) AS max_bytes, sum(keys_without_ttl) AS keys_without_ttl,
      sum(expired) AS expired`;
    const names = "snapshot, db, type, encoding, pattern";
    expect(ask(output, `SELECT ${names}, ${rolled} FROM rollup ${group}`)).toEqual(
      ask(output, `SELECT ${names}, ${sums} FROM keys ${group}`),
    );
    const same = (a: string, b: string) => expect(ask(output, a)).toEqual(ask(output, b));
    same(
      "SELECT snapshot, slot, keys, bytes FROM slots ORDER BY 1, 2",
      "SELECT snapshot, slot, count(*) AS keys, sum(bytes) AS bytes FROM keys GROUP BY 1, 2 ORDER BY 1, 2",
    );
    same(
      "SELECT snapshot, db, pattern, sum(keys) AS keys, sum(bytes) AS bytes FROM expiry GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
      `SELECT snapshot, db, pattern, count(*) AS keys, sum(bytes) AS bytes FROM keys WHERE expires_at IS NOT NULL
       GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
    );
    same(
      `SELECT snapshot, pattern, sum(keys) AS keys, sum(value_sum) AS bytes FROM sketches
       WHERE measure = 'bytes' AND pattern IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2`,
      "SELECT snapshot, pattern, count(*) AS keys, sum(bytes) AS bytes FROM keys GROUP BY 1, 2 ORDER BY 1, 2",
    );
    same(
      `SELECT snapshot, sum(keys) AS keys, sum(value_sum) AS elements FROM sketches
       WHERE measure = 'elements' AND type IS NOT NULL GROUP BY 1 ORDER BY 1`,
      "SELECT snapshot, count(*) AS keys, sum(elements) AS elements FROM keys WHERE elements IS NOT NULL GROUP BY 1 ORDER BY 1",
    );
    same(
      "SELECT snapshot, bytes, record_offset FROM big_keys WHERE ranked_by = 'bytes' AND type = 'string' AND rank = 1 ORDER BY 1",
      `SELECT snapshot, bytes, record_offset FROM (SELECT *, row_number() OVER (PARTITION BY snapshot ORDER BY bytes DESC, record_offset) AS n
       FROM keys WHERE type = 'string') WHERE n = 1 ORDER BY snapshot`,
    );
    same(
      "SELECT rank, freq, record_offset FROM hot_keys WHERE snapshot = 2 AND ranked_by = 'freq' ORDER BY rank",
      `SELECT row_number() OVER (ORDER BY freq DESC, record_offset) AS rank, freq, record_offset FROM keys WHERE snapshot = 2
       ORDER BY 1 LIMIT 100`,
    );
    for (const [measure, ranking, order] of [
      ["freq", "freq", "freq DESC"],
      ["idle_seconds", "recent", "idle_seconds"],
      ["idle_seconds", "idle", "idle_seconds DESC"],
    ] as const) {
      same(
        `SELECT snapshot, db, pattern, sum(keys) AS keys, sum(bytes) AS bytes FROM access WHERE measure = '${measure}'
         GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
        `SELECT snapshot, db, pattern, count(*) AS keys, sum(bytes) AS bytes FROM keys WHERE ${measure} IS NOT NULL
         GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
      );
      same(
        `SELECT snapshot, rank, ${measure}, pattern, record_offset FROM hot_keys WHERE ranked_by = '${ranking}' ORDER BY 1, 2`,
        `SELECT * FROM (SELECT snapshot, row_number() OVER (PARTITION BY snapshot ORDER BY ${order}, record_offset) AS rank,
         ${measure}, pattern, record_offset FROM keys WHERE ${measure} ${measure === "freq" ? "> 0" : "IS NOT NULL"}) WHERE rank <= 100
         ORDER BY 1, 2`,
      );
    }
  });

  it("has records that do not overlap, and framing that makes up the rest of the file", () => {
    const gaps = `SELECT count(*) AS n FROM (SELECT record_offset, lag(record_offset + serialized_bytes) OVER
      (PARTITION BY snapshot ORDER BY record_offset) AS before FROM keys) WHERE record_offset < before`;
    expect(ask(byWorkers[1]!.output, gaps)).toEqual([{ n: 0 }]);
    const sums =
      "SELECT s.snapshot, file_bytes - sum(serialized_bytes) AS framing FROM snapshots s JOIN keys USING (snapshot) GROUP BY 1";
    for (const { framing } of ask(byWorkers[1]!.output, sums)) expect(framing).toBeGreaterThanOrEqual(10);
  });

  it("without key rows has the same summaries", async () => {
    const { output } = await run(folder, inputs.slice(0, 8), { keys: "none" });
    const full = await run(folder, inputs.slice(0, 8));
    expect(ask(output, "SELECT count(*) AS n FROM keys")).toEqual([{ n: 0 }]);
    expect(ask(output, "PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
    expect(summariesOf(output)).toEqual(summariesOf(full.output));
  });
});

type Expected = SnapshotCase["rows"][number];
const keyOf = (key: Buffer) => (isText(key, key.length) ? key.toString("utf8") : key.toString("hex"));

/** Stream texts are counted as stored, and arrays' floats are not counted by the writer. */
const counted = (type: unknown, payload: unknown) => type !== "stream" && payload !== null;

function wantedRow(row: Expected): Row {
  const exact = counted(row.type, row.payloadBytes);
  return {
    db: row.db,
    key: keyOf(row.key),
    type: row.type,
    elements: row.elements,
    payload: exact && row.type !== "array" ? row.payloadBytes : null,
    largest: exact && row.type !== "array" ? row.largestElementBytes : null,
    expiresAt: row.expiresAt,
    idle: row.idleSeconds,
    freq: row.freq,
    offset: row.recordOffset,
    serialized: row.serializedBytes,
  };
}

const NOT_COUNTED = new Set(["stream", "array", "gcra", "ReJSON-RL", "vectorset", "MBbloom--", "TSDB-TYPE"]);

function readRow(row: Row): Row {
  const exact = !NOT_COUNTED.has(row.type as string);
  return {
    db: row.db,
    key: Buffer.isBuffer(row.key) ? row.key.toString("hex") : row.key,
    type: row.type,
    elements: row.elements,
    payload: exact ? row.payload_bytes : null,
    largest: exact ? row.largest_element_bytes : null,
    expiresAt: row.expires_at,
    idle: row.idle_seconds,
    freq: row.freq,
    offset: row.record_offset,
    serialized: row.serialized_bytes,
  };
}

const one = (name: string, size = 3) =>
  new RdbWriter("REDIS", 11).key(name, values.stringValue("v".repeat(size)));

describe("several snapshots in one inventory", () => {
  it("keep their modules apart", async () => {
    const module = (name: string) =>
      new RdbWriter("REDIS", 11).key("k", values.moduleValue(name, 1, [])).end();
    const { output } = await run(folder, [module("ReJSON-RL"), module("vectorset"), module("ReJSON-RL")]);
    const names = ["ReJSON-RL", "vectorset", "ReJSON-RL"];
    expect(ask(output, "SELECT type, module, encoding FROM keys ORDER BY snapshot")).toEqual(
      names.map((name) => ({ type: name, module: name, encoding: "module" })),
    );
    expect(ask(output, "SELECT type FROM rollup ORDER BY snapshot").map((row) => row.type)).toEqual(names);
    expect(ask(output, "SELECT type FROM big_keys ORDER BY snapshot").map((row) => row.type)).toEqual(names);
  });

  it("may hold the same key at the same place", async () => {
    const { output, snapshots } = await run(folder, [one("same").end(), one("same", 900).end()]);
    expect(snapshots).toHaveLength(2);
    expect(
      ask(output, "SELECT snapshot, key, largest_element_bytes AS n FROM keys ORDER BY snapshot"),
    ).toEqual([
      { snapshot: 1, key: "same", n: 3 },
      { snapshot: 2, key: "same", n: 900 },
    ]);
  });
});

/** Everything in the folder of an output. */
const filesAt = (output: string) => fs.readdirSync(path.dirname(output));

async function refusal(
  input: Buffer | string,
  options: Parameters<typeof run>[2] = {},
): Promise<{ error: unknown; files: string[] }> {
  const output = path.join(fs.mkdtempSync(path.join(folder, "refused-")), "inventory.sqlite");
  const error = await run(folder, [input], { output, ...options }).then(
    () => undefined,
    (reason) => reason,
  );
  return { error, files: filesAt(output) };
}

describe("damage", () => {
  it.each([1, 2])(
    "of the structure rejects with its place and leaves no file (%d workers)",
    async (workers) => {
      const bytes = one("last").raw(Buffer.of(150)).end();
      const { error, files } = await refusal(bytes, { workers });
      expect(error).toBeInstanceOf(RdbError);
      expect(error).toMatchObject({ code: "UNKNOWN_OPCODE", offset: bytes.indexOf(150) });
      expect((error as Error).message).toMatch(
        /"last".*at byte \d+; 1 key stands before it: analyze --salvage keeps what can be read$/,
      );
      expect(files).toEqual([]);
    },
  );

  it("by truncation rejects and leaves no file, in the first chunk and in a later one", async () => {
    const bytes = severalChunks();
    for (const length of [0, 5, 9, 200, bytes.length - 9, bytes.length - 1]) {
      const { error, files } = await refusal(bytes.subarray(0, length));
      expect(error).toBeInstanceOf(RdbError);
      expect(["UNEXPECTED_EOF", "BAD_MAGIC"]).toContain((error as RdbError).code);
      expect((error as RdbError).offset).toBeLessThanOrEqual(length);
      expect(files).toEqual([]);
    }
  });

  it("that only the checksum shows is told, in the result and in the inventory", async () => {
    const { output, snapshots } = await run(folder, [one("k").end("bad")]);
    expect(snapshots[0]!.checksum).toBe("mismatch");
    expect(ask(output, "SELECT checksum FROM snapshots")).toEqual([{ checksum: "mismatch" }]);
    expect(ask(output, "SELECT code FROM warnings").map((w) => w.code)).toContain("CHECKSUM_MISMATCH");
  });

  it("inside one value keeps every key, marks that one and says where", async () => {
    const value = values.hashPackedValue(16, [["field", "value"]]);
    const body = Buffer.from(value.body);
    body[7] = 0xf5; // No listpack entry begins so.
    const bytes = one("before")
      .key("broken\u00e9", { ...value, body })
      .key("after", values.stringValue("v"))
      .end();
    const { output, snapshots } = await run(folder, [bytes]);
    expect(ask(output, "SELECT key, accuracy FROM keys ORDER BY record_offset")).toEqual([
      { key: "before", accuracy: "exact" },
      { key: "broken\u00e9", accuracy: "damaged" },
      { key: "after", accuracy: "exact" },
    ]);
    const [warning] = ask(output, "SELECT * FROM warnings WHERE code = 'BAD_LISTPACK'");
    expect(warning!.message).toMatch(/"brokené"/);
    expect(warning!.byte_offset).toBeGreaterThan(bytes.indexOf("broken"));
    expect(warning!.byte_offset).toBeLessThanOrEqual(bytes.indexOf("after"));
    expect(snapshots[0]!.warnings.map((w) => w.code)).toContain("BAD_LISTPACK");
  });
});

describe("the output", () => {
  it("that exists is refused and untouched, unless forced", async () => {
    const output = path.join(fs.mkdtempSync(path.join(folder, "existing-")), "inventory.sqlite");
    await run(folder, [one("k").end()], { output });
    const precious = fs.readFileSync(output);
    await expect(run(folder, [SAMPLE], { output })).rejects.toBeInstanceOf(UsageError);
    expect(fs.readFileSync(output).equals(precious)).toBe(true);
    await expect(run(folder, [one("k").end("none")], { output, force: true })).rejects.toBeInstanceOf(
      RdbError,
    );
    expect(fs.readFileSync(output).equals(precious)).toBe(true);
    await run(folder, [SAMPLE], { output, force: true });
    expect(ask(output, "SELECT keys FROM snapshots")).toEqual([{ keys: 3264 }]);
    expect(filesAt(output)).toEqual(["inventory.sqlite"]);
  });

  it("cannot be the snapshot itself, forced or not", async () => {
    const input = path.join(fs.mkdtempSync(path.join(folder, "self-")), "dump.rdb");
    fs.copyFileSync(SAMPLE, input);
    const sameFile = path.join(path.dirname(input), ".", "dump.rdb");
    await expect(analyze({ inputs: [input], output: sameFile, force: true })).rejects.toBeInstanceOf(
      UsageError,
    );
    expect(fs.readFileSync(input).equals(fs.readFileSync(SAMPLE))).toBe(true);
  });

  it("of a run that was aborted is not there, nor anything else", async () => {
    const output = path.join(fs.mkdtempSync(path.join(folder, "aborted-")), "inventory.sqlite");
    const controller = new AbortController();
    const reason = new Error("enough");
    let events = 0;
    const running = run(folder, [severalChunks()], {
      output,
      signal: controller.signal,
      onProgress: () => {
        if (++events === 2) controller.abort(reason);
      },
    });
    await expect(running).rejects.toBe(reason);
    expect(filesAt(output)).toEqual([]);
    await expect(run(folder, [SAMPLE], { output, signal: controller.signal })).rejects.toBe(reason);
    expect(filesAt(output)).toEqual([]);
  });

  it("of runs that were killed is removed by the next, that of runs under way is not", async () => {
    const output = path.join(fs.mkdtempSync(path.join(folder, "leftovers-")), "inventory.sqlite");
    const dead = 2 ** 22 + 12_345; // Above the largest pid of Linux.
    const mine = tempName("other.sqlite");
    for (const name of [tempName("x.sqlite", dead), mine, ".rdbscope-notes", "keep.sqlite"]) {
      fs.writeFileSync(path.join(path.dirname(output), name), "x");
    }
    await run(folder, [SAMPLE], { output });
    expect(filesAt(output).sort()).toEqual(
      [".rdbscope-notes", mine, "inventory.sqlite", "keep.sqlite"].sort(),
    );
  });
});

describe("progress", () => {
  it("only grows, and ends with everything", async () => {
    const events: Progress[] = [];
    const { snapshots } = await run(folder, [severalChunks(), SAMPLE], {
      onProgress: (event) => events.push(event),
    });
    expect(events.length).toBeGreaterThan(3);
    events.slice(1).forEach((event, i) => {
      expect(event.bytesDone).toBeGreaterThanOrEqual(events[i]!.bytesDone);
      expect(event.keys).toBeGreaterThanOrEqual(events[i]!.keys);
      expect(event.bytesTotal).toBe(events[i]!.bytesTotal);
    });
    const last = events.at(-1)!;
    expect(events.map((event) => event.phase)).toEqual([...events.slice(1).map(() => "read"), "merge"]);
    expect(last.keys).toBe(snapshots.reduce((n, s) => n + s.keys, 0));
    expect(last.bytesDone).toBeLessThanOrEqual(last.bytesTotal);
    expect(last.bytesDone).toBeGreaterThan(last.bytesTotal * 0.99);
  });
});

describe("what newer servers write", () => {
  it("hash templates are known to readers of later chunks", async () => {
    const pairs = [
      ["a", "1"],
      ["bb", "two"],
    ] as const;
    const writer = new RdbWriter("REDIS", 15).hashTemplate(7, ["a", "bb"]);
    for (let i = 0; i < 40; i++) {
      writer.key(`fill:${i}`, values.stringValue(Buffer.alloc(200_000, `${i}`)));
      writer.key(`t:${i}`, values.hashTemplateValue(([29, 30, 31, 32] as const)[i % 4]!, 7, pairs), {
        meta: [{ spec: 9, items: [{ text: "m" }] }],
      });
    }
    writer.key("g", values.gcraValue(123n));
    const { output } = await run(folder, [writer.end()], { workers: 4 });
    expect(
      ask(output, "SELECT type, count(*) AS n, min(elements) AS e FROM keys GROUP BY 1 ORDER BY 1"),
    ).toEqual([
      { type: "gcra", n: 1, e: null },
      { type: "hash", n: 40, e: 2 },
      { type: "string", n: 40, e: null },
    ]);
    expect(ask(output, "SELECT * FROM keys WHERE accuracy = 'damaged'")).toEqual([]);
    expect(ask(output, "SELECT * FROM rollup WHERE type = 'gcra'")).toHaveLength(1);
  });

  it("slot imports and updates of Valkey are warnings, which name the keys", async () => {
    const bytes = new RdbWriter("VALKEY", 81)
      .slotImport("j".repeat(40), [[0, 5]])
      .key("k", values.stringValue("v"))
      .update("SET", "changed:1", "w")
      .update("DEL", "changed:2")
      .end();
    const { output, snapshots } = await run(folder, [bytes]);
    const messages = new Map(
      ask(output, "SELECT code, message FROM warnings").map((w) => [w.code, w.message as string]),
    );
    expect(messages.get("UPDATES")).toMatch(/2 updates.*"changed:1", "changed:2"/);
    expect(messages.has("SLOT_IMPORTS")).toBe(true);
    expect(snapshots[0]!.keys).toBe(1);
  });

  it("an expiry at the end of 64 bits is far in the future, not in the past", async () => {
    const bytes = one("a").key("forever", values.stringValue("v"), { expiresAtMs: 2 ** 63 - 1024 });
    const raw = bytes.raw(Buffer.from("fcffffffffffffff7f00016b0176", "hex")).end();
    const { output, snapshots } = await run(folder, [raw]);
    expect(snapshots[0]).toMatchObject({ keys: 3, expiredKeys: 0 });
    expect(
      ask(
        output,
        "SELECT key, expired, expires_at > 9e18 AS far FROM keys WHERE expires_at IS NOT NULL ORDER BY record_offset",
      ),
    ).toEqual([
      { key: "forever", expired: 0, far: 1 },
      { key: "k", expired: 0, far: 1 },
    ]);
  });

  it("a key's name of any length and bytes is whole in its row", async () => {
    const names = [
      Buffer.alloc(99_999, "é:"),
      Buffer.alloc(70_000, 0xff),
      Buffer.from("a\0b"),
      Buffer.alloc(0),
      Buffer.from("\uFEFFbom"),
    ];
    const writer = new RdbWriter("REDIS", 11);
    for (const name of names) writer.key(name, values.stringValue("v"), { keyForm: "raw" });
    const { output } = await run(folder, [writer.end()]);
    const read = ask(output, "SELECT key, typeof(key) AS kind FROM keys ORDER BY record_offset");
    expect(
      read.map(({ key }) => Buffer.from(key as string).equals(names[read.findIndex((r) => r.key === key)]!)),
    ).toEqual(names.map(() => true));
    expect(read.map(({ kind }) => kind)).toEqual(["text", "blob", "blob", "text", "text"]);
  });
});

describe("filters", () => {
  const NOW = 1_700_000_000;
  const bytes = new RdbWriter("REDIS", 11)
    .aux("ctime", String(NOW))
    .key("user:1", values.stringValue("v"))
    .key("user:2", values.stringValue("v"), { expiresAtMs: (NOW + 60) * 1000 })
    .key("old", values.stringValue("v"), { expiresAtMs: NOW * 1000 })
    .key("big", values.stringValue("v".repeat(5000)))
    .key("list", values.listValue(["a", "b"]))
    .key("\uFEFFbom", values.stringValue("v"))
    .key("json", values.moduleValue("ReJSON-RL", 3, [{ text: "{}" }]))
    .selectDb(3)
    .key("user:3", values.listValue(["a"]), { expiresAtMs: (NOW + 7200) * 1000 })
    .end();

  it.each([
    [{ dbs: [3] }, ["user:3"]],
    [{ types: ["list"] }, ["list", "user:3"]],
    [{ types: ["ReJSON-RL"] }, ["json"]],
    [{ types: ["module"] }, ["json"]],
    [{ key: "user:*" }, ["user:1", "user:2", "user:3"]],
    [{ key: "user:[12]" }, ["user:1", "user:2"]],
    [{ key: "user:[^12]" }, ["user:3"]],
    [{ key: "?ld" }, ["old"]],
    [{ key: "USER:*" }, []],
    [{ key: "\uFEFFbom" }, ["\uFEFFbom"]],
    [{ key: "^user:[0-9]$|^o", regex: true }, ["user:1", "user:2", "old", "user:3"]],
    [{ key: "user:*", notKey: "*:3" }, ["user:1", "user:2"]],
    [{ notKey: "*s*" }, ["old", "big", "\uFEFFbom"]],
    [{ minBytes: 4000 }, ["big"]],
    [{ maxBytes: 4000, types: ["string"] }, ["user:1", "user:2", "old", "\uFEFFbom"]],
    [{ ttl: "any" }, ["user:2", "old", "user:3"]],
    [{ ttl: "expired" }, ["old"]],
    [{ ttl: "none", types: ["string"] }, ["user:1", "big", "\uFEFFbom"]],
    [{ ttl: { min: 60, max: 7199 } }, ["user:2"]],
    [{}, ["user:1", "user:2", "old", "big", "list", "\uFEFFbom", "json", "user:3"]],
  ] as const)("%j", async (filters, names) => {
    const { output, snapshots } = await run(folder, [bytes], { filters: filters as object, workers: 1 });
    expect(ask(output, KEYS).map((row) => row.key)).toEqual(names);
    expect(snapshots[0]!.storedRows).toBe(names.length);
    expect(ask(output, "SELECT ifnull(sum(keys), 0) AS n FROM rollup")).toEqual([{ n: names.length }]);
    expect(JSON.parse(ask(output, "SELECT filters FROM snapshots")[0]!.filters as string)).toEqual(filters);
  });

  it("that are no regular expression are a wrong option", async () => {
    const { error, files } = await refusal(bytes, { filters: { key: "(", regex: true } });
    expect(error).toBeInstanceOf(UsageError);
    expect(files).toEqual([]);
  });
});

describe("options", () => {
  it.each([
    ["no input", { inputs: [] }],
    ["more inputs than ids can tell apart", { inputs: new Array<string>(2049).fill(SAMPLE) }],
    ["an unknown profile", { profile: "redis-0.1" }],
    ["no worker", { workers: 0 }],
    ["half a worker", { workers: 1.5 }],
    ["an unknown index", { index: ["slot; DROP TABLE key_rows"] }],
  ])("with %s are refused, and nothing is made", async (_name, options) => {
    const { error, files } = await refusal(SAMPLE, options);
    expect(error).toBeInstanceOf(UsageError);
    expect(files).toEqual([]);
  });

  it("ask for indexes", async () => {
    const { output } = await run(folder, [SAMPLE], { index: ["key", "bytes"] });
    expect(
      ask(output, "SELECT name FROM sqlite_schema WHERE type = 'index' ORDER BY 1").map((row) => row.name),
    ).toEqual(["key_rows_by_bytes", "key_rows_by_key"]);
    expect(ask(output, "PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
  });
});
