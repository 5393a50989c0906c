import type { Column, Row, Section } from "../queries/answer.ts";
import { isNumeric, RunningTotal, shownCell } from "./cells.ts";

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

/** Keys are code: nothing in them is markup there but a backtick and a bar, which are written as bytes. */
function cell(column: Column, row: Row): string {
  const text = shownCell(column, row);
  if (column.kind !== "key") return markdownText(text);
  return text === "" ? "" : `\`${text.replaceAll("`", "\\x60").replaceAll("|", "\\x7C")}\``;
}

/** Text that Markdown shows as it is. */
export function markdownText(text: string): string {
  return text.replace(/[\\`*_{}[\]<>()#|!~&]/g, (c) => `\\${c}`);
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
