import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { type Inventory, openInventory } from "../../src/inventory/open.ts";
import { APPLICATION_ID, SCHEMA_SQL, SCHEMA_VERSION, SNAPSHOT_ID_SHIFT } from "../../src/inventory/schema.ts";
import type { QuestionFilters } from "../../src/queries/filters.ts";
import type { Scope } from "../../src/queries/scope.ts";
import { snapshots } from "../../src/queries/snapshots.ts";

/** The time of the snapshots made here: in the middle of an hour. */
export const CREATED_AT = Date.UTC(2026, 0, 1, 12, 30);
export const HOUR_MS = 3_600_000;

/** A key of an inventory made by hand. */
export interface SmallKey {
  readonly key: string | Buffer;
  readonly type: string;
  readonly encoding: string;
  readonly pattern: string;
  readonly bytes: number;
  readonly db?: number;
  readonly elements?: number;
  readonly expiresAt?: number;
}

/** Six keys of two databases, some of which expire. */
export const KEYS: readonly SmallKey[] = [
  { key: "user:1", type: "hash", encoding: "listpack", pattern: "user:*", bytes: 100, elements: 3 },
  { key: "user:2", type: "hash", encoding: "hashtable", pattern: "user:*", bytes: 5000, elements: 600 },
  {
    key: "s:a",
    type: "string",
    encoding: "raw",
    pattern: "s:*",
    bytes: 200,
    expiresAt: CREATED_AT + 2 * HOUR_MS,
  },
  { key: "s:b", type: "string", encoding: "int", pattern: "s:*", bytes: 50, expiresAt: CREATED_AT - 60_000 },
  { key: "q", type: "list", encoding: "listpack", pattern: "q", bytes: 1000, elements: 9, db: 1 },
  {
    key: Buffer.from([0xff, 0x00, 0x5c]),
    type: "string",
    encoding: "embstr",
    pattern: "(binary)",
    bytes: 60,
  },
];

/** Writes an inventory with the tables that questions read; `rows: false` is `--keys none`. */
export function writeInventory(
  file: string,
  keys: readonly SmallKey[] = KEYS,
  rows = true,
  copies = 1,
): void {
  const db = new Database(file);
  db.pragma(`application_id = ${APPLICATION_ID}`);
  db.pragma(`user_version = ${SCHEMA_VERSION}`);
  db.exec(SCHEMA_SQL);
  const insert = (table: string, values: readonly unknown[]) =>
    db.prepare(`INSERT INTO ${table} VALUES (${values.map(() => "?").join(", ")})`).run(...values);
  const kinds = [...new Set(keys.map((k) => `${k.type} ${k.encoding}`))];
  const patterns = [...new Set(keys.map((k) => k.pattern))];
  for (const [id, kind] of kinds.entries()) insert("kinds", [id, ...kind.split(" "), null]);
  for (const [id, pattern] of patterns.entries()) insert("pattern_ids", [id, pattern]);
  insert("size_classes", [0, 0, null]);
  for (let snapshot = 1; snapshot <= copies; snapshot++) {
    const expired = keys.filter((k) => k.expiresAt !== undefined && k.expiresAt <= CREATED_AT).length;
    insert("node_rows", [snapshot, `dump${snapshot}`, `dump${snapshot}`, null, 0, ""]);
    insert("snapshot_rows", [
      snapshot,
      `dump${snapshot}.rdb`,
      "rdb",
      1234,
      "f",
      "REDIS",
      11,
      "redis",
      "7.2.6",
      CREATED_AT,
      "snapshot",
      CREATED_AT,
      null,
      "ok",
      "redis-7.2",
      1,
      1,
      "jemalloc",
      "{}",
      "{}",
      "{}",
      keys.length,
      expired,
      rows ? keys.length : 0,
      1,
      0,
      "0.1.0",
      null,
      ...new Array(7).fill(null),
    ]);
    const ranks = new Map<string, number>();
    for (const [i, k] of [...keys.entries()].sort((a, b) => b[1].bytes - a[1].bytes)) {
      const { db: number = 0, elements = null, expiresAt = null } = k;
      const kind = kinds.indexOf(`${k.type} ${k.encoding}`);
      const pattern = patterns.indexOf(k.pattern);
      const isExpired = expiresAt !== null && expiresAt <= CREATED_AT ? 1 : 0;
      if (rows) {
        insert("key_rows", [
          (snapshot - 1) * SNAPSHOT_ID_SHIFT + 100 + i,
          number,
          k.key,
          kind,
          pattern,
          k.bytes,
          k.bytes,
          10,
          20,
          elements,
          5,
          expiresAt,
          null,
          null,
          7,
          0,
        ]);
      }
      insert("rollup_rows", [
        snapshot,
        number,
        kind,
        pattern,
        0,
        1,
        1,
        expiresAt === null ? 1 : 0,
        isExpired,
        k.bytes,
        k.bytes,
        isExpired * k.bytes,
        isExpired * k.bytes,
        10,
        20,
        3,
        elements ?? 0,
        0,
        0,
        0,
        0,
        0,
        0,
        k.bytes,
        elements ?? 0,
      ]);
      if (expiresAt !== null) {
        const startsAt = CREATED_AT + (Math.ceil((expiresAt - CREATED_AT) / HOUR_MS) - 1) * HOUR_MS;
        insert("expiry_rows", [snapshot, number, pattern, startsAt, startsAt + HOUR_MS, 1, 1, k.bytes, 0, 0]);
      }
      const bucket = Math.ceil(Math.log(k.bytes) / Math.log(1.02));
      insert("sketch_rows", [snapshot, k.type, null, "bytes", bucket, 1, k.bytes]);
      insert("sketch_rows", [snapshot, null, pattern, "bytes", bucket, 1, k.bytes]);
      const rank = (ranks.get(k.type) ?? 0) + 1;
      ranks.set(k.type, rank);
      for (const rankedBy of elements === null ? ["bytes"] : ["bytes", "elements"]) {
        insert("big_keys", [
          snapshot,
          rankedBy,
          k.type,
          rank,
          number,
          k.key,
          k.encoding,
          k.bytes,
          elements,
          5,
          "field",
          expiresAt,
          k.pattern,
          100 + i,
          "exact",
        ]);
      }
    }
  }
  db.close();
}

/** Runs with a folder that is removed afterwards. */
export async function withFolder<T>(work: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rdbscope-test-"));
  try {
    return await work(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs with an inventory of `KEYS`. */
export function withScope<T>(
  filters: QuestionFilters,
  ask: (scope: Scope, inventory: Inventory) => T,
  rows = true,
): Promise<T> {
  return withFolder((folder) => {
    const file = path.join(folder, "small.sqlite");
    writeInventory(file, KEYS, rows);
    const inventory = openInventory(file);
    try {
      return ask({ inventory, snapshot: snapshots(inventory)[0]!, filters }, inventory);
    } finally {
      inventory.close();
    }
  });
}
