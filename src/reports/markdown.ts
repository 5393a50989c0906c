import type { Column, Row, Section } from "../queries/answer.ts";
import { isNumeric, RunningTotal, shownCell } from "./cells.ts";
import { safeLine } from "./text.ts";

/** A section as a GitHub table under its title. */
export function* renderMarkdown(section: Section, level = 2): Iterable<string> {
  const columns = section.columns.filter((column) => !column.machineOnly);
  if (section.title !== "") {
    yield `${"#".repeat(level)} ${markdownText(section.title)}`;
    yield "";
  }
  yield tableRow(columns.map((column) => markdownText(column.title)));
  yield tableRow(columns.map((column) => (isNumeric(column) ? "---:" : "---")));
  const rows = [...section.rows, ...(section.rest ? [section.rest] : [])];
  for (const row of rows) yield tableRow(columns.map((column) => cell(column, row)));
  const sums = new RunningTotal(section);
  for (const row of rows) sums.add(row);
  const total = sums.row();
  if (total !== undefined)
    yield tableRow(columns.map((column) => `**${cell(column, total)}**`.replace("****", "")));
  for (const note of section.notes ?? []) {
    yield "";
    yield `Note: ${markdownText(note)}`;
  }
}

function cell(column: Column, row: Row): string {
  const text = shownCell(column, row);
  return column.kind === "key" && text !== "" ? codeSpan(text) : markdownText(text);
}

/**
 * What GitHub makes links and notifications of, after Markdown is read, so that no backslash helps: mentions, issues,
 * commits, addresses, emoji; and formulas.
 */
const ACTIVE = /[@$]|#\d|\bGH-\d|:\/\/|\bwww\.|\b(?=\d*[a-f])[0-9a-f]{7,40}\b|:[\w+-]*[a-z][\w+-]*:/i;

/** A line that Markdown shows as it is; as code where something in it would still be more than text. */
export function markdownText(text: string): string {
  const line = safeLine(text);
  return ACTIVE.test(line) ? codeSpan(line) : line.replace(/[\\`*_{}[\]<>()#|!~&]/g, (c) => `\\${c}`);
}

/**
 * Text as code, where nothing is markup, in tables too, but a backtick and a bar: those are written as bytes, because
 * renderers do not agree on how to escape them.
 */
export function codeSpan(text: string): string {
  return `\`${text.replaceAll("`", "\\x60").replaceAll("|", "\\x7C")}\``;
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
