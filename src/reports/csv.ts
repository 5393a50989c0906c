import type { Row, Section, Value } from "../queries/answer.ts";
import { exactCell } from "./cells.ts";
import { safeText } from "./text.ts";

/** What a spreadsheet would take for a formula when a text begins with it, in full width too (Excel in East Asia). */
const FORMULA = "=+\\-@＝＋－＠";
const MARKED = new RegExp(`^['${FORMULA}]`);
/** A semicolon splits cells where the decimal point is a comma; what follows it would be a formula then. */
const SPLIT_FORMULA = new RegExp(`;(?=["'\\s]*[${FORMULA}])`, "g");

/** One value as a CSV field. */
export type CsvField = (value: Value | undefined) => string;

/**
 * One value as a CSV field that is safe to open: texts are escaped as in tables (`\\` and `\xNN`), and what begins like
 * a formula has an apostrophe before it. So has what begins with an apostrophe, so that the first one can be dropped.
 */
export function csvField(value: Value | undefined): string {
  if (!isText(value)) return exactCell(value);
  const text = safeText(value).replace(SPLIT_FORMULA, "\\x3B");
  return quote(MARKED.test(text) ? `'${text}` : text);
}

/** The same with texts as they are, but for bytes that are not UTF-8, which cannot be. */
export function rawCsvField(value: Value | undefined): string {
  return quote(typeof value === "string" ? value : exactCell(value));
}

/** CSV (RFC 4180; lines without their CRLF), with one header over all sections: they must have the same columns. */
export function* renderCsv(
  sections: Iterable<{ section: Section; extra: Row }>,
  field: CsvField = csvField,
): Iterable<string> {
  let headed = false;
  for (const { section, extra } of sections) {
    const names = section.columns.map((column) => column.name);
    if (!headed) yield [...Object.keys(extra), ...names].map(field).join(",");
    headed = true;
    const start = Object.values(extra).map(field);
    for (const row of section.rows) yield [...start, ...names.map((name) => field(row[name]))].join(",");
  }
}

function isText(value: Value | undefined): value is string | Buffer {
  return typeof value === "string" || Buffer.isBuffer(value);
}

/** Quotes also what other separators than the comma would split. */
function quote(text: string): string {
  return /[",;\t|\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
