import type { Command } from "commander";
import { type Summary, summary } from "../queries/summary.ts";
import { renderExpanded } from "../reports/expanded.ts";
import type { FormatName, Layout } from "../reports/index.ts";
import { lineEnd } from "../reports/index.ts";
import { jsonArray } from "../reports/json.ts";
import { renderSummary, summaryCsv, summaryJson, summaryMarkdown } from "../reports/summary.ts";
import { renderTable } from "../reports/table.ts";
import { type Cli, layoutOf, noteLeftOut, writeLines } from "./io.ts";
import { checkOptions, QUESTION_OPTIONS } from "./options.ts";
import { forEachScope, questionCommand } from "./question.ts";

/** `rdbscope summary FILE` */
export function summaryCommand(cli: Cli): Command {
  return questionCommand("summary", "one screen: what the snapshot is, and where its memory went").action(
    async (file: string, _, command: Command) => {
      const options = checkOptions(QUESTION_OPTIONS, command);
      const layout = layoutOf(cli, options);
      await forEachScope(cli, file, options, false, (scopes) =>
        writeLines(cli, lines(scopes.map(summary), options.format, layout), lineEnd(options.format)),
      );
      noteLeftOut(cli, layout);
    },
  );
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
