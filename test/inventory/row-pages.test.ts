import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { IoError, UsageError } from "../../src/errors.ts";
import { openInventory } from "../../src/inventory/open.ts";
import { RowReader } from "../../src/inventory/row-pages.ts";
import { ask, run, workFolder } from "../pipeline/support.ts";
import { sampleSnapshots } from "../support/arbitrary-snapshot.ts";
import * as values from "../support/rdb-values.ts";
import { RdbWriter } from "../support/rdb-writer.ts";

const folder = workFolder();

const SQL = `SELECT id, db, hex(key) AS name, kind_id, pattern_id, bytes, payload_bytes, elements, expires_at, accuracy
  FROM key_rows ORDER BY id`;

/** All rows as pages have them, in the form that `SQL` gives. */
function rowsOf(file: string): Record<string, unknown>[] {
  const inventory = openInventory(file);
  try {
    const rows = inventory.openRows("ids");
    const reader = new RowReader(rows);
    const found: Record<string, unknown>[] = [];
    const orNull = (value: number) => (Number.isNaN(value) ? null : value);
    reader.each(0, rows.leaves.length, () => {
      const name = Buffer.from(reader.page.subarray(reader.keyStart, reader.keyStart + reader.keyBytes));
      found.push({
        id: reader.id,
        db: reader.db,
        name: name.toString("hex").toUpperCase(),
        kind_id: reader.kind,
        pattern_id: reader.pattern,
        bytes: reader.bytes,
        payload_bytes: reader.payloadBytes,
        elements: orNull(reader.elements),
        expires_at: orNull(reader.expiresAt),
        accuracy: reader.accuracy,
      });
    });
    fs.closeSync(rows.fd);
    return found.sort((a, b) => Number(a.id) - Number(b.id));
  } finally {
    inventory.close();
  }
}

async function manyKeys(): Promise<string> {
  const writer = new RdbWriter("REDIS", 11).aux("redis-ver", "7.2.4").selectDb(0);
  for (let i = 0; i < 5000; i++) {
    const expires = i % 3 === 0 ? { expiresAtMs: [1, 2 ** 31, 2 ** 41 + i, 2 ** 53][i % 4]! } : {};
    writer.key(`user:${i}`, values.stringValue("x".repeat(i % 400)), expires);
  }
  for (const size of [16_200, 16_340, 16_341, 16_384, 100_000]) {
    writer.key(Buffer.alloc(size, "k"), values.stringValue("v"));
  }
  return (
    await run(folder, [
      writer.end(),
      ...sampleSnapshots()
        .slice(0, 3)
        .map(({ bytes }) => bytes),
    ])
  ).output;
}

describe("rows read from pages", () => {
  it("are those that SQLite reads, overflowing ones too", async () => {
    const file = await manyKeys();
    expect(rowsOf(file)).toEqual(ask(file, SQL));
  });

  it.each([512, 4096, 65536])("are the same after somebody made pages of %i bytes", async (size) => {
    const file = await manyKeys();
    const before = ask(file, SQL);
    const db = new Database(file);
    db.pragma(`page_size = ${size}`);
    db.exec("VACUUM; CREATE INDEX mine ON key_rows (bytes); DELETE FROM key_rows WHERE bytes % 3 = 0");
    db.close();
    expect(rowsOf(file)).toEqual(ask(file, SQL));
    expect(ask(file, SQL).length).toBeLessThan(before.length);
  });

  it("are none of an inventory without rows", async () => {
    const bytes = new RdbWriter("REDIS", 11).end();
    expect(rowsOf((await run(folder, [bytes])).output)).toEqual([]);
  });

  it("of broken pages are an error that says so", async () => {
    const file = await manyKeys();
    const whole = fs.readFileSync(file);
    let refused = 0;
    for (let at = 16_384 * 4; at < whole.length; at += 9973) {
      const broken = path.join(folder, "broken.sqlite");
      const bytes = Buffer.from(whole);
      bytes.fill(0xff, at, at + 40);
      fs.writeFileSync(broken, bytes);
      try {
        rowsOf(broken);
      } catch (error) {
        // A page of the schema: another file than rdbscope's.
        if (error instanceof UsageError) continue;
        expect(error).toBeInstanceOf(IoError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(3);
  });
});
