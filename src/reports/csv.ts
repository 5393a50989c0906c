import type { Row, Section } from "../queries/answer.ts";
import { exactCell } from "./cells.ts";

/** What a spreadsheet would take for a formula when a text begins with it. */
const FORMULA = /^[=+\-@]/;

/**
 * CSV (RFC 4180; lines without their CRLF), with one header over all sections: they must have the same columns. Texts
 * are escaped as in tables, `\\` and `\xNN`; so is a first character that a spreadsheet would take for a formula.
 */
export function* renderCsv(sections: Iterable<{ section: Section; extra: Row }>): Iterable<string> {
  let headed = false;
  for (const { section, extra } of sections) {
    const names = section.columns.map((column) => column.name);
    if (!headed) yield [...Object.keys(extra), ...names].map(quote).join(",");
    headed = true;
    const start = Object.values(extra).map(csvField);
    for (const row of section.rows) yield [...start, ...names.map((name) => csvField(row[name]))].join(",");
  }
}

/** One value as a CSV field. */
export function csvField(value: Row[string] | undefined): string {
  const text = exactCell(value);
  if (typeof value === "number" || typeof value === "bigint") return text;
  return quote(text.replace(FORMULA, (c) => `\\x${c.charCodeAt(0).toString(16).toUpperCase()}`));
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
