import type { Column, ColumnKind, Row, Section, Value } from "../queries/answer.ts";
import { safeText } from "./text.ts";
import { humanBytes, humanCount, humanError, humanShare, humanTime } from "./units.ts";

const NUMERIC: ReadonlySet<ColumnKind> = new Set(["bytes", "count", "share", "number", "ratio"]);

/** Whether a column's values stand to the right. */
export function isNumeric({ kind }: Column): boolean {
  return NUMERIC.has(kind);
}

/** A value as people read it. */
export function humanCell(column: Column, value: Value | undefined): string {
  if (value === null || value === undefined) return column.kind === "key" ? "" : "-";
  if (typeof value === "number") {
    if (column.kind === "bytes") return humanBytes(value);
    if (column.kind === "count") return humanCount(value);
    if (column.kind === "share") return humanShare(value);
    if (column.kind === "ratio") return value.toFixed(2);
    if (column.kind === "time") return humanTime(value);
    if (column.kind === "mark") return value === 0 ? "" : "→";
  }
  if (typeof value !== "string" && !Buffer.isBuffer(value)) return String(value);
  return column.kind === "key" ? shownName(value) : safeText(value);
}

/** An empty name would not be seen; a name that looks like what is shown for it is shown otherwise. */
export function shownName(name: string | Buffer): string {
  if (name.length === 0) return '""';
  return name === '""' ? "\\x22\\x22" : safeText(name);
}

/** The cell of a row as people read it: ≥ before a size that is a lower bound, the error behind an estimate. */
export function shownCell(column: Column, row: Row): string {
  const text = `${humanCell(column, row[column.name])}${errorOf(column, row)}`;
  return column.atLeast !== undefined && Number(row[column.atLeast] ?? 0) > 0 ? `≥${text}` : text;
}

/** A row whose `x_error` is a number has an estimate as its `x`; 0: it is none, null: nobody can tell. */
function errorOf({ name }: Column, row: Row): string {
  const [value, error] = [row[name], row[`${name}_error`]];
  if (typeof value !== "number") return "";
  if (error === null) return " ±?";
  return typeof error === "number" && error > 0 ? ` ${humanError(value, error)}` : "";
}

/** Adds up rows for a section's last line; cells of columns that are not summed are empty strings. */
export class RunningTotal {
  /** Rows added. */
  count = 0;
  private readonly section: Section;
  /** Null as long as no row has a value. */
  private readonly sums: Record<string, number | null>;

  constructor(section: Section) {
    this.section = section;
    const summed = section.columns.filter((column) => column.sum);
    this.sums = Object.fromEntries(summed.map(({ name }) => [name, null]));
  }

  add(row: Row): void {
    this.count++;
    for (const name of Object.keys(this.sums)) {
      const value = row[name] ?? null;
      if (value !== null) this.sums[name] = (this.sums[name] ?? 0) + Number(value);
    }
  }

  /** Undefined where there is nothing to add up: no column that is shown, or a single row. */
  row(): Row | undefined {
    const { columns, total } = this.section;
    if (this.count < 2 || !columns.some((column) => column.sum && !column.machineOnly)) return undefined;
    const first = columns.find((column) => !column.machineOnly);
    const empty = columns.map((column) => [
      column.name,
      column === first ? "total" : column.kind === "key" ? null : "",
    ]);
    return { ...Object.fromEntries(empty), ...this.sums, ...total };
  }
}

/** A value as a line of text that loses nothing: numbers exact, times in ms, keys with `\\` and `\xNN`. */
export function exactCell(value: Value | undefined): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" || Buffer.isBuffer(value) ? safeText(value) : String(value);
}
