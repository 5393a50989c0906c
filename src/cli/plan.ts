import { Command } from "commander";
import * as z from "zod";
import { disagreements } from "../diff/mixed.ts";
import { UsageError } from "../errors.ts";
import { isSqliteFile } from "../inventory/open.ts";
import { expandGlobs, expandOne } from "../io/inputs/globs.ts";
import type { PlanData } from "../plan/data.ts";
import { dataOfInventory } from "../plan/from-inventory.ts";
import { type Plan, planOf } from "../plan/plan.ts";
import type { PlanContext } from "../plan/sections/section.ts";
import { FORMATS, HUMAN_FORMATS, lineEnd } from "../reports/index.ts";
import { notesForPrograms, planCsv, planParts, planRecords } from "../reports/plan.ts";
import { type Measured, measuredInventory, measuredSnapshots } from "../trend/measured.ts";
import { type Trend, trendOf } from "../trend/trend.ts";
import { MAX_YAML_BYTES } from "../yaml/limits.ts";
import { reportChecksum } from "./analysis.ts";
import { EXIT } from "./exit-status.ts";
import { interruptible } from "./interrupt.ts";
import { type Cli, layoutOf, warner, writeLines, writeParts } from "./io.ts";
import {
  addInputOptions,
  addLimitOption,
  addPatternOptions,
  addProgressOption,
  addReportOptions,
  addSecretOption,
  addServerOptions,
  COMPARE_OPTIONS,
  checkOptions,
  defined,
  HASH_KEYS,
  QUESTION_OPTIONS,
} from "./options.ts";
import { addScenarioOptions, readWanted, SCENARIO_OPTIONS, type Wanted } from "./plan-scenarios.ts";
import { progressOf } from "./progress.ts";
import { forEachScope } from "./question.ts";
import { readText } from "./read-text.ts";
import { readSecretFile } from "./secret-file.ts";

const { format, color, quiet, progress, rawCsv, tempDir, maxExpanded, allocator, set, config, ...others } =
  COMPARE_OPTIONS.shape;
const {
  workers,
  ignoreChecksum,
  hashKeys,
  hashKeysSecretFile,
  template,
  separators,
  depth,
  profiles,
  limit,
} = others;
const OPTIONS = z.object({
  ...{ format, color, quiet, progress, rawCsv, tempDir, maxExpanded, allocator, set, config },
  ...{ workers, ignoreChecksum, hashKeys, hashKeysSecretFile, template, separators, depth, profiles, limit },
  ...SCENARIO_OPTIONS,
  snapshot: QUESTION_OPTIONS.shape.snapshot,
  model: z.string().min(1).optional(),
  history: z.array(z.string().min(1)).optional(),
  savings: z.boolean().optional(),
  exitCode: z.boolean().optional(),
  sample: QUESTION_OPTIONS.shape.sample,
});
type Options = z.infer<typeof OPTIONS>;

/** Flags of how snapshots are read, be it one that is planned for or those of a history. */
const COMMON_READING = [
  ["workers", "workers"],
  ["temp-dir", "tempDir"],
  ["max-expanded", "maxExpanded"],
] as const;

/** `rdbscope plan FILE` */
export function planCommand(cli: Cli): Command {
  const command = new Command("plan")
    .description("what the data needs elsewhere, later: memory, machines and money (docs/sizing.md)")
    .argument("[file]", "a snapshot, or an inventory for the server that it was made for");
  addScenarioOptions(command)
    .option("--model <file>", "counts and averages in place of a snapshot, as YAML")
    .option("--history <file...>", "inventories or snapshots over time: when each machine is outgrown")
    .option("--savings", "what could be saved, ranked: a snapshot is read again, each key looked at")
    .option(
      "--sample <share>",
      "with --savings: compress this share of the strings of 1K and more, such as 5%, to see what it saves",
    )
    .option(
      "--exit-code",
      "exit 1 when a scenario is impossible: no machine fits, or the server cannot load the snapshot",
    )
    .option("--snapshot <id>", "this snapshot of an inventory of several")
    .option("--workers <n>", "threads that read (default: as many as the machine has)")
    .option("--ignore-checksum", "exit 0 even when the snapshot's checksum does not match")
    .option("--hash-keys", HASH_KEYS);
  addSecretOption(
    addPatternOptions(addLimitOption(command, "show this many patterns, shards and savings", 10)),
  );
  addReportOptions(addProgressOption(addInputOptions(addServerOptions(command))));
  return command.action((file: string | undefined) => run(cli, file, checkOptions(OPTIONS, command)));
}

async function run(cli: Cli, file: string | undefined, options: Options): Promise<void> {
  const { model, history: series, limit: largest } = options;
  if ((file === undefined) === (model === undefined))
    throw new UsageError("give a snapshot or an inventory, or --model with counts and averages: one of them");
  if (model !== undefined) refuseReading(options);
  if (options.sample !== undefined && options.savings !== true)
    throw new UsageError("--sample tells what compression saves: give --savings, too");
  const wanted = await readWanted(options, warner(cli, options.quiet));
  if (series !== undefined && wanted.catalogue === undefined)
    throw new UsageError("--history tells when machines are outgrown: give them with --catalogue");
  const data = file === undefined ? await ofModel(model!, wanted) : await ofFile(cli, file, options, wanted);
  const inputs = wanted.scenarios.map((scenario, i) => ({
    scenario,
    data: data[i]!,
    info: wanted.infos.get(scenario),
  }));
  const plan = planOf(inputs, wanted.catalogue);
  const history = series === undefined ? undefined : await historyOf(cli, series, options, data, file);
  const savings = options.savings === true ? await savingsIn(cli, file!, options, plan) : undefined;
  await show(cli, { plan, history, savings, largest }, options);
  if (options.exitCode === true && cli.status === EXIT.fine && isImpossible(plan)) cli.status = EXIT.gate;
}

function isImpossible({ scenarios }: Plan): boolean {
  return scenarios.some(({ impossible, data }) => impossible !== null || data.cannot_load !== null);
}

async function savingsIn(cli: Cli, file: string, options: Options, { scenarios, catalogue }: Plan) {
  const { savingsOf } = await import("./plan-savings.ts");
  const { rankSavings } = await import("../plan/savings/rank.ts");
  const found = await savingsOf(cli, file, options, scenarios);
  return new Map(scenarios.map((one, i) => [one, rankSavings(one, catalogue, found[i]!)]));
}

/** What says how a snapshot is read says nothing of a model. */
function refuseReading(options: Options): void {
  const { ignoreChecksum, hashKeys, hashKeysSecretFile, template, separators, depth, snapshot, history } =
    options;
  const { savings } = options;
  const reading = history === undefined ? COMMON_READING : [];
  const others = {
    ...{
      "ignore-checksum": ignoreChecksum,
      "hash-keys": hashKeys,
      "hash-keys-secret-file": hashKeysSecretFile,
    },
    ...{ template, separators, depth, snapshot, savings },
    ...Object.fromEntries(reading.map(([flag, member]) => [flag, options[member]])),
  };
  const given = Object.entries(others).find(([, value]) => value !== undefined);
  if (given) throw new UsageError(`--${given[0]} is for snapshots and inventories; --model reads none`);
}

async function ofModel(file: string, { scenarios }: Wanted): Promise<PlanData[]> {
  const { dataOfModel, parseModel } = await import("../plan/model.ts");
  const structures = parseModel(readText(file, MAX_YAML_BYTES, "model"), file);
  return scenarios.map((scenario) => dataOfModel(structures, file, scenario));
}

async function ofFile(
  cli: Cli,
  name: string,
  options: Options,
  { scenarios }: Wanted,
): Promise<readonly PlanData[]> {
  const file = expandOne(name);
  if (!isSqliteFile(file)) return ofSnapshot(cli, file, options, scenarios);
  const { template, separators, depth } = options;
  const data: PlanData[] = [];
  const given = Object.entries({ template, separators, depth }).find(([, value]) => value !== undefined);
  if (given) throw new UsageError(`--${given[0]} is for snapshots; ${file} is an inventory already`);
  // What says how a snapshot is read is refused; what says which server is planned for has been read.
  const asked = {
    quiet: options.quiet,
    format: options.format,
    workers: options.workers,
    ignoreChecksum: options.ignoreChecksum,
    hashKeys: options.hashKeys,
    hashKeysSecretFile: options.hashKeysSecretFile,
    tempDir: options.tempDir,
    maxExpanded: options.maxExpanded,
    snapshot: options.snapshot,
  };
  await forEachScope(cli, file, asked, false, async (scopes) => {
    const [scope] = scopes;
    if (scopes.length > 1)
      throw new UsageError(
        `${file} holds ${scopes.length} snapshots: choose one with --snapshot ID (all of them: --history)`,
      );
    data.push(...scenarios.map((scenario) => dataOfInventory(scope!, scenario)));
  });
  return data;
}

async function ofSnapshot(cli: Cli, input: string, options: Options, scenarios: Wanted["scenarios"]) {
  const { workers, tempDir, maxExpanded, template: templates, separators, depth, snapshot } = options;
  if (snapshot !== undefined) throw new UsageError(`--snapshot is for inventories; ${input} is a snapshot`);
  const { dataOfSnapshot } = await import("../plan/from-snapshot.ts");
  const secretFile = options.hashKeysSecretFile;
  const hashKeys = secretFile === undefined ? options.hashKeys : readSecretFile(secretFile);
  const bar = progressOf(cli, options, [input]);
  try {
    const { comparison, data } = await interruptible((signal) =>
      dataOfSnapshot(scenarios, {
        ...{ input, hashKeys, workers, tempDir, maxExpanded, signal },
        patterns: defined({ templates, separators, depth }),
        onProgress: (progress) => bar.update(progress),
      }),
    );
    bar.done();
    reportChecksum(cli, options, { ...comparison, checksumOffset: comparison.checksum_offset });
    return data;
  } finally {
    bar.stop();
  }
}

/** A series for the server that is planned for: other ones are of other sizes. */
async function historyOf(
  cli: Cli,
  names: readonly string[],
  options: Options,
  data: readonly PlanData[],
  planned: string | undefined,
): Promise<Trend> {
  const files = expandGlobs(names);
  const { quiet, format, workers, tempDir, maxExpanded } = options;
  const all: Measured[] = [];
  const taking = (measure: typeof measuredInventory) => async (scopes: Parameters<typeof measure>[0]) =>
    void all.push(...measure(scopes));
  const { profile, allocator } = data[0]!.target;
  const set = data[0]!.settings.map((text) => text.split("=") as [string, string]);
  const readSnapshots = (names: readonly string[]) => {
    const asked = { quiet, format, workers, tempDir, maxExpanded, profile, allocator, set };
    return forEachScope(cli, [...names], asked, false, taking(measuredSnapshots));
  };
  const snapshots = files.filter((one) => !isSqliteFile(one));
  if (snapshots.length > 0) await readSnapshots(snapshots);
  for (const file of files.filter(isSqliteFile))
    await forEachScope(cli, file, { quiet, format }, false, taking(measuredInventory));
  const other = all.find(({ scope }) =>
    data.some(
      ({ target }) =>
        target.profile !== scope.snapshot.profile || target.allocator !== scope.snapshot.allocator,
    ),
  );
  if (other !== undefined) {
    const { profile: made } = other.scope.snapshot;
    throw new UsageError(
      `--history: ${other.name} is sized for ${made}, the plan is for ${data.map(({ target }) => target.profile).join(", ")}: analyze the series for the server that is planned for (--profile), and plan for that one`,
    );
  }
  const series = all.length;
  const newest = Math.max(...all.map(({ scope }) => scope.snapshot.created_at));
  const planFile = planned === undefined || planned === "-" ? undefined : expandOne(planned);
  if (planFile !== undefined && data[0]!.created_at! > newest) {
    const { snapshot } = options;
    if (isSqliteFile(planFile))
      await forEachScope(cli, planFile, { quiet, format, snapshot }, false, taking(measuredInventory));
    else await readSnapshots([planFile]);
  }
  return trendWith(all.slice(0, series), all[series]);
}

/** The series, and behind it what is planned for where it is newer and was made alike. */
function trendWith(series: readonly Measured[], planned: Measured | undefined): Trend {
  const fits =
    planned !== undefined &&
    planned.scope.snapshot.created_at_source === "snapshot" &&
    disagreements([series[0]!.scope], [planned.scope]).length === 0;
  if (!fits) return trendOf(series, {});
  const trend = trendOf([...series, planned], {});
  return {
    ...trend,
    notes: [...trend.notes, `${planned.name} is planned for, and the last point of the series`],
  };
}

/** Tables tell notes themselves; in JSON they are rows, and beside CSV they go to stderr. */
async function show(cli: Cli, context: PlanContext, options: Options): Promise<void> {
  const { format, quiet } = options;
  const layout = layoutOf(cli, options, true);
  if (HUMAN_FORMATS.includes(format)) await writeParts(cli, planParts(context), format, layout);
  else if (format !== "csv") await writeLines(cli, FORMATS[format](planRecords(context), layout));
  else {
    notesForPrograms(context).forEach(warner(cli, quiet));
    await writeLines(cli, planCsv(context, layout.rawCsv), lineEnd(format));
  }
}
