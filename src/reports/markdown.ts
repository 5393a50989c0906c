import type { Column, Row, Section } from "../queries/answer.ts";
import { humanCell, isNumeric } from "./cells.ts";

/** A section as a GitHub table under its title. */
export function* renderMarkdown(section: Section, level = 2): Iterable<string> {
  const columns = section.columns.filter((column) => !column.machineOnly);
  if (section.title !== "") {
    yield `${"#".repeat(level)} ${markdownText(section.title)}`;
    yield "";
  }
  yield tableRow(columns.map((column) => markdownText(column.title)));
  yield tableRow(columns.map((column) => (isNumeric(column) ? "---:" : "---")));
  for (const row of section.rows) yield tableRow(columns.map((column) => cell(column, row)));
  if (section.rest) yield tableRow(columns.map((column) => cell(column, section.rest!)));
  for (const note of section.notes ?? []) {
    yield "";
    yield `Note: ${markdownText(note)}`;
  }
}

/** Keys are code: nothing in them is markup there but a backtick and a bar, which are written as bytes. */
function cell(column: Column, row: Row): string {
  const text = humanCell(column, row[column.name]);
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
