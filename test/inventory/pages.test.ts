import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LeafPlaces, PageAllocator, plantLeaves, RowWriter } from "../../src/inventory/pages.ts";
import { PAGE_BYTES } from "../../src/inventory/schema.ts";

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-pages-"));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** A row of the test table: id, two integers around the bytes, as `add` takes them. */
interface Row {
  readonly id: number;
  readonly before: number | null;
  readonly body: Buffer;
  readonly text: boolean;
  readonly after: number | null;
}

const COLUMNS = 4;
const BODY = 2;
let files = 0;

/** A table being written: SQLite makes it, writers fill it, `rows` asks SQLite again. */
class Table {
  readonly path = path.join(folder, `${++files}.sqlite`);
  readonly counter = new SharedArrayBuffer(4);
  readonly allocator = new PageAllocator(this.counter);
  private readonly rootPage: number;
  private readonly fd: number;
  private readonly writers: RowWriter[] = [];

  constructor() {
    const db = new Database(this.path);
    db.pragma(`page_size = ${PAGE_BYTES}`);
    db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, before INTEGER, body ANY, after INTEGER) STRICT");
    db.exec("CREATE TABLE other (x INTEGER) STRICT");
    this.rootPage = Number(db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 't'").pluck().get());
    new Int32Array(this.counter)[0] = Number(db.pragma("page_count", { simple: true })) + 1;
    db.close();
    this.fd = fs.openSync(this.path, "r+");
  }

  writer(): RowWriter {
    const writer = new RowWriter(this.fd, this.allocator, COLUMNS, BODY);
    this.writers.push(writer);
    return writer;
  }

  /** Ends all writers and hangs their leaves into the table; returns where these stand. */
  finish(): LeafPlaces {
    for (const writer of this.writers) writer.flush();
    const leaves = {
      maxIds: this.writers.flatMap((w) => w.leaves.maxIds),
      pages: this.writers.flatMap((w) => w.leaves.pages),
      overflow: this.writers.flatMap((w) => w.leaves.overflow),
    };
    plantLeaves(this.fd, this.rootPage, leaves, this.allocator);
    fs.closeSync(this.fd);
    return leaves;
  }

  ask<T>(question: (db: Database.Database) => T): T {
    const db = new Database(this.path);
    try {
      return question(db);
    } finally {
      db.close();
    }
  }

  check(): unknown {
    return this.ask((db) => db.pragma("integrity_check", { simple: true }));
  }
}

function add(writer: RowWriter, row: Row): void {
  writer.integers[1] = row.before ?? Number.NaN;
  writer.integers[3] = row.after ?? Number.NaN;
  writer.add(row.id, row.body, row.body.length, row.text);
}

type Stored = [id: bigint, before: bigint | null, body: string, after: bigint | null];

/** Text as it is, bytes as hex; long ones by their hash, which is quicker to compare. */
function shown(body: string | Buffer): string {
  if (body.length > 200)
    return `${typeof body} ${body.length} ${createHash("sha1").update(body).digest("hex")}`;
  return typeof body === "string" ? body : `blob ${body.toString("hex")}`;
}

function storedRows(table: Table): Stored[] {
  type Raw = [bigint, bigint | null, string | Buffer, bigint | null];
  const all = (db: Database.Database) =>
    db.prepare("SELECT * FROM t ORDER BY id").safeIntegers(true).raw(true).all();
  return (table.ask(all) as Raw[]).map(([id, before, body, after]) => [id, before, shown(body), after]);
}

function asStored(row: Row): Stored {
  const integer = (value: number | null) => (value === null ? null : BigInt(value));
  return [
    BigInt(row.id),
    integer(row.before),
    shown(row.text ? row.body.toString("utf8") : row.body),
    integer(row.after),
  ];
}

function expectRoundTrip(rows: readonly Row[]): void {
  const table = new Table();
  const writer = table.writer();
  for (const row of rows) add(writer, row);
  table.finish();
  expect(table.check()).toBe("ok");
  expect(storedRows(table)).toEqual(rows.map(asStored));
}

const row = (
  id: number,
  body: Buffer | string,
  numbers: Partial<Pick<Row, "before" | "after">> = {},
): Row => ({
  id,
  body: Buffer.from(body),
  text: typeof body === "string",
  before: null,
  after: null,
  ...numbers,
});

/** Both sides of every border between two integer sizes of the format. */
const BORDERS = [
  0,
  1,
  2,
  2 ** 7,
  2 ** 15,
  2 ** 23,
  2 ** 31,
  2 ** 32,
  2 ** 47,
  2 ** 48,
  Number.MAX_SAFE_INTEGER,
].flatMap((n) => [n - 1, n, n + 1, -n, -n - 1, 1 - n].filter(Number.isSafeInteger).map((value) => value + 0));

describe("rows written as pages, read by SQLite", () => {
  it("hold every size of integer, and NULL", () => {
    expectRoundTrip(BORDERS.map((n, i) => row(i + 1, "k", { before: n, after: null })));
    expectRoundTrip(BORDERS.map((n, i) => row(i + 1, "k", { before: null, after: n })));
  });

  it("have ids of every size", () => {
    const ids = [...new Set(BORDERS.filter((n) => n >= 0))].sort((a, b) => a - b);
    expectRoundTrip(ids.map((id) => row(id, `id ${id}`, { before: 7 })));
  });

  it("take -0 for 0", () => {
    const table = new Table();
    add(table.writer(), row(1, "k", { before: -0 }));
    table.finish();
    expect(storedRows(table)).toEqual([[1n, 0n, "k", null]]);
  });

  it.each([
    ["the largest that fits a page", PAGE_BYTES - 35],
    ["two pages", 2 * PAGE_BYTES],
    ["the end of the second overflow page", 3 * PAGE_BYTES - 8],
  ])("hold bytes of every length around %s", (_name, middle) => {
    const lengths = Array.from({ length: 120 }, (_, i) => middle - 100 + i);
    expectRoundTrip(lengths.map((length, i) => row(i + 1, Buffer.alloc(length, i + 1), { before: length })));
  });

  it("hold any row, of up to 100 KB", () => {
    const integer = fc.option(fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.constantFrom(...BORDERS)));
    const length = fc.oneof(
      { weight: 6, arbitrary: fc.nat(200) },
      { weight: 2, arbitrary: fc.nat(100_000) },
      { weight: 1, arbitrary: fc.integer({ min: PAGE_BYTES - 64, max: PAGE_BYTES + 8 }) },
    );
    const body = fc.oneof(
      fc.string({ unit: "grapheme" }).filter((s) => !s.includes("\0")),
      fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
      fc.tuple(length, fc.nat(255)).map(([n, fill]) => Buffer.alloc(n, fill)),
    );
    const rows = fc.array(fc.tuple(fc.integer({ min: 1, max: 2 ** 40 }), body, integer, integer), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(rows, (made) => {
        let id = 0;
        const placed = made.map(([step, text, before, after]) => {
          id += step;
          return row(id, text, { before, after });
        });
        expectRoundTrip(placed);
      }),
      { numRuns: 80 },
    );
  });

  it.each([0, 1, 2, 3, 50])("may be %d", (count) => {
    expectRoundTrip(Array.from({ length: count }, (_, i) => row(i + 1, `key:${i}`, { before: i })));
  });

  it("may be one that needs overflow pages", () => expectRoundTrip([row(5, Buffer.alloc(100_000, "x"))]));

  it("may be 100,000, and the table can be written on by SQLite", () => {
    const table = new Table();
    const writer = table.writer();
    const body = Buffer.from("key:0000000");
    for (let i = 1; i <= 100_000; i++) {
      body.write(String(i).padStart(7, "0"), 4);
      writer.integers[1] = i;
      writer.add(i * 3, body, body.length, true);
    }
    table.finish();
    expect(writer.rows).toBe(100_000);
    expect(table.check()).toBe("ok");
    const sums = "SELECT count(*), sum(before), sum(id), count(DISTINCT body), min(body), max(body) FROM t";
    const all = [100_000, 5_000_050_000, 15_000_150_000, 100_000, "key:0000001", "key:0100000"];
    expect(table.ask((db) => db.prepare(sums).raw(true).get())).toEqual(all);
    expect(table.ask((db) => db.prepare("SELECT body FROM t WHERE id = 150000").pluck().get())).toBe(
      "key:0050000",
    );
    table.ask((db) => {
      db.exec(
        "DELETE FROM t WHERE id % 2 = 0; INSERT INTO t SELECT id + 1, 1, 'new', NULL FROM t; CREATE INDEX i ON t (body)",
      );
      expect(db.pragma("integrity_check", { simple: true })).toBe("ok");
      expect(db.prepare("SELECT count(*) FROM t").pluck().get()).toBe(100_000);
    });
  });

  it("may need interior pages over interior pages", () => {
    const rows = Array.from({ length: 2300 }, (_, i) => row(i + 1, Buffer.alloc(9000, i % 251)));
    const table = new Table();
    const writer = table.writer();
    for (const one of rows) add(writer, one);
    expect(table.finish().pages).toHaveLength(2300);
    expect(table.check()).toBe("ok");
    const lengths = "SELECT count(*), sum(length(body)), sum(id) FROM t WHERE id BETWEEN 1000 AND 2200";
    expect(table.ask((db) => db.prepare(lengths).raw(true).get())).toEqual([1201, 1201 * 9000, 1201 * 1600]);
  });

  it("of several writers stand in the order of their ids, whoever had which range", () => {
    const range = fc.record({
      writer: fc.nat(2),
      rows: fc.nat(300),
      length: fc.constantFrom(3, 90, 5000, 20_000),
    });
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 8 }), (ranges) => {
        const table = new Table();
        const writers = [table.writer(), table.writer(), table.writer()];
        const rows: Row[] = [];
        for (const { writer, rows: count, length } of ranges) {
          for (let i = 0; i < Math.min(count, 1_000_000 / length); i++) {
            rows.push(row(rows.length + 1, Buffer.alloc(length, rows.length), { before: writer }));
            add(writers[writer]!, rows.at(-1)!);
          }
          writers[writer]!.finishRange();
        }
        table.finish();
        expect(table.check()).toBe("ok");
        expect(storedRows(table)).toEqual(rows.map(asStored));
      }),
      { numRuns: 25 },
    );
  });
});

describe("the page that SQLite locks", () => {
  const LOCK_PAGE = 65537;
  const allocatorAt = (next: number) => {
    const counter = new SharedArrayBuffer(4);
    new Int32Array(counter)[0] = next;
    return new PageAllocator(counter);
  };

  it("is never handed out", () => {
    const allocator = allocatorAt(LOCK_PAGE - 20);
    const given: number[] = [];
    while (given.length < 60) {
      const first = allocator.allocate(7);
      expect(allocator.granted).toBeGreaterThan(0);
      for (let i = 0; i < allocator.granted; i++) given.push(first + i);
    }
    const wanted = Array.from({ length: 61 }, (_, i) => LOCK_PAGE - 20 + i).filter(
      (page) => page !== LOCK_PAGE,
    );
    expect(given.slice(0, 60)).toEqual(wanted);
  });

  it.each([1, 16])("is stepped over when it is the next (%d wanted)", (count) => {
    const allocator = allocatorAt(LOCK_PAGE);
    expect(allocator.allocate(count)).toBe(LOCK_PAGE + 1);
    expect(allocator.granted).toBe(count);
  });

  it("splits a writer's run of pages", () => {
    const table = new Table();
    new Int32Array(table.counter)[0] = LOCK_PAGE - 5;
    const writer = table.writer();
    for (let i = 1; i <= 40; i++) add(writer, row(i, Buffer.alloc(9000, i), { before: i }));
    const { pages } = table.finish();
    const around = Array.from({ length: 41 }, (_, i) => LOCK_PAGE - 5 + i).filter(
      (page) => page !== LOCK_PAGE,
    );
    expect(pages).toEqual(around);
    expect(storedRows(table)).toEqual(
      Array.from({ length: 40 }, (_, i) =>
        asStored(row(i + 1, Buffer.alloc(9000, i + 1), { before: i + 1 })),
      ),
    );
    fs.rmSync(table.path);
  });
});
