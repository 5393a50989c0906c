import type { Column, Row, Section } from "../queries/answer.ts";
import { humanCell, isNumeric } from "./cells.ts";
import { PLAIN, type Style } from "./style.ts";
import { displayWidth, middleCut, pad } from "./text.ts";

/** Cells of a table's line, at most. */
export const TABLE_WIDTH = 100;

const GAP = "  ";
/** Rows that decide how wide columns are; those behind them are printed as they come. */
const MEASURED_ROWS = 1000;
const MIN_FLEXIBLE_WIDTH = 12;

/** A section as aligned lines, without line ends. */
export function* renderTable(section: Section, style: Style = PLAIN, width = TABLE_WIDTH): Iterable<string> {
  const columns = section.columns.filter((column) => !column.machineOnly);
  const rows = section.rows[Symbol.iterator]();
  const first = takeRows(rows, MEASURED_ROWS);
  const totals = new Map(columns.filter((column) => column.sum).map((column) => [column, 0]));
  const ending = section.rest ? [section.rest] : [];
  const foot = totals.size > 0 ? [totalRow(columns, totals, [...first, ...ending])] : [];
  const places = placesOf(columns, first, [...first, ...ending, ...foot], width);
  const line = (row: Row) => tableLine(places, (column) => humanCell(column, row[column.name]));
  yield style.heading(tableLine(places, (column) => column.title));
  let count = 0;
  for (const row of chain(first, rows)) {
    count++;
    add(totals, row);
    yield line(row);
  }
  if (section.rest) {
    add(totals, section.rest);
    yield style.faint(line(section.rest));
  }
  if (totals.size > 0 && count > 1) yield style.heading(line(totalRow(columns, totals, [])));
  if (count === 0) yield style.faint("(nothing)");
  for (const note of section.notes ?? []) yield style.faint(`note: ${note}`);
}

function takeRows(rows: Iterator<Row>, count: number): Row[] {
  const taken: Row[] = [];
  while (taken.length < count) {
    const { value, done } = rows.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}

function* chain(first: readonly Row[], rest: Iterator<Row>): Iterable<Row> {
  yield* first;
  for (let step = rest.next(); !step.done; step = rest.next()) yield step.value;
}

function add(totals: Map<Column, number>, row: Row): void {
  for (const [column, sum] of totals) totals.set(column, sum + Number(row[column.name] ?? 0));
}

/** The line that adds up; cells of columns that do not are empty strings. */
function totalRow(
  columns: readonly Column[],
  totals: ReadonlyMap<Column, number>,
  rows: readonly Row[],
): Row {
  const cells = columns.map((column, i) => {
    const sum = totals.get(column);
    if (sum === undefined) return [column.name, i === 0 ? "total" : ""] as const;
    return [column.name, rows.reduce((all, row) => all + Number(row[column.name] ?? 0), sum)] as const;
  });
  return Object.fromEntries(cells);
}

/** Where a column stands. */
interface Place {
  readonly column: Column;
  readonly width: number;
  readonly right: boolean;
}

/** `data` decides on which side columns of mixed values stand, `measured` how wide all are. */
function placesOf(
  columns: readonly Column[],
  data: readonly Row[],
  measured: readonly Row[],
  width: number,
): Place[] {
  const widths = columnWidths(columns, measured, width);
  return columns.map((column, i) => {
    const right =
      isNumeric(column) && !(column.kind === "number" && data.some((row) => isText(row[column.name])));
    return { column, width: widths[i]!, right };
  });
}

function isText(value: Row[string] | undefined): boolean {
  return typeof value === "string" || Buffer.isBuffer(value);
}

/** As wide as the widest cell; when that is too much for the line, the widest text and key columns give way. */
function columnWidths(columns: readonly Column[], rows: readonly Row[], width: number): number[] {
  const widths = columns.map((column) =>
    rows.reduce(
      (max, row) => Math.max(max, displayWidth(humanCell(column, row[column.name]))),
      displayWidth(column.title),
    ),
  );
  const room = width - GAP.length * (columns.length - 1);
  for (;;) {
    const excess = widths.reduce((sum, w) => sum + w, 0) - room;
    if (excess <= 0) return widths;
    const widest = widestFlexible(columns, widths);
    if (widest < 0) return widths;
    widths[widest]!--;
  }
}

function widestFlexible(columns: readonly Column[], widths: readonly number[]): number {
  let widest = -1;
  for (let i = 0; i < columns.length; i++) {
    const flexible = !isNumeric(columns[i]!) || columns[i]!.kind === "number";
    if (flexible && widths[i]! > MIN_FLEXIBLE_WIDTH && (widest < 0 || widths[i]! > widths[widest]!))
      widest = i;
  }
  return widest;
}

function tableLine(places: readonly Place[], cell: (column: Column) => string): string {
  return places
    .map(({ column, width, right }) => pad(middleCut(cell(column), width), width, right))
    .join(GAP)
    .trimEnd();
}

/** Two blocks of lines next to each other; colours take no room. */
export function beside(left: readonly string[], right: readonly string[], gap = 4): string[] {
  const width = left.reduce((max, line) => Math.max(max, displayWidth(stripColours(line))), 0) + gap;
  return Array.from({ length: Math.max(left.length, right.length) }, (_, i) => {
    const line = left[i] ?? "";
    const space = " ".repeat(width - displayWidth(stripColours(line)));
    return `${line}${space}${right[i] ?? ""}`.trimEnd();
  });
}

function stripColours(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a colour is
  return line.replace(/\x1b\[\d+m/g, "");
}
