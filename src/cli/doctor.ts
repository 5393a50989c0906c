import type { Command } from "commander";
import * as z from "zod";
import { chooseRules, diagnose } from "../doctor/diagnose.ts";
import { parseInfo } from "../doctor/info.ts";
import { parseThresholds } from "../doctor/thresholds.ts";
import { UsageError } from "../errors.ts";
import { notesOf } from "../queries/notes.ts";
import { findingNotes } from "../queries/sample-notes.ts";
import type { Scope } from "../queries/scope.ts";
import {
  type DoctorReport,
  doctorJson,
  doctorMarkdown,
  doctorSection,
  renderDoctor,
  renderRules,
  rulesSection,
} from "../reports/doctor.ts";
import { FORMATS, lineEnd } from "../reports/index.ts";
import { jsonArray } from "../reports/json.ts";
import { type Cli, layoutOf, warner, writeLines, writeParts } from "./io.ts";
import { addLimitOption, checkOptions, LIMIT, QUESTION_OPTIONS } from "./options.ts";
import { forEachScope, questionCommand } from "./question.ts";
import { readText } from "./read-text.ts";

/** No INFO text and no thresholds are longer. */
const MAX_FILE_BYTES = 1024 ** 2;
const WHAT = "INFO text and no file of thresholds";

const names = z.string().transform((text) => text.split(",").map((name) => name.trim()));
const OPTIONS = z.object({
  ...QUESTION_OPTIONS.shape,
  limit: LIMIT,
  list: z.boolean().optional(),
  rules: names.optional(),
  disable: names.optional(),
  thresholds: z.string().min(1).optional(),
  info: z.string().min(1).optional(),
});
type Options = z.infer<typeof OPTIONS>;

/** `rdbscope doctor FILE` */
export function doctorCommand(cli: Cli): Command {
  const command = questionCommand("doctor", "what is wrong, why, and what to do about it", "[file]")
    .option("--info <file>", "a saved text of INFO: fragmentation, limits, evictions, buffers")
    .option("--rules <list>", "only these rules, such as no-ttl,big-keys")
    .option("--disable <list>", "all rules but these")
    .option("--thresholds <file>", 'JSON with other thresholds: {"big-keys": {"bytes": 500000}}')
    .option("--list", "print the rules with their thresholds");
  addLimitOption(command, "findings of each rule at most", 5);
  return command.action(async (file: string | undefined) => {
    const options = checkOptions(OPTIONS, command);
    const rules = chooseRules(options.rules, options.disable);
    if (options.list) {
      const layout = layoutOf(cli, options);
      if (options.format === "table") await writeLines(cli, renderRules(rules, layout));
      else await writeParts(cli, [{ section: rulesSection(rules), extra: {} }], options.format, layout);
    } else if (file === undefined) throw new UsageError("give a snapshot or an inventory (or --list)");
    else await run(cli, file, options);
  });
}

async function run(cli: Cli, file: string, options: Options): Promise<void> {
  const rules = chooseRules(options.rules, options.disable);
  const { info: infoFile, thresholds: thresholdFile, limit: largest } = options;
  const info =
    infoFile === undefined ? undefined : parseInfo(readText(infoFile, MAX_FILE_BYTES, WHAT), infoFile);
  const thresholds =
    thresholdFile === undefined
      ? {}
      : parseThresholds(readText(thresholdFile, MAX_FILE_BYTES, WHAT), thresholdFile);
  await forEachScope(cli, file, options, true, async (scopes) => {
    if (info !== undefined && scopes.length > 1)
      throw new UsageError("--info is of one server: choose its snapshot with --snapshot ID");
    const reports = scopes.map(
      (scope: Scope): DoctorReport => ({
        snapshot: scope.snapshot.snapshot,
        path: scope.snapshot.path,
        diagnosis: diagnose(scope, { rules, thresholds, info, largest }),
        notes: [...notesOf(scope), ...findingNotes(scope)],
      }),
    );
    await writeLines(cli, lines(cli, reports, options), lineEnd(options.format));
  });
}

function lines(cli: Cli, reports: readonly DoctorReport[], options: Options): Iterable<string> {
  const { format } = options;
  const layout = layoutOf(cli, options);
  if (format === "json") return jsonArray(reports.map(doctorJson));
  if (format === "ndjson") return reports.map(doctorJson);
  if (format === "csv" || format === "expanded") {
    const warn = warner(cli, options.quiet);
    for (const { diagnosis } of reports) if (diagnosis.info_misfit !== null) warn(diagnosis.info_misfit);
    const parts = reports.map((one) => ({ section: doctorSection(one), extra: { snapshot: one.snapshot } }));
    return FORMATS[format](parts, { ...layout, titles: true });
  }
  const render = format === "markdown" ? doctorMarkdown : (one: DoctorReport) => renderDoctor(one, layout);
  return reports.flatMap((one, i) => [...(i > 0 ? [""] : []), ...render(one)]);
}
