import type { Value } from "../../queries/answer.ts";
import { shownName } from "../../reports/cells.ts";
import type { Part } from "../../reports/index.ts";
import { safeText } from "../../reports/text.ts";
import type { Cell, ResultPart } from "../serve/shapes.ts";

/** Characters of a text that a cell of a page shows; CSV has all of it. */
const MAX_CHARACTERS = 1000;

/**
 * Parts as lines of JSON for a page: of each part an object with its title and columns, then an array a row. Numbers are
 * numbers where JSON has them, texts are safe to be shown and no longer than a page can show.
 */
export function* cellLines(parts: Iterable<Part>): Iterable<string> {
  for (const { section } of parts) {
    const columns = section.columns.map(({ name, kind }) => ({ name: safeText(name), kind }));
    yield JSON.stringify({ title: safeText(section.title), columns } satisfies Omit<ResultPart, "rows">);
    for (const row of section.rows) {
      const cells = section.columns.map(({ name, kind }) => cell(row[name] ?? null, kind === "key"));
      yield JSON.stringify(cells);
    }
  }
}

function cell(value: Value, isName: boolean): Cell {
  if (value === null) return null;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "bigint") return value.toString();
  return isName ? nameCell(value) : textCell(value);
}

/** A name as a page shows it: one that is empty, too. */
export function nameCell(name: string | Buffer): string {
  return name.length > MAX_CHARACTERS ? textCell(name) : shownName(name);
}

function textCell(text: string | Buffer): string {
  if (text.length <= MAX_CHARACTERS) return safeText(text);
  return `${safeText(start(text))}… (${text.length} in all)`;
}

/** The beginning of a text, without the half of a character that it would end with. */
function start(text: string | Buffer): string | Buffer {
  if (typeof text !== "string") return text.subarray(0, MAX_CHARACTERS);
  return text.slice(0, MAX_CHARACTERS).replace(/[\uD800-\uDBFF]$/, "");
}
