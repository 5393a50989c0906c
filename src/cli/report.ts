import path from "node:path";
import { Command, Option } from "commander";
import { UsageError } from "../errors.ts";
import { isSqliteFile } from "../inventory/open.ts";
import { expandGlobs } from "../io/inputs/globs.ts";
import type { Scope } from "../queries/scope.ts";
import { reportOf } from "../report-data/report.ts";
import type { Report } from "../report-data/types.ts";
import { reportHtml } from "../report-page/html.ts";
import { toJson } from "../reports/json.ts";
import { reportMarkdown } from "../reports/report-markdown.ts";
import { humanBytes } from "../units.ts";
import { refuseReplacing, withDestination } from "./destination.ts";
import { type Cli, warner } from "./io.ts";
import {
  addFilterOptions,
  addInputOptions,
  addRunOptions,
  checkOptions,
  REPORT_COMMAND_OPTIONS,
  REPORT_FORMAT_NAMES,
  type ReportCommandOptions,
  type ReportFormat,
  withoutReading,
} from "./options.ts";
import { forEachScope } from "./question.ts";

/** How a report is written in each format, and whether people read it off a terminal. */
const FORMATS: Readonly<
  Record<
    ReportFormat,
    { readonly text: (report: Report) => string | Promise<string>; readonly toStdout: boolean }
  >
> = {
  html: { text: reportHtml, toStdout: false },
  markdown: { text: (report) => `${[...reportMarkdown(report)].join("\n")}\n`, toStdout: true },
  json: { text: (report) => `${toJson(report)}\n`, toStdout: true },
};

/** `rdbscope report FILE` */
export function reportCommand(cli: Cli): Command {
  const command = new Command("report")
    .description("one page with everything: charts, findings, biggest keys; to be attached or sent")
    .argument("<file>", "a snapshot or an inventory")
    .option(
      "-o, --output <file>",
      "the report (default: the file's name + .html, here; other formats: stdout); - is stdout",
    )
    .option("--force", "replace that file if there is one")
    .addOption(new Option("--format <name>", REPORT_FORMAT_NAMES.join(", ")).default("html"))
    .option("--baseline <file>", "an earlier snapshot or inventory: tell what changed, too")
    .option("--pattern <text>", "only keys of this pattern, as `patterns` prints it")
    .option("--snapshot <id>", "only this snapshot of an inventory of several")
    .option("--quiet", "no progress and no notes on stderr");
  addInputOptions(addRunOptions(addFilterOptions(command)));
  return command.action((file: string) => run(cli, file, checkOptions(REPORT_COMMAND_OPTIONS, command)));
}

async function run(cli: Cli, file: string, options: ReportCommandOptions): Promise<void> {
  const { baseline, format, force } = options;
  const output = outputOf(file, options);
  for (const one of baseline === undefined ? [file] : [file, baseline]) refuseReplacing(one, output);
  await forEachScope(cli, file, readingOf(file, baseline, options), false, (scopes) =>
    withBaseline(cli, file, options, async (before) => {
      const text = await FORMATS[format].text(reportOf(scopes, before));
      await withDestination(cli, { output, force }, (take) => take(text));
      const told = warner(cli, options.quiet);
      if (output !== undefined) told(`wrote ${output} (${humanBytes(Buffer.byteLength(text))})`);
    }),
  );
}

async function withBaseline(
  cli: Cli,
  file: string,
  options: ReportCommandOptions,
  answer: (before: readonly Scope[] | undefined) => Promise<void>,
): Promise<void> {
  const { baseline } = options;
  if (baseline === undefined) return answer(undefined);
  const whole = { ...readingOf(baseline, file, options), snapshot: undefined };
  return forEachScope(cli, baseline, whole, false, answer);
}

/** Of two files, options of how a snapshot is read are not for one that is an inventory, if the other is a snapshot. */
function readingOf(
  file: string,
  other: string | undefined,
  options: ReportCommandOptions,
): ReportCommandOptions {
  const isForOther = other !== undefined && isInventory(file) && !isInventory(other);
  return isForOther ? withoutReading(options) : options;
}

function isInventory(file: string): boolean {
  const [first] = expandGlobs([file]);
  return first !== undefined && isSqliteFile(first);
}

/** The page gets a name of its own: nobody reads it off a terminal. */
function outputOf(file: string, { output, format }: ReportCommandOptions): string | undefined {
  if (output === "-") return undefined;
  if (output !== undefined || FORMATS[format].toStdout) return output;
  const files = expandGlobs([file]);
  if (files.length > 1) throw new UsageError("several snapshots need a name for their report: -o FILE");
  return `${file === "-" ? "stdin" : path.basename(path.resolve(files[0]!))}.html`;
}
