/** How a column's values are meant: decides how people see them. Machine formats carry them as they are. */
export type ColumnKind = "text" | "key" | "bytes" | "count" | "share" | "time" | "number";

/** A column of an answer; `name` is its name in SQL and in machine formats, `title` its heading in tables. */
export interface Column {
  readonly name: string;
  readonly title: string;
  readonly kind: ColumnKind;
  /** Only machine formats carry it. */
  readonly machineOnly?: boolean;
  /** A table's last line adds it up. */
  readonly sum?: boolean;
}

export type Value = string | number | bigint | Buffer | null;

/** Anything that holds a value a column name. */
export type Row = Readonly<Record<string, Value>>;

/** One table of an answer. */
export interface Section {
  readonly name: string;
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: Iterable<Row>;
  /** What the rows leave out, in one line that only tables show. */
  readonly rest?: Row;
  readonly notes?: readonly string[];
}

/** Makes a column; `more` marks it as summed or machine-only. */
export function column(
  name: string,
  title: string,
  kind: ColumnKind,
  more: { readonly sum?: boolean; readonly machineOnly?: boolean } = {},
): Column {
  return { name, title, kind, ...more };
}
