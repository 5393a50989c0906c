import { Command, Option } from "commander";
import * as z from "zod";
import type { CheckReport, CheckSettings } from "../check/check.ts";
import type { Policy } from "../check/policy.ts";
import type { Baseline } from "../check/totals.ts";
import { parseInfo } from "../doctor/info.ts";
import { UsageError } from "../errors.ts";
import { openInventory } from "../inventory/open.ts";
import { snapshots } from "../queries/snapshots.ts";
import { CHECK_FORMATS, type CheckFormat } from "../reports/check/index.ts";
import { PLAIN } from "../reports/style.ts";
import { askChild } from "./ask-rows.ts";
import { readBaseline, refuseTarget, writeBaseline } from "./baseline.ts";
import { refuseReplacing, withDestination } from "./destination.ts";
import { EXIT } from "./exit-status.ts";
import { type Cli, layoutOf, note, writeLines } from "./io.ts";
import {
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
    .requiredOption("--policy <file>", "the rules, as YAML")
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
  const { checkInventory, needsBaseline, rowsNeeded } = await import("../check/check.ts");
  const policy = parsePolicy(readText(options.policy, MAX_POLICY_BYTES, "policy"), options.policy);
  const reports = options.report.map((text) => reportFile(text, file));
  const { info: infoFile, baseline: old, updateBaseline: next } = options;
  const info =
    infoFile === undefined ? undefined : parseInfo(readText(infoFile, MAX_INFO_BYTES, "INFO text"), infoFile);
  if (next !== undefined) refuseTarget(next);
  const isMixed =
    old !== undefined && needsBaseline(policy) && isInventoryInput(file) !== isInventoryInput(old);
  const optionsOf = (input: string) => (isMixed && isInventoryInput(input) ? bareOptions(options) : options);
  await withInventoryFile(
    cli,
    file,
    optionsOf(file),
    { keys: rowsNeeded(policy) },
    async ({ path, name, opened }) => {
      const inventory = openInventory(path, name);
      try {
        if (!hasSql(policy)) opened();
        snapshots(inventory, options.snapshot);
        const baseline =
          old === undefined || !needsBaseline(policy)
            ? undefined
            : await readBaseline(cli, old, optionsOf(old));
        const report = await checkInventory(inventory, {
          ...settingsOf(options, policy, baseline),
          info,
          askSql: askChild({ path, name }, options),
        });
        for (const { format, output } of reports) await writeReport(cli, report, format, output);
        await writeLines(cli, CHECK_FORMATS[options.format](report, layoutOf(cli, options)));
        if (next !== undefined)
          await update(cli, report, next, () => writeBaseline(cli, next, inventory, options.snapshot));
        if (cli.status === EXIT.fine && !report.passed) cli.status = EXIT.gate;
      } finally {
        inventory.close();
      }
    },
  );
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

/** `junit=check.xml` @throws {UsageError} when it is something else, or would replace what is to be kept */
function reportFile(text: string, input: string): { format: CheckFormat; output: string } {
  const [, name, output] = /^([a-z]+)=(.+)$/s.exec(text) ?? [];
  const format = NAMES.find((one) => one === name);
  if (format === undefined || output === undefined)
    throw new UsageError(
      `--report: "${text}" is not FORMAT=FILE, such as junit=check.xml; formats are ${NAMES.join(", ")}`,
    );
  refuseReplacing(input, output);
  return { format, output };
}

async function writeReport(
  cli: Cli,
  report: CheckReport,
  format: CheckFormat,
  output: string,
): Promise<void> {
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
