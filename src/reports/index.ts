import type { Row, Section } from "../queries/answer.ts";
import { csvField, rawCsvField, renderCsv } from "./csv.ts";
import { renderExpanded } from "./expanded.ts";
import { renderJson, renderNdjson } from "./json.ts";
import { renderMarkdown } from "./markdown.ts";
import type { Style } from "./style.ts";
import { renderTable } from "./table.ts";
import { safeLine, wrapped } from "./text.ts";

/** A section, the columns that machine formats put before its own, and the heading people see over it. */
export interface Part {
  readonly section: Section;
  readonly extra: Row;
}

/** How a report is laid out. */
export interface Layout {
  readonly style: Style;
  /** Whether tables bear their titles. */
  readonly titles: boolean;
  /** Cells of a line at most; infinite where nothing shall be cut. */
  readonly width: number;
  /** Whether CSV has texts as they are, not made safe. */
  readonly rawCsv: boolean;
  /** Takes the names of columns that tables have no room for; undefined where nobody is to be told. */
  readonly leftOut?: Set<string> | undefined;
}

/** Every format, by its name: parts to lines without line ends. A new one: a file, and a line here. */
export const FORMATS = {
  table: (parts, layout) => titled(parts, layout, renderTable),
  expanded: (parts, layout) => titled(parts, layout, renderExpanded),
  json: (parts) => renderJson(parts),
  ndjson: (parts) => renderNdjson(parts),
  csv: (parts, { rawCsv }) => renderCsv(parts, rawCsv ? rawCsvField : csvField),
  markdown: (parts) => documents(parts),
} as const satisfies Record<string, (parts: Iterable<Part>, layout: Layout) => Iterable<string>>;

export type FormatName = keyof typeof FORMATS;

/** Formats for people: they have notes in them, and figures in human units. */
export const HUMAN_FORMATS: readonly string[] = ["table", "expanded", "markdown"];

/** What ends a line of a format: CSV has CRLF (RFC 4180). */
export function lineEnd(format: FormatName): string {
  return format === "csv" ? "\r\n" : "\n";
}

function* titled(
  parts: Iterable<Part>,
  { style, titles, width, leftOut }: Layout,
  render: typeof renderTable,
): Iterable<string> {
  let first = true;
  for (const { section } of parts) {
    if (!first) yield "";
    first = false;
    if (titles) yield* wrapped(safeLine(section.title), width).map(style.faint);
    yield* render(section, style, width, leftOut);
  }
}

function* documents(parts: Iterable<Part>): Iterable<string> {
  let first = true;
  for (const { section } of parts) {
    if (!first) yield "";
    first = false;
    yield* renderMarkdown(section);
  }
}
