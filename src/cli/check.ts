import { Command, Option } from "commander";
import * as z from "zod";
import type { CheckReport, CheckSettings } from "../check/check.ts";
import type { Policy } from "../check/policy.ts";
import type { Baseline } from "../check/totals.ts";
import { parseInfo } from "../doctor/info.ts";
import { UsageError } from "../errors.ts";
import { type Inventory, openInventory } from "../inventory/open.ts";
import { CHECK_FORMATS, type CheckFormat } from "../reports/check/index.ts";
import { PLAIN } from "../reports/style.ts";
import { askChild } from "./ask-rows.ts";
import { isBaselineFile, readBaseline, refuseTarget, writeBaseline } from "./baseline.ts";
import { refuseReplacing, withDestination } from "./destination.ts";
import { EXIT } from "./exit-status.ts";
import { type Cli, layoutOf, note, warner, writeLines } from "./io.ts";
import {
  type AnalysisOptions,
  addInputOptions,
  addLimitOption,
  addRunOptions,
  checkOptions,
  LIMIT,
  NOW,
  oneOf,
  QUERY_OPTIONS,
  QUESTION_OPTIONS,
  repeated,
} from "./options.ts";
import { readText } from "./read-text.ts";
import { bareOptions, isInventoryInput, withInventoryFile } from "./target.ts";

const NAMES = Object.keys(CHECK_FORMATS) as CheckFormat[];
const MAX_INFO_BYTES = 1024 ** 2;
/** What a report in a file has: nothing is cut, and nothing coloured. */
const PLAIN_LAYOUT = { style: PLAIN, titles: false, width: Number.POSITIVE_INFINITY, rawCsv: false };

const OPTIONS = z.object({
  ...QUERY_OPTIONS.shape,
  format: oneOf(NAMES),
  snapshot: QUESTION_OPTIONS.shape.snapshot,
  policy: z.string().min(1),
  baseline: z.string().min(1).optional(),
  updateBaseline: z.string().min(1).optional(),
  allowMixed: z.boolean().optional(),
  allowEstimates: z.boolean().optional(),
  info: z.string().min(1).optional(),
  report: z.array(z.string()).default([]),
  limit: LIMIT,
  now: NOW,
});
type Options = z.infer<typeof OPTIONS>;

/** `rdbscope check FILE --policy FILE` */
export function checkCommand(cli: Cli): Command {
  const command = new Command("check")
    .description("whether a snapshot is as a policy says: exit 1 if not (docs/policy.md)")
    .argument("<file>", "a snapshot or an inventory")
    .requiredOption("--policy <file>", "the rules, as YAML (-: from stdin)")
    .option("--baseline <file>", "measure growth by this: an earlier snapshot, inventory or baseline file")
    .option(
      "--update-baseline <file>",
      "write the totals of now there, as the next --baseline, unless a rule of growth fails",
    )
    .option("--allow-mixed", "measure growth by a baseline of another profile, settings or filters, too")
    .option("--allow-estimates", "let the estimates of a sample decide")
    .option("--snapshot <id>", "only this snapshot of an inventory of several")
    .option("--info <file>", "a saved text of INFO, for rules of the doctor")
    .option("--now <time>", "look at waivers as of this time")
    .addOption(new Option("--format <name>", NAMES.join(", ")).default("table"))
    .option("--report <format=file>", "write a report to a file, too; may be given several times", repeated)
    .option("--no-color", "no colours (as the variable NO_COLOR says)")
    .option("--quiet", "no progress and no notes on stderr")
    .option("--timeout <time>", "how long SQL of the policy may run (0: no limit)", "5m")
    .option("--max-memory <size>", "memory that SQL of the policy may take (0: no limit)", "1G");
  addLimitOption(command, "violations of each rule that are told", 20);
  return addInputOptions(addRunOptions(command)).action((file: string) =>
    run(cli, file, checkOptions(OPTIONS, command)),
  );
}

async function run(cli: Cli, file: string, options: Options): Promise<void> {
  const { parsePolicy, MAX_POLICY_BYTES } = await import("../check/parse-policy.ts");
  const { rowsNeeded } = await import("../check/check.ts");
  const policy = parsePolicy(policyText(options.policy, file, MAX_POLICY_BYTES), options.policy);
  const reports = options.report.map((text) => reportFile(text, file));
  const { info: infoFile, updateBaseline: next } = options;
  const info =
    infoFile === undefined ? undefined : parseInfo(readText(infoFile, MAX_INFO_BYTES, "INFO text"), infoFile);
  if (next !== undefined) refuseTarget(next);
  const baseline = await baselineOf(cli, file, policy, options);
  const settings = { ...settingsOf(options, policy, baseline), info };
  const needed = { keys: rowsNeeded(policy) };
  const own = baseline === undefined ? options : optionsFor(file, options.baseline!, options);
  await withInventoryFile(cli, file, own, needed, async ({ path, name, opened }) => {
    const inventory = openInventory(path, name);
    try {
      if (!hasSql(policy)) opened();
      await look(
        cli,
        inventory,
        { ...settings, askSql: askChild({ path, name }, options) },
        reports,
        options,
      );
    } finally {
      inventory.close();
    }
  });
}

/** @throws {UsageError} when the snapshot is read from the standard input, too */
function policyText(policy: string, input: string, maxBytes: number): string {
  if (policy === "-" && input === "-")
    throw new UsageError(
      "--policy - and a snapshot from stdin exclude each other: give one of them as a file",
    );
  return readText(policy, maxBytes, "policy");
}

/** Checks, writes what is to be written, and sets the exit status. */
async function look(
  cli: Cli,
  inventory: Inventory,
  settings: CheckSettings,
  reports: readonly ReportFile[],
  options: Options,
): Promise<void> {
  const { checkInventory } = await import("../check/check.ts");
  const { updateBaseline: next, format, snapshot } = options;
  const report = await checkInventory(inventory, settings);
  for (const one of reports) await writeReport(cli, report, one);
  await writeLines(cli, CHECK_FORMATS[format](report, layoutOf(cli, options)));
  if (next !== undefined)
    await update(cli, report, next, () => writeBaseline(cli, next, inventory, snapshot));
  if (cli.status === EXIT.fine && !report.passed) cli.status = EXIT.gate;
}

/**
 * What growth is measured by, looked at before the snapshot is, which takes longer.
 * @throws {UsageError} when rules of growth have none
 */
async function baselineOf(
  cli: Cli,
  file: string,
  policy: Policy,
  options: Options,
): Promise<Baseline | undefined> {
  const { needingBaseline, requireBaseline } = await import("../check/check.ts");
  const { baseline: old, updateBaseline: next } = options;
  requireBaseline(policy, old !== undefined || next !== undefined);
  if (old === undefined) return undefined;
  if (needingBaseline(policy).length > 0) return readBaseline(cli, old, optionsFor(old, file, options));
  warner(cli, options.quiet)(`${options.policy} has no rule of growth: nothing looks at --baseline`);
  return undefined;
}

/** Of a snapshot and an inventory, options that say how a snapshot is read are meant for the snapshot. */
function optionsFor(input: string, other: string, options: Options): AnalysisOptions {
  return isInventoryInput(input) && !isInventoryInput(other) && !isBaselineFile(other)
    ? bareOptions(options)
    : options;
}

function settingsOf(
  options: Options,
  policy: Policy,
  baseline: Baseline | undefined,
): Omit<CheckSettings, "info" | "askSql"> {
  return {
    policy,
    baseline,
    makesBaseline: options.updateBaseline !== undefined,
    allowMixed: options.allowMixed === true,
    allowEstimates: options.allowEstimates === true,
    now: options.now ?? Date.now(),
    largest: options.limit,
    snapshot: options.snapshot,
  };
}

/** Only a child process can be ended in the middle of a statement, and it opens the inventory by its name. */
function hasSql({ rules }: Policy): boolean {
  return rules.some(({ kind }) => kind.id === "sql");
}

interface ReportFile {
  readonly format: CheckFormat;
  readonly output: string;
}

/** `junit=check.xml` @throws {UsageError} when it is something else, or would replace what is to be kept */
function reportFile(text: string, input: string): ReportFile {
  const [, name, output] = /^([a-z]+)=(.+)$/s.exec(text) ?? [];
  const format = NAMES.find((one) => one === name);
  if (format === undefined || output === undefined)
    throw new UsageError(
      `--report: "${text}" is not FORMAT=FILE, such as junit=check.xml; formats are ${NAMES.join(", ")}`,
    );
  refuseReplacing(input, output, "--report");
  return { format, output };
}

async function writeReport(cli: Cli, report: CheckReport, { format, output }: ReportFile): Promise<void> {
  await withDestination(cli, { output, force: true }, async (take) => {
    for (const line of CHECK_FORMATS[format](report, PLAIN_LAYOUT)) await take(`${line}\n`);
  });
}

/** What is too much growth today shall not be what tomorrow is measured by. */
async function update(
  cli: Cli,
  report: CheckReport,
  file: string,
  write: () => Promise<void>,
): Promise<void> {
  const results = report.snapshots.flatMap((one) => one.results);
  const hasGrown = results.some(
    ({ rule, status, severity }) => rule === "growth" && status === "failed" && severity === "error",
  );
  if (hasGrown)
    note(cli, `${file} was not written, as a rule of growth failed: without --baseline it is accepted`);
  else if (cli.status !== EXIT.fine) note(cli, `${file} was not written, as the snapshot is damaged`);
  else await write();
}
