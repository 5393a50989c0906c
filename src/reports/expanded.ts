import type { Column, Row, Section } from "../queries/answer.ts";
import { RunningTotal, shownCell } from "./cells.ts";
import { PLAIN, type Style } from "./style.ts";
import { displayWidth, filled, middleCut, pad, safeLine, wrapped } from "./text.ts";

const GAP = "  ";
/** A rule is no longer, however wide a line may be. */
const RULE_WIDTH = 40;
/** Cells of a value at least, however long the names of columns are. */
const MIN_VALUE_WIDTH = 12;

/** A column, and its heading as lines have it. */
interface Label {
  readonly column: Column;
  readonly text: string;
}

/** A section with a line a column below a rule a row, as psql's \x has it: for rows that are wider than a line may be. */
export function* renderExpanded(
  section: Section,
  style: Style = PLAIN,
  width = Number.POSITIVE_INFINITY,
): Iterable<string> {
  const columns = section.columns.filter((column) => !column.machineOnly);
  const labels = labelsOf(columns, width);
  const rule = (name: string) => style.heading(`-[ ${name} ]`.padEnd(Math.min(width, RULE_WIDTH), "-"));
  const totals = new RunningTotal(section);
  for (const row of section.rows) {
    totals.add(row);
    yield rule(String(totals.count));
    for (const label of labels) yield* lineOf(label, row, width);
  }
  if (totals.count === 0 && section.rest === undefined) yield style.faint("(nothing)");
  if (section.rest) totals.add(section.rest);
  for (const row of [section.rest, totals.row()]) {
    if (row === undefined || columns.length === 0) continue;
    yield rule(shownCell(columns[0]!, row));
    for (const label of labels.slice(1)) {
      if (shownCell(label.column, row) !== "") yield* lineOf(label, row, width);
    }
  }
  for (const note of section.notes ?? []) yield* wrapped(`note: ${safeLine(note)}`, width).map(style.faint);
}

/** Headings, all as wide as the widest; cut where they would leave no room for values. */
function labelsOf(columns: readonly Column[], width: number): Label[] {
  const most = Math.max(MIN_VALUE_WIDTH, width - GAP.length - MIN_VALUE_WIDTH);
  const texts = columns.map(({ title }) => middleCut(safeLine(title), most));
  const widest = Math.max(0, ...texts.map(displayWidth));
  return columns.map((column, i) => ({ column, text: pad(texts[i]!, widest, false) + GAP }));
}

/** What is too long for a line goes on below. */
function lineOf({ column, text }: Label, row: Row, width: number): string[] {
  const value = shownCell(column, row);
  const start = displayWidth(text);
  const room = Math.max(MIN_VALUE_WIDTH, width - start);
  const lines = displayWidth(value) <= room ? [value] : filled(value, room);
  return lines.map((line, i) => `${i === 0 ? text : " ".repeat(start)}${line}`.trimEnd());
}
