import type { Column, Row, Section } from "../queries/answer.ts";
import { isNumeric, RunningTotal, shownCell } from "./cells.ts";
import { renderExpanded } from "./expanded.ts";
import { PLAIN, type Style } from "./style.ts";
import { displayWidth, filled, middleCut, pad, safeLine, wrapped } from "./text.ts";

const GAP = "  ";
/** Rows that decide how wide columns are; those behind them are printed as they come. */
const MEASURED_ROWS = 1000;
const MIN_FLEXIBLE_WIDTH = 12;
/** Cells of a name of a key or pattern at least, before a table gives up columns for it. */
const READABLE_WIDTH = 20;
/** Texts of no more cells may be words that somebody has to type, such as names of settings: they are not cut. */
const WORD_WIDTH = 28;

/**
 * A section as aligned lines of at most `width` cells, without line ends; where it does not fit, its narrow form, and where it
 * has none or that does not fit either, expanded. The names of columns that there is no room for are added to `leftOut`.
 */
export function* renderTable(
  section: Section,
  style: Style = PLAIN,
  width = Number.POSITIVE_INFINITY,
  leftOut?: Set<string>,
): Iterable<string> {
  const rows = section.rows[Symbol.iterator]();
  try {
    yield* lines(section, rows, style, width, leftOut);
  } finally {
    rows.return?.();
  }
}

function* lines(
  section: Section,
  rows: Iterator<Row>,
  style: Style,
  width: number,
  leftOut: Set<string> | undefined,
): Iterable<string> {
  const all = section.columns.filter((column) => !column.machineOnly);
  const first = takeRows(rows, MEASURED_ROWS);
  const ending = section.rest ? [section.rest] : [];
  const measured = withTotal(section, [...first, ...ending]);
  const columns = withoutSpare(all, measured, width);
  const natural = naturalWidths(columns, measured);
  const room = width - GAP.length * (columns.length - 1);
  if (sum(cutWidths(columns, natural)) > room) {
    if (section.narrow !== undefined) yield* renderTable(section.narrow, style, width, leftOut);
    else yield* renderExpanded({ ...section, rows: chain(first, rows) }, style, width);
    return;
  }
  for (const { name } of all) if (!columns.some((column) => column.name === name)) leftOut?.add(name);
  for (const name of section.lacks ?? []) leftOut?.add(name);
  const places = placesOf(columns, first, fitted(columns, natural, wordWidths(columns, measured), room));
  const line = (row: Row) => tableLine(places, (column) => shownCell(column, row), width);
  const linesOf = columns.some((column) => column.wraps)
    ? (row: Row) => wrappedLines(places, row, width)
    : (row: Row) => [line(row)];
  yield style.heading(tableLine(places, (column) => safeLine(column.title), width));
  const totals = new RunningTotal(section);
  for (const row of chain(first, rows)) {
    totals.add(row);
    yield* linesOf(row);
  }
  if (section.rest) {
    totals.add(section.rest);
    yield style.faint(line(section.rest));
  }
  const total = totals.row();
  if (total !== undefined) yield style.heading(line(total));
  if (totals.count === 0) yield style.faint("(nothing)");
  for (const note of section.notes ?? []) yield* wrapped(`note: ${safeLine(note)}`, width).map(style.faint);
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

/** Rows and the line that adds them up. */
function withTotal(section: Section, rows: readonly Row[]): readonly Row[] {
  const total = new RunningTotal(section);
  for (const row of rows) total.add(row);
  const last = total.row();
  return last === undefined ? rows : [...rows, last];
}

/** Where a column stands. */
interface Place {
  readonly column: Column;
  readonly width: number;
  readonly right: boolean;
}

/** `data` decides on which side columns of mixed values stand. */
function placesOf(columns: readonly Column[], data: readonly Row[], widths: readonly number[]): Place[] {
  return columns.map((column, i) => {
    const mixed = column.kind === "number" || column.kind === "count";
    const right = isNumeric(column) && !(mixed && data.some((row) => isText(row[column.name])));
    return { column, width: widths[i]!, right };
  });
}

function isText(value: Row[string] | undefined): boolean {
  return (typeof value === "string" && value !== "") || Buffer.isBuffer(value);
}

/** Columns that there is room for: spare ones go, the last first. */
function withoutSpare(all: readonly Column[], rows: readonly Row[], width: number): readonly Column[] {
  const widths = new Map(
    cutWidths(all, naturalWidths(all, rows)).map((one, i) => [all[i]!, one + GAP.length]),
  );
  const needed = (columns: readonly Column[]) => sum(columns.map((one) => widths.get(one)!)) - GAP.length;
  let columns = all;
  for (const spare of all.filter((column) => column.spare).reverse()) {
    if (needed(columns) > width) columns = columns.filter((column) => column !== spare);
  }
  return columns;
}

/** Widths when columns that can be cut are. */
function cutWidths(columns: readonly Column[], natural: readonly number[]): number[] {
  return natural.map((width, i) => Math.min(width, leastWidth(columns[i]!)));
}

function leastWidth(column: Column): number {
  if (!isFlexible(column)) return Number.POSITIVE_INFINITY;
  if (column.wraps) return MIN_FLEXIBLE_WIDTH;
  return column.kind === "key" ? READABLE_WIDTH : WORD_WIDTH;
}

/** Least widths at which no word of a column that wraps is parted. */
function wordWidths(columns: readonly Column[], rows: readonly Row[]): number[] {
  return columns.map((column) => {
    if (!column.wraps) return leastWidth(column);
    const words = rows.flatMap((row) => shownCell(column, row).split(" "));
    return words.reduce((max, word) => Math.max(max, displayWidth(word)), MIN_FLEXIBLE_WIDTH);
  });
}

function isFlexible(column: Column): boolean {
  return !isNumeric(column) || column.kind === "number";
}

/** As wide as the widest cell. */
function naturalWidths(columns: readonly Column[], rows: readonly Row[]): number[] {
  return columns.map((column) =>
    rows.reduce(
      (max, row) => Math.max(max, displayWidth(shownCell(column, row))),
      displayWidth(safeLine(column.title)),
    ),
  );
}

/** How far columns give way at first when natural widths are too much for the line: one step after the other. */
const STEPS: readonly ((column: Column) => number)[] = [
  ({ wraps }) => (wraps ? READABLE_WIDTH : Number.POSITIVE_INFINITY),
  (column) => (isFlexible(column) && !column.wraps ? WORD_WIDTH : Number.POSITIVE_INFINITY),
];

/**
 * Natural widths, or as much of them as there is room for: of columns that can be cut the widest gives way first, and words (of
 * columns as narrow as `whole`) are parted when there is no other way.
 */
function fitted(
  columns: readonly Column[],
  natural: readonly number[],
  whole: readonly number[],
  room: number,
): readonly number[] {
  const widths = [...natural];
  let excess = sum(widths) - room;
  for (const least of [...STEPS.map((step) => columns.map(step)), whole, columns.map(leastWidth)]) {
    for (; excess > 0; excess--) {
      const widest = widestAbove(least, widths);
      if (widest < 0) break;
      widths[widest]!--;
    }
  }
  return widths;
}

function sum(widths: readonly number[]): number {
  return widths.reduce((all, width) => all + width, 0);
}

function widestAbove(least: readonly number[], widths: readonly number[]): number {
  let widest = -1;
  for (const [i, width] of widths.entries()) {
    if (width > least[i]! && (widest < 0 || width > widths[widest]!)) widest = i;
  }
  return widest;
}

/** Cells are cut to their column only where lines may not be longer. */
function tableLine(places: readonly Place[], cell: (column: Column) => string, lineWidth: number): string {
  const cut = Number.isFinite(lineWidth) ? middleCut : (text: string) => text;
  return places
    .map(({ column, width, right }) => pad(cut(cell(column), width), width, right))
    .join(GAP)
    .trimEnd();
}

/** A row as the lines that its longest wrapped cell takes; cells of other columns stand in the first. */
function wrappedLines(places: readonly Place[], row: Row, lineWidth: number): string[] {
  const cells = new Map(
    places.map(({ column, width }) => {
      const text = shownCell(column, row);
      return [column, column.wraps && Number.isFinite(lineWidth) ? filled(text, width) : [text]];
    }),
  );
  const count = Math.max(...Array.from(cells.values(), (lines) => lines.length));
  return Array.from({ length: count }, (_, i) =>
    tableLine(places, (column) => cells.get(column)![i] ?? "", lineWidth),
  );
}

/** Two blocks of lines next to each other; colours take no room. */
export function beside(left: readonly string[], right: readonly string[], gap: number): string[] {
  const width = widest(left) + gap;
  return Array.from({ length: Math.max(left.length, right.length) }, (_, i) => {
    const line = left[i] ?? "";
    const space = " ".repeat(width - displayWidth(stripColours(line)));
    return `${line}${space}${right[i] ?? ""}`.trimEnd();
  });
}

/** Cells of the longest line, without its colours. */
export function widest(lines: readonly string[]): number {
  return lines.reduce((max, line) => Math.max(max, displayWidth(stripColours(line))), 0);
}

function stripColours(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a colour is
  return line.replace(/\x1b\[\d+m/g, "");
}
