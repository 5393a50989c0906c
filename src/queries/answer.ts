/** How a column's values are meant (`ratio`: how many times something, to a hundredth; `mark`: 1 or 0, in JSON true or false): decides how people see them. Machine formats carry them as they are. */
export type ColumnKind = "text" | "key" | "bytes" | "count" | "share" | "time" | "number" | "ratio" | "mark";

/** A column of an answer; `name` is its name in SQL and in machine formats, `title` its heading in tables. */
export interface Column {
  readonly name: string;
  readonly title: string;
  readonly kind: ColumnKind;
  /** Only machine formats carry it. */
  readonly machineOnly?: boolean;
  /** A table's last line adds it up. */
  readonly sum?: boolean;
  /** Tables leave it out where there is no room for all columns; the last such column first. */
  readonly spare?: boolean;
  /** What is too long for its column goes on below, and no other column gives way to it. */
  readonly wraps?: boolean;
  /** Column that is above 0 in a row whose value here is no less than what it says: tables mark it with ≥. */
  readonly atLeast?: string;
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
  /** Cells of a table's last line that no sum of a column gives. */
  readonly total?: Row;
  /** What a table shows instead where the section is too wide. */
  readonly narrow?: Section;
  /** Of a narrow form: names of columns that are in the whole one alone. */
  readonly lacks?: readonly string[];
  readonly notes?: readonly string[];
}

/** Makes a column; `more` says what else there is to it. */
export function column(
  name: string,
  title: string,
  kind: ColumnKind,
  more: Pick<Column, "sum" | "machineOnly" | "spare" | "atLeast" | "wraps"> = {},
): Column {
  return { name, title, kind, ...more };
}
