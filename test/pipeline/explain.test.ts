import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { readHeader } from "../../parsers/header.ts";
import { RecordReader } from "../../parsers/records.ts";
import { Splitter } from "../../parsers/splitter.ts";
import { IoError, UsageError } from "../../src/errors.ts";
import { FileSource } from "../../src/io/file-source.ts";
import { PROFILES } from "../../src/memory/index.ts";
import { type ExplainOptions, explain } from "../../src/pipeline/explain.ts";
import { ExplainedRecord, type Explanation } from "../../src/pipeline/explanation.ts";
import { originOf, planOf } from "../../src/pipeline/origin.ts";
import { specOf, type TargetChoice } from "../../src/pipeline/target-choice.ts";
import * as values from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";
import { ask, type Row, run, workFolder } from "./support.ts";

const folder = workFolder();
const SAMPLE = path.resolve("fixtures/sample.rdb");
const WINDOW_BYTES = 2 ** 20;

let inventory: string;
let withoutRows: string;
let rows: Row[];

beforeAll(async () => {
  inventory = (await run(folder, [SAMPLE])).output;
  withoutRows = (await run(folder, [SAMPLE], { keys: "none" })).output;
  rows = ask(inventory, "SELECT * FROM keys ORDER BY record_offset");
});

/** Explains every key of the sample, in the order of the snapshot. */
function explainAll(choice: TargetChoice): Explanation[] {
  const plan = planOf({
    name: SAMPLE,
    file: SAMPLE,
    bytes: 0,
    layers: [],
    modifiedAt: 0,
    notes: [],
    isSpooled: false,
    damage: undefined,
  });
  const source = new FileSource(SAMPLE);
  const header = readHeader(source);
  const splitter = new Splitter(source, header, { windowBytes: WINDOW_BYTES, chunkBytes: WINDOW_BYTES });
  const all: Explanation[] = [];
  for (let chunk = splitter.next(), record: ExplainedRecord | undefined; chunk; chunk = splitter.next()) {
    record ??= new ExplainedRecord(specOf(originOf(plan, splitter.facts.aux), choice));
    const reader = new RecordReader(WINDOW_BYTES, record.meter);
    reader.begin(source, header, chunk);
    while (reader.next()) all.push(record.explanation(plan, reader, null));
  }
  source.close();
  return all;
}

const CHOICES: TargetChoice[] = [
  ...Object.keys(PROFILES).map((profile) => ({ profile })),
  { allocator: "jemalloc-16" },
  { settings: { "hash-max-listpack-entries": "2", "list-max-listpack-size": "3" } },
];

describe("an explanation", () => {
  it.each(CHOICES)("adds up for every key of the sample, sized with %j", (choice) => {
    const all = explainAll(choice);
    expect(all.length).toBe(rows.length);
    for (const { parts, bytes, heap_bytes } of all) {
      expect(parts.reduce((sum, part) => sum + part.bytes, 0)).toBe(bytes);
      expect(parts.reduce((sum, part) => sum + part.heap_bytes, 0)).toBe(heap_bytes);
      for (const { part, source, count } of parts) {
        expect(part).not.toBe("");
        expect(source).toMatch(/\(\), \w+\.[ch], |^a lower bound: /);
        expect(count).toBeGreaterThan(0);
      }
    }
  });

  it("says of every key what the inventory says", () => {
    const same = (one: Row | Explanation) => {
      const { db, key, type, encoding, elements, bytes, heap_bytes, expires_at, expired, accuracy } =
        one as Row;
      const { largest_element_bytes, payload_bytes, serialized_bytes, record_offset } = one as Row;
      return [db, key, type, encoding, elements, bytes, heap_bytes, expires_at, expired, accuracy].concat([
        largest_element_bytes,
        payload_bytes,
        serialized_bytes,
        record_offset,
      ]);
    };
    expect(explainAll({}).map(same)).toEqual(rows.map(same));
  });

  it("has a band around what is random", async () => {
    const [one] = await explain({ file: inventory, key: Buffer.from("leaderboard:alltime") });
    expect(one!.accuracy).toBe("expected");
    expect(one!.min_bytes).toBeLessThan(one!.bytes);
    expect(one!.max_bytes).toBeGreaterThan(one!.bytes);
  });
});

describe("from an inventory", () => {
  it("is the same as from the snapshot, but for the pattern", async () => {
    const kinds = new Map(rows.map((row) => [`${row.type} ${row.encoding} ${row.expires_at === null}`, row]));
    const chosen = [...kinds.values()];
    expect(chosen.length).toBeGreaterThan(8);
    for (const row of chosen) {
      const asked = { key: Buffer.from(row.key as string), db: row.db as number };
      const [one, ...others] = await explain({ file: inventory, ...asked });
      expect(others).toEqual([]);
      expect(one!.pattern).toBe(row.pattern);
      for (const file of [SAMPLE, withoutRows]) {
        expect(await explain({ file, ...asked })).toEqual([{ ...one!, pattern: null }]);
      }
    }
  });

  it("is sized as the inventory is, or as chosen now", async () => {
    const settings = { "hash-max-listpack-entries": "2" };
    const small = (await run(folder, [SAMPLE], { settings, allocator: "jemalloc-16" })).output;
    const key = Buffer.from("user:1444");
    const sized = async (options: Partial<ExplainOptions>) => {
      const [one] = await explain({ file: small, key, ...options });
      return [one!.encoding, one!.allocator];
    };
    expect(await sized({})).toEqual(["hashtable", "jemalloc-16"]);
    expect(await sized({ allocator: "jemalloc" })).toEqual(["hashtable", "jemalloc"]);
    expect(await sized({ settings: { "hash-max-ziplist-entries": "99" } })).toEqual([
      "listpack",
      "jemalloc-16",
    ]);
    expect(await sized({ profile: "redis-7.2" })).toEqual(["listpack", "jemalloc"]);
  });

  it("refuses a snapshot that was changed, finds one that was moved, and asks for one that is gone", async () => {
    const file = path.join(folder, "moving.rdb");
    fs.copyFileSync(SAMPLE, file);
    const { output } = await run(folder, [file]);
    const key = Buffer.from("leaderboard:alltime");
    const moved = path.join(folder, "moved.rdb");
    fs.renameSync(file, moved);
    await expect(explain({ file: output, key })).rejects.toThrow(IoError);
    await expect(explain({ file: output, key })).rejects.toThrow(/--snapshot-file/);
    expect((await explain({ file: output, key, snapshotFile: moved }))[0]!.path).toBe(moved);
    fs.appendFileSync(moved, "x");
    await expect(explain({ file: output, key, snapshotFile: moved })).rejects.toThrow(UsageError);
  });
});

it("reads the template that a hash gets its field names from", async () => {
  const pairs: [string, string][] = [
    ["id", "1"],
    ["name", "x"],
  ];
  const writer = new RdbWriter("REDIS", 15).aux("redis-ver", "8.10.0").hashTemplate(7, ["id", "name"]);
  writer.key("h", values.hashTemplateValue(32, 7, pairs));
  const file = path.join(folder, "template.rdb");
  fs.writeFileSync(file, writer.end());
  const { output } = await run(folder, [file]);
  const [one] = await explain({ file: output, key: Buffer.from("h") });
  const [row] = ask(output, "SELECT elements, payload_bytes, bytes, heap_bytes FROM keys");
  expect(one).toMatchObject({ type: "hash", elements: 2, payload_bytes: 1 + 6 + 2, ...row });
});

describe("a key", () => {
  const twoDbs = () => {
    const file = path.join(folder, "two-dbs.rdb");
    const writer = new RdbWriter("REDIS", 11).aux("redis-ver", "7.2.6");
    writer.selectDb(0).key("same", values.stringValue("x")).key("other", values.stringValue("y"));
    writer.selectDb(5).key("same", values.stringValue("z".repeat(100)));
    writer.key(Buffer.from([0, 255]), values.stringValue("b")).key("", values.stringValue("nameless"));
    fs.writeFileSync(file, writer.end());
    return file;
  };

  it("of several databases is shown in each, or in the one that is asked for", async () => {
    const file = twoDbs();
    const made = (await run(folder, [file])).output;
    for (const from of [file, made]) {
      const dbs = async (db?: number) =>
        (await explain({ file: from, key: Buffer.from("same"), db })).map((one) => one.db);
      expect(await dbs()).toEqual([0, 5]);
      expect(await dbs(5)).toEqual([5]);
      expect((await explain({ file: from, key: Buffer.of(0, 255) }))[0]!.key).toEqual(Buffer.of(0, 255));
      expect((await explain({ file: from, key: Buffer.of() }))[0]!.key).toBe("");
      await expect(explain({ file: from, key: Buffer.from("other"), db: 5 })).rejects.toThrow(
        /no key "other" in database 5; it is in database 0/,
      );
    }
  });

  it.each([
    ["leaderboard:all", /no key "leaderboard:all"; did you mean "leaderboard:alltime"/],
    ["LEADERBOARD:alltime", /; only the case differs: did you mean "leaderboard:alltime"\?$/],
    ["leaderboard:altime", /; did you mean "leaderboard:alltime"\?$/],
    ["user:1", /no key "user:1"; 920 keys begin with "user:"$/],
    ["User:zzzz", /; 920 keys begin with "user:", whatever the case$/],
    ["\u0001\u0002", /no key "\\x01\\x02"$/],
  ])("that is not there is refused, with what is like it: %j", async (name, message) => {
    const asked = explain({ file: SAMPLE, key: Buffer.from(name) });
    await expect(asked).rejects.toThrow(UsageError);
    await expect(asked).rejects.toThrow(message);
  });

  it.each([
    ["leaderboard:all", /did you mean "leaderboard:alltime"/],
    ["LEADERBOARD:alltime", /only the case differs: did you mean "leaderboard:alltime"/],
    ["User:zzzz", /; 920 keys begin with "user:", whatever the case$/],
  ])("that is not in an inventory is refused with what is like it, too: %s", async (name, message) => {
    await expect(explain({ file: inventory, key: Buffer.from(name) })).rejects.toThrow(message);
  });
});
