import type { Command } from "commander";
import { fleetSections } from "../queries/fleet.ts";
import type { Scope } from "../queries/scope.ts";
import { type Summary, summary } from "../queries/summary.ts";
import { renderExpanded } from "../reports/expanded.ts";
import type { FormatName, Layout } from "../reports/index.ts";
import { FORMATS, lineEnd } from "../reports/index.ts";
import { jsonArray } from "../reports/json.ts";
import { renderSummary, summaryCsv, summaryJson, summaryMarkdown } from "../reports/summary.ts";
import { renderTable } from "../reports/table.ts";
import { type Cli, layoutOf, noteLeftOut, writeLines } from "./io.ts";
import { checkOptions, QUESTION_OPTIONS } from "./options.ts";
import { forEachScope, questionCommand } from "./question.ts";

/** `rdbscope summary FILE` */
export function summaryCommand(cli: Cli): Command {
  const about = "one screen: what the snapshot is, and where its memory went; of several, a line each";
  return questionCommand("summary", about).action(async (file: string, _, command: Command) => {
    const options = checkOptions(QUESTION_OPTIONS, command);
    const layout = layoutOf(cli, options);
    await forEachScope(cli, file, options, false, async (scopes) => {
      if (scopes.length > 1) return writeFleet(cli, scopes, options.format, layout);
      return writeLines(cli, lines(scopes.map(summary), options.format, layout), lineEnd(options.format));
    });
    noteLeftOut(cli, layout);
  });
}

async function writeFleet(
  cli: Cli,
  scopes: readonly Scope[],
  format: FormatName,
  layout: Layout,
): Promise<void> {
  const parts = fleetSections(scopes).map((section) => ({ section, extra: {} }));
  await writeLines(cli, FORMATS[format](parts, { ...layout, titles: true }), lineEnd(format));
}

function lines(summaries: readonly Summary[], format: FormatName, layout: Layout): Iterable<string> {
  if (format === "json") return jsonArray(summaries.map(summaryJson));
  if (format === "ndjson") return summaries.map(summaryJson);
  if (format === "csv") return summaryCsv(summaries, layout.rawCsv);
  const table = format === "expanded" ? renderExpanded : renderTable;
  const render =
    format === "markdown" ? summaryMarkdown : (one: Summary) => renderSummary(one, layout, table);
  return summaries.flatMap((one, i) => [...(i > 0 ? [""] : []), ...render(one)]);
}
