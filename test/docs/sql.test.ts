import { readFileSync } from "node:fs";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { SCHEMA_SQL } from "../../src/inventory/schema.ts";

/** Table name to its documented rows: column, unit, meaning. */
function documented(): Map<string, string[][]> {
  const text = readFileSync(new URL("../../docs/sql.md", import.meta.url), "utf8");
  const sections = text.split(/^### /m).slice(1);
  return new Map(
    sections.map((section) => {
      const rows = section.split("\n").filter((line) => line.startsWith("| `"));
      const cells = rows.map((row) =>
        row
          .split("|")
          .slice(1, -1)
          .map((cell) => cell.trim().replaceAll("`", "")),
      );
      return [/^`(\w+)`/.exec(section)![1]!, cells];
    }),
  );
}

function existing(): Map<string, string[]> {
  const db = new Database(":memory:");
  db.exec(SCHEMA_SQL);
  const names = db
    .prepare("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")
    .pluck()
    .all() as string[];
  return new Map(
    names.map((name) => [
      name,
      db.prepare("SELECT name FROM pragma_table_info(?)").pluck().all(name) as string[],
    ]),
  );
}

describe("docs/sql.md", () => {
  const docs = documented();
  const tables = existing();

  test("documents every table and view, and none that does not exist", () => {
    expect([...docs.keys()].sort()).toEqual([...tables.keys()].sort());
  });

  test.each([...tables])("documents the columns of %s, with units", (name, columns) => {
    const rows = docs.get(name) ?? [];
    expect(rows.map((row) => row[0]!)).toEqual(columns);
    for (const [, unit, meaning] of rows) {
      expect(unit).not.toBe("");
      expect(meaning).not.toBe("");
    }
  });

  test("gives recipes that run", () => {
    const db = new Database(":memory:");
    db.exec(SCHEMA_SQL);
    const text = readFileSync(new URL("../../docs/sql.md", import.meta.url), "utf8");
    const recipes = /```sql\n([\s\S]*?)```/
      .exec(text)![1]!
      .split(";")
      .filter((sql) => sql.trim() !== "");
    expect(recipes.length).toBeGreaterThan(3);
    for (const recipe of recipes) expect(() => db.prepare(recipe).all(), recipe).not.toThrow();
  });
});
