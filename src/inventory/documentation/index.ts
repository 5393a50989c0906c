import { BASE_TABLE_DOCS } from "./base-tables.ts";
import { type TableDoc, UNITS } from "./columns.ts";
import { TABLE_DOCS } from "./tables.ts";
import { VIEW_DOCS } from "./views.ts";

/** What a documented relation is. */
export type RelationKind = "view" | "table" | "base table";

/** A column as people and programs are told of it. */
export interface DocumentedColumn {
  readonly name: string;
  /** As SQLite stores it: INTEGER, REAL, TEXT, or ANY (TEXT or BLOB). Sums that are estimated, of a sample, are REAL. */
  readonly type: string;
  readonly unit: string;
  readonly meaning: string;
}

/** A table or view of an inventory. */
export interface Documented {
  readonly name: string;
  readonly kind: RelationKind;
  readonly meaning: string;
  readonly columns: readonly DocumentedColumn[];
}

/**
 * Every table and view of an inventory with its columns, in their order. This is the only place that says what they mean:
 * `rdbscope schema` prints it, and tests hold docs/sql.md and the schema to it.
 */
export const DOCUMENTED: readonly Documented[] = [
  ...relations("view", VIEW_DOCS),
  ...relations("table", TABLE_DOCS),
  ...relations("base table", BASE_TABLE_DOCS),
];

function relations(kind: RelationKind, docs: Readonly<Record<string, TableDoc>>): Documented[] {
  return Object.entries(docs).map(([name, { meaning, columns }]) => ({
    name,
    kind,
    meaning,
    columns: Object.entries(columns).map(([column, [unit, text]]) => ({
      name: column,
      type: UNITS[unit],
      unit,
      meaning: text,
    })),
  }));
}
