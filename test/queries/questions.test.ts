import path from "node:path";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { openInventory } from "../../src/inventory/open.ts";
import { bigkeys } from "../../src/queries/bigkeys.ts";
import { encodings } from "../../src/queries/encodings.ts";
import type { QuestionFilters } from "../../src/queries/filters.ts";
import { patterns } from "../../src/queries/patterns.ts";
import { query } from "../../src/queries/query.ts";
import { snapshots } from "../../src/queries/snapshots.ts";
import { summary } from "../../src/queries/summary.ts";
import { ttl } from "../../src/queries/ttl.ts";
import { types } from "../../src/queries/types.ts";
import { KEYS, withFolder, withScope, writeInventory } from "./small-inventory.ts";

describe.each([
  ["with key rows", true],
  ["without key rows", false],
] as const)("an inventory %s", (_, rows) => {
  test("adds up types, with quantiles within 1%", () =>
    withScope(
      {},
      (scope) => {
        const [hash, list, string] = types(scope);
        expect(hash).toMatchObject({ type: "hash", keys: 2, bytes: 5100, max_bytes: 5000, elements: 603 });
        expect(list).toMatchObject({ type: "list", keys: 1, bytes: 1000 });
        expect(string).toMatchObject({ type: "string", keys: 3, bytes: 310, elements: null, expired: 1 });
        expect(Math.abs(hash!.p50_bytes! - 100)).toBeLessThanOrEqual(1);
        expect(Math.abs(list!.p99_bytes! - 1000)).toBeLessThanOrEqual(10);
      },
      rows,
    ));

  test("filters by database, type and pattern", async () => {
    await withScope(
      { dbs: [1] },
      (scope) => expect(types(scope).map((row) => row.type)).toEqual(["list"]),
      rows,
    );
    await withScope({ types: ["hash"] }, (scope) => expect(encodings(scope)).toHaveLength(2), rows);
    await withScope({ pattern: "s:*" }, (scope) => expect(types(scope)[0]).toMatchObject({ keys: 2 }), rows);
  });

  test("puts the patterns beyond the largest in one line", () =>
    withScope(
      {},
      (scope) => {
        const { rows: top, rest } = patterns(scope, 2);
        expect(top.map((row) => row.pattern)).toEqual(["user:*", "q"]);
        expect(rest).toMatchObject({ pattern: "(2 more)", keys: 3, bytes: 310 });
        expect(patterns(scope, 9, "keys").rows.map((row) => row.keys)).toEqual([2, 2, 1, 1]);
      },
      rows,
    ));

  test("tells expired keys from those that soon do", () =>
    withScope(
      {},
      (scope) => {
        const keys = Object.fromEntries(ttl(scope).map((row) => [row.ttl, row.keys]));
        expect(keys).toMatchObject({
          expired: 1,
          "within 1 hour": 0,
          "within 24 hours": 1,
          later: 0,
          "no TTL": 4,
        });
        expect(ttl(scope).reduce((sum, row) => sum + row.bytes, 0)).toBe(6410);
      },
      rows,
    ));

  test("ranks by bytes and by elements", () =>
    withScope(
      {},
      (scope) => {
        expect(bigkeys(scope, 2, "bytes").map((row) => row.key)).toEqual(["user:2", "q"]);
        expect(bigkeys(scope, 9, "elements").map((row) => row.elements)).toEqual([600, 9, 3]);
      },
      rows,
    ));

  test("sums up", () =>
    withScope(
      {},
      (scope) => {
        const { totals } = summary(scope);
        expect(totals).toMatchObject({
          keys: 6,
          databases: 2,
          bytes: 6410,
          expired: 1,
          expired_bytes: 50,
          patterns: 4,
        });
      },
      rows,
    ));
});

describe("filters that need key rows", () => {
  const cases: [QuestionFilters, (string | Buffer)[]][] = [
    [{ key: "user:*" }, ["user:2", "user:1"]],
    [{ key: "user:[^1]" }, ["user:2"]],
    [{ key: "^s:.$", regex: true }, ["s:a", "s:b"]],
    [{ notKey: "*:*" }, ["q", Buffer.from([0xff, 0x00, 0x5c])]],
    [{ key: "???" }, ["s:a", Buffer.from([0xff, 0x00, 0x5c]), "s:b"]],
    [{ minBytes: 100, maxBytes: 1000 }, ["q", "s:a", "user:1"]],
    [{ ttl: "expired" }, ["s:b"]],
    [{ ttl: "any" }, ["s:a", "s:b"]],
    [{ ttl: "none", types: ["hash"] }, ["user:2", "user:1"]],
    [{ ttl: { min: 3600, max: Number.POSITIVE_INFINITY } }, ["s:a"]],
    [{ pattern: "user:*" }, ["user:2", "user:1"]],
    [{ pattern: "s:*", minBytes: 100 }, ["s:a"]],
    [{ pattern: "user:" }, []],
    [{ types: ["list", "string"], dbs: [0], minBytes: 60 }, ["s:a", Buffer.from([0xff, 0x00, 0x5c])]],
  ];

  test.each(cases)("%o", (filters, keys) =>
    withScope(filters, (scope) => expect(bigkeys(scope, 10, "bytes").map((row) => row.key)).toEqual(keys)),
  );

  test.each(cases.map(([filters]) => filters))(
    "%o hold for the keys of one of several snapshots",
    (filters) =>
      withFolder((folder) => {
        const file = path.join(folder, "two.sqlite");
        writeInventory(file, KEYS, true, 2);
        const inventory = openInventory(file);
        const names = snapshots(inventory).map((snapshot) =>
          bigkeys({ inventory, snapshot, filters }, 10, "bytes").map((row) => row.key),
        );
        inventory.close();
        expect(names[1]).toEqual(names[0]);
        expect(names[0]).toEqual(cases.find(([one]) => one === filters)![1]);
      }),
  );

  test("find a pattern by all of its ids, and rank by elements those that have some", () =>
    withFolder((folder) => {
      const file = path.join(folder, "ids.sqlite");
      writeInventory(file);
      const db = new Database(file);
      db.exec(`INSERT INTO pattern_ids VALUES (77, 'user:*');
        UPDATE key_rows SET pattern_id = 77 WHERE key = 'user:1'`);
      db.close();
      const inventory = openInventory(file);
      const [snapshot] = snapshots(inventory);
      const names = (filters: QuestionFilters) =>
        bigkeys({ inventory, snapshot: snapshot!, filters }, 10, "elements").map((row) => row.key);
      expect(names({ pattern: "user:*" })).toEqual(["user:2", "user:1"]);
      expect(names({ minBytes: 1 })).toEqual(["user:2", "q", "user:1"]);
      expect(names({ pattern: "s:*" })).toEqual([]);
      inventory.close();
    }));

  test("say so, and how to get them, when there are none", () =>
    withScope(
      { key: "user:*" },
      (scope) => {
        expect(() => types(scope)).toThrow(UsageError);
        expect(() => types(scope)).toThrow(/--key needs a row a key.*rdbscope analyze dump1.rdb --keys all/);
      },
      false,
    ));

  test("count TTLs to the millisecond", () =>
    withScope({ types: ["string"] }, (scope) => {
      const rows = Object.fromEntries(ttl(scope).map((row) => [row.ttl, row.keys]));
      expect(rows).toMatchObject({ expired: 1, "within 24 hours": 1, "no TTL": 1 });
    }));
});

describe("query", () => {
  test("keeps columns of the same name apart, and large integers exact", () =>
    withScope({}, (_, inventory) => {
      const { columns, rows } = query(inventory, {
        sql: "SELECT 1 AS a, 9007199254740993 AS a, x'00' AS key",
      });
      expect(columns.map((column) => column.name)).toEqual(["a", "a_2", "key"]);
      expect([...rows][0]).toEqual({ a: 1, a_2: 9007199254740993n, key: Buffer.of(0) });
    }));

  test.each([
    "DELETE FROM key_rows",
    "VACUUM INTO '/tmp/x'",
    "SELECT 1; SELECT 2",
    "SELEC",
    "",
    "ATTACH 'x' AS y",
  ])("refuses %j", (sql) =>
    withScope({}, (_, inventory) => expect(() => query(inventory, { sql })).toThrow(UsageError)),
  );

  test("cannot write", () =>
    withScope({}, (_, inventory) =>
      expect(() => [...query(inventory, { sql: "DELETE FROM key_rows RETURNING id" }).rows]).toThrow(
        /only statements that return rows/,
      ),
    ));
});
