import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { KeyAnswer } from "../../fixtures/recorder/answers.ts";
import { DOCUMENTED } from "../../src/inventory/documentation/index.ts";
import { SCHEMA_SQL } from "../../src/inventory/schema.ts";
import { NAMED_QUESTIONS } from "../../src/queries/named/index.ts";
import { runCli, SAMPLE } from "../cli/run-cli.ts";
import { SAMPLE_TRUTH } from "../support/sample-truth.ts";

const TEXT = fs.readFileSync(new URL("../../docs/sql.md", import.meta.url), "utf8");

/** Table name to its documented rows: column, unit, meaning. */
function documented(): Map<string, string[][]> {
  const sections = TEXT.split(/^### (?=`)/m).slice(1);
  return new Map(
    sections.map((section) => {
      const rows = section.split("\n").filter((line) => line.startsWith("| `"));
      const cells = rows.map((row) => row.split("|").slice(1, -1));
      return [
        /^`(\w+)`/.exec(section)![1]!,
        cells.map(([name, ...others]) => [
          name!.replaceAll("`", "").trim(),
          ...others.map((one) => one.trim()),
        ]),
      ];
    }),
  );
}

interface Existing {
  readonly name: string;
  readonly type: string;
  readonly columns: { name: string; type: string }[];
}

function existing(): Existing[] {
  const db = new Database(":memory:");
  db.exec(SCHEMA_SQL);
  const found = db
    .prepare("SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view')")
    .all() as Omit<Existing, "columns">[];
  const columns = db.prepare("SELECT name, type FROM pragma_table_info(?)");
  return found.map((one) => ({ ...one, columns: columns.all(one.name) as Existing["columns"] }));
}

describe("what a column means", () => {
  const docs = documented();

  test("is told of every table and view, and of none that does not exist", () => {
    const names = existing().map(({ name }) => name);
    expect(DOCUMENTED.map(({ name }) => name).sort()).toEqual(names.sort());
    expect([...docs.keys()]).toEqual(DOCUMENTED.map(({ name }) => name));
  });

  test.each(existing())("is told of $name, with the type that SQLite has", ({ name, type, columns }) => {
    const told = DOCUMENTED.find((one) => one.name === name)!;
    expect(told.kind === "view" ? "view" : "table").toBe(type);
    expect(told.columns.map((one) => one.name)).toEqual(columns.map((one) => one.name));
    for (const [i, column] of columns.entries()) {
      // Of a view SQLite tells the affinity: none for an expression, BLOB for ANY.
      const seen = type === "view" ? column.type.replace("BLOB", "ANY") : column.type;
      // Sums are ANY: whole numbers, but for samples.
      const types = ["count", "bytes", "bytes or count"].includes(told.columns[i]!.unit) ? ["ANY"] : [];
      if (seen !== "") expect([told.columns[i]!.type, ...types], column.name).toContain(seen);
    }
  });

  test.each(DOCUMENTED)("is the same in docs/sql.md: $name", ({ name, columns, meaning }) => {
    expect(docs.get(name)).toEqual(columns.map((one) => [one.name, one.unit, one.meaning]));
    expect(TEXT.replace(/\s+/g, " ")).toContain(meaning.replace(/\s+/g, " "));
  });
});

test("docs/sql.md gives recipes that run", () => {
  const db = new Database(":memory:");
  db.exec(SCHEMA_SQL);
  const recipes = /## More recipes\n\n```sql\n([\s\S]*?)```/
    .exec(TEXT)![1]!
    .split(";")
    .filter((sql) => sql.trim() !== "");
  expect(recipes.length).toBeGreaterThan(3);
  for (const recipe of recipes) expect(() => db.prepare(recipe).all(), recipe).not.toThrow();
});

test("docs/sql.md names every question that has a name", () => {
  const rows = [...TEXT.matchAll(/^\| `([\w-]+)` +\| (.*?) +\|$/gm)].map(([, name, answers]) => [
    name,
    answers,
  ]);
  const told = rows.filter(([name]) => Object.hasOwn(NAMED_QUESTIONS, name!) && !name!.includes("_"));
  expect(told.slice(0, Object.keys(NAMED_QUESTIONS).length)).toEqual(
    Object.entries(NAMED_QUESTIONS).map(([name, { title }]) => [name, title]),
  );
});

/** A worked question: its heading, SQL and output. */
const WORKED = [...TEXT.matchAll(/^#### \d+\. (.*)\n\n```sql\n([\s\S]*?)\n```\n\n```\n([\s\S]*?)```$/gm)].map(
  ([, question, sql, output]) => ({ question: question!, sql: sql!, output: output! }),
);

describe("worked questions of docs/sql.md", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-sql-test-"));
  const file = path.join(folder, "sample.sqlite");
  const ask = async (sql: string, format: string) => {
    const { status, stdout, stderr } = await runCli(["query", file, sql, "--format", format]);
    expect([status, stderr]).toEqual([0, ""]);
    return stdout;
  };
  const rows = async (question: string) => {
    const { sql } = WORKED.find((one) => one.question === question)!;
    return JSON.parse(await ask(sql, "json")) as Record<string, number | string | null>[];
  };
  beforeAll(async () => {
    await runCli(["analyze", SAMPLE, "-o", file, "--quiet"]);
  });
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  test("are 25 or more", () => expect(WORKED.length).toBeGreaterThanOrEqual(25));

  test.each(WORKED)("$question", async ({ sql, output }) => {
    expect(await ask(sql, "table")).toBe(output);
  });

  describe("agree with what the server answered, key by key", () => {
    const countBy = (name: (one: KeyAnswer) => string, keys = SAMPLE_TRUTH) => {
      const counts = new Map<string, number>();
      for (const one of keys) counts.set(name(one), (counts.get(name(one)) ?? 0) + 1);
      return counts;
    };
    const sum = (keys: readonly KeyAnswer[]) => keys.reduce((all, one) => all + one.bytes, 0);
    /** The random levels of the one skiplist: fixtures/README.md. */
    const isRandom = (one: KeyAnswer) => one.encoding === "skiplist";
    const createdAt = 1795274655000; // ctime in the header of the snapshot
    const prefix = ({ key }: KeyAnswer) => key.toString("utf8").split(":")[0]!;
    const withTtl = SAMPLE_TRUTH.filter((one) => one.expiresAt >= 0);

    test("the biggest keys", async () => {
      const biggest = [...SAMPLE_TRUTH].sort((a, b) => b.bytes - a.bytes).slice(0, 5);
      const found = await rows("Which keys are the biggest?");
      expect(found.map((one) => [one.key, one.type, one.encoding])).toEqual(
        biggest.map((one) => [one.key.toString(), one.type, one.encoding]),
      );
      for (const [i, one] of biggest.entries()) if (!isRandom(one)) expect(found[i]!.bytes).toBe(one.bytes);
    });

    test("types", async () => {
      const counts = countBy((one) => one.type);
      const found = await rows("How many keys of each type, and what do they take?");
      expect(new Map(found.map((one) => [one.type, one.keys]))).toEqual(counts);
      for (const { type, bytes } of found) {
        const keys = SAMPLE_TRUTH.filter((one) => one.type === type);
        if (!keys.some(isRandom)) expect(bytes).toBe(sum(keys));
      }
    });

    test("databases", async () => {
      const found = await rows("How is memory spread over databases?");
      for (const { db, keys, keys_with_ttl } of found) {
        const own = SAMPLE_TRUTH.filter((one) => one.db === db);
        expect([keys, keys_with_ttl]).toEqual([own.length, own.filter((one) => one.expiresAt >= 0).length]);
      }
      expect(found.length).toBe(new Set(SAMPLE_TRUTH.map((one) => one.db)).size);
    });

    test("first segments", async () => {
      for (const one of await rows("And by the first segment of the name?")) {
        const own = SAMPLE_TRUTH.filter((key) => prefix(key) === one.prefix);
        expect(one.keys).toBe(own.length);
        if (!own.some(isRandom)) expect(one.bytes).toBe(sum(own));
      }
    });

    test("keys without a TTL", async () => {
      const [found] = await rows("How many keys never expire?");
      expect([found!.keys, found!.without_ttl]).toEqual([
        SAMPLE_TRUTH.length,
        SAMPLE_TRUTH.length - withTtl.length,
      ]);
    });

    test("what expires in the hours to come", async () => {
      const HOUR = 3_600_000;
      for (const [i, { keys, bytes }] of (
        await rows("What comes back in the hours after the snapshot?")
      ).entries()) {
        const own = withTtl.filter(
          ({ expiresAt: at }) => at > createdAt + i * HOUR && at <= createdAt + (i + 1) * HOUR,
        );
        expect([keys, bytes]).toEqual([own.length, sum(own)]);
      }
    });

    test("what expires in the same minute", async () => {
      const family = (key: string) => (key.startsWith("rate:") ? "rate:*:*" : "{user:*}:coupon");
      const minute = (ms: number) => new Date(ms).toISOString().slice(0, 16).replace("T", " ");
      const minutes = countBy(
        (one) => `${family(one.key.toString())} ${minute(one.expiresAt)}:00`,
        withTtl.filter(({ key }) => /^rate:|\}:coupon$/.test(key.toString())),
      );
      const most = [...minutes].sort((a, b) => b[1] - a[1]).slice(0, 3);
      const found = await rows("Which keys expire in the same minute?");
      expect(found.map((one) => [`${one.pattern} ${one.minute}`, one.keys])).toEqual(most);
    });

    test("medians and hundredths", async () => {
      for (const { type, keys, median, p99 } of await rows(
        "What is the median key of each type, and what the largest hundredth?",
      )) {
        const own = SAMPLE_TRUTH.filter((one) => one.type === type).sort((a, b) => a.bytes - b.bytes);
        expect([keys, median]).toEqual([own.length, own[Math.ceil(0.5 * own.length) - 1]!.bytes]);
        const last = own[Math.ceil(0.99 * own.length) - 1]!;
        if (!isRandom(last)) expect(p99).toBe(last.bytes);
      }
    });

    test("how few keys hold most", async () => {
      const descending = [...SAMPLE_TRUTH].sort((a, b) => b.bytes - a.bytes);
      const holding = (share: number) => {
        let left = sum(SAMPLE_TRUTH) * share;
        return (
          descending.findIndex((one) => {
            left -= one.bytes;
            return left <= 0;
          }) + 1
        );
      };
      const [found] = await rows("How few keys hold most of the memory?");
      expect(found!.half).toBe(holding(0.5));
      // One key's size is an expectation, up to 2% off: so is the sum, by as many of the small keys.
      expect(Math.abs(Number(found!.eighty_percent) - holding(0.8))).toBeLessThan(30);
    });

    test("queues, streams, months and names that are no text", async () => {
      const queues = await rows("Are there queues that nobody drains?");
      const lists = SAMPLE_TRUTH.filter((one) => one.type === "list" && one.key.includes("queue"));
      expect(new Map(queues.map((one) => [one.key, one.elements]))).toEqual(
        new Map(lists.map((one) => [one.key.toString(), one.length])),
      );
      const months = await rows("How many keys a month, where a name has a date?");
      const dated = countBy(
        ({ key }) => key.toString().slice(0, -3),
        SAMPLE_TRUTH.filter(({ key }) => /:\d{4}-\d\d-\d\d$/.test(key.toString())),
      );
      expect(new Map(months.map((one) => [one.month, one.keys]))).toEqual(dated);
      const binary = SAMPLE_TRUTH.filter(
        ({ key }) => !Buffer.from(key.toString()).equals(key) || key.includes(0),
      );
      const found = await rows("Which names are no text?");
      expect(found.map((one) => one.bytes_of_name)).toEqual(
        binary.map(({ key }) => key.toString("hex").toUpperCase()),
      );
    });
  });
});
