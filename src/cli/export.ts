import { Command } from "commander";
import { UsageError } from "../errors.ts";
import type { Progress } from "../index.ts";
import { isSqliteFile } from "../inventory/open.ts";
import { expandGlobs } from "../io/inputs/globs.ts";
import { MOST_PATTERNS, metricsOf } from "../metrics/metrics.ts";
import { compatRows } from "../queries/csv-compat.ts";
import { keyRowFilters } from "../queries/filters.ts";
import { folded } from "../queries/folded.ts";
import { keyRows } from "../queries/key-rows.ts";
import type { Scope } from "../queries/scope.ts";
import { foldedStacks } from "../reports/folded.ts";
import { FORMATS, type FormatName, lineEnd, type Part } from "../reports/index.ts";
import { exposition } from "../reports/prometheus.ts";
import { BINARY_FORMATS, type ValueFormat } from "../values/formats.ts";
import { reportChecksum } from "./analysis.ts";
import { addPartitionOptions, exportParquet, rejectPartition } from "./dataset.ts";
import { refuseReplacing, type Take, withDestination } from "./destination.ts";
import { EXIT } from "./exit-status.ts";
import { interruptible } from "./interrupt.ts";
import { type Cli, layoutOf, warner } from "./io.ts";
import {
  addFilterOptions,
  addInputOptions,
  addRunOptions,
  checkOptions,
  choiceOf,
  EXPORT_OPTIONS,
  type ExportOptions,
  filtersOf,
  repeated,
} from "./options.ts";
import { progressOf } from "./progress.ts";
import { forEachScope } from "./question.ts";

const WHAT = "--values, --keys, --csv-compat, --folded, --prometheus or --parquet";
const BATCH = 65536;

/** `rdbscope export FILE` */
export function exportCommand(cli: Cli): Command {
  const command = new Command("export")
    .description("write values, rows of keys, stacks for a flame graph, or metrics, for other programs")
    .argument("<file>", "a snapshot; but for --values, an inventory too")
    .option("--values <format>", "each key with its value: json, ndjson, resp, restore; keys: its name alone")
    .option("--keys <csv|ndjson>", "a row a key, with all columns of the inventory")
    .option("--csv-compat <tool>", "a row a key in the columns of rdbtools or hdt (HDT3213/rdb)")
    .option("--folded", "bytes by database and pattern as folded stacks, for flame graphs")
    .option(
      "--prometheus",
      "metrics in the text format of Prometheus, for node_exporter's textfile collector",
    )
    .option("--parquet <folder>", "an inventory as a dataset of Parquet files, for query engines")
    .option(
      "-l, --limit <n>",
      `with --prometheus: patterns with series of their own (default: ${MOST_PATTERNS})`,
    )
    .option("--label <name=value>", "with --prometheus: a label of every sample", repeated)
    .option("--maxmemory <size>", "with --prometheus: what the server may take, such as 4gb")
    .option("-o, --output <file>", "write there, not to stdout")
    .option("--force", "replace that file if there is one")
    .option("--resume", "with --parquet: pass over partitions that are complete already")
    .option("--pattern <text>", "only keys of this pattern, as `patterns` prints it; not with --values")
    .option("--snapshot <id>", "only this snapshot of an inventory of several; not with --values")
    .option("--quiet", "no progress and no notes on stderr")
    .option("--raw-csv", "CSV with texts as they are: what looks like a formula is not made harmless");
  addPartitionOptions(command);
  addInputOptions(addRunOptions(addFilterOptions(command)));
  return command.action((file: string) => run(cli, file, checkOptions(EXPORT_OPTIONS, command)));
}

async function run(cli: Cli, file: string, options: ExportOptions): Promise<void> {
  const { values, keys, csvCompat, folded, prometheus, parquet, output } = options;
  const chosen = [values, keys, csvCompat, folded, prometheus, parquet].filter((one) => one !== undefined);
  if (chosen.length !== 1) throw new UsageError(`export writes one of ${WHAT}: say which`);
  if (parquet !== undefined) return exportParquet(cli, file, options);
  if (options.resume === true) throw new UsageError("--resume needs --parquet");
  refuseReplacing(file, output);
  const { limit, label, maxmemory } = options;
  const [needing] = Object.entries({ limit, label, maxmemory }).filter(([, value]) => value !== undefined);
  if (needing !== undefined && prometheus === undefined)
    throw new UsageError(`--${needing[0]} needs --prometheus`);
  rejectPartition(options);
  if (values !== undefined) await exportValues(cli, file, values, options);
  else await exportRows(cli, file, options);
}

/** Options that say nothing about values as they are. */
const NOT_FOR_VALUES = {
  workers: "one thread writes in order",
  sample: "values are all written",
  sampleSeed: "values are all written",
  hashKeys: "values are data, and names stand in them",
  hashKeysSecretFile: "values are data, and names stand in them",
  pattern: "use --key",
  snapshot: "values are read from one snapshot",
} as const satisfies Partial<Record<keyof ExportOptions, string>>;

async function exportValues(cli: Cli, name: string, format: ValueFormat, options: ExportOptions) {
  const { output, quiet, tempDir, maxExpanded, salvage } = options;
  for (const [option, why] of Object.entries(NOT_FOR_VALUES)) {
    const flag = option.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
    if (options[option as keyof typeof NOT_FOR_VALUES] !== undefined)
      throw new UsageError(`--${flag} is not for --values: ${why}`);
  }
  const files = expandGlobs([name]);
  const [input] = files;
  if (files.length > 1) throw new UsageError(`${name} matches ${files.length} files: give one`);
  if (isSqliteFile(input!))
    throw new UsageError(`${input} is an inventory, which holds no values: give the snapshot`);
  if (output === undefined && cli.stdout.isTTY === true && BINARY_FORMATS.includes(format)) {
    throw new UsageError(
      `--values ${format} is for files and pipes: a terminal would obey what stands in values`,
    );
  }
  const warn = warner(cli, quiet);
  const filters = filtersOf(options);
  const choice = choiceOf(options, warn);
  const { exportValues: exportFrom } = await import("../pipeline/export-values.ts");
  const bar = progressOf(cli, options, files);
  const onProgress = (progress: Progress) => bar.update(progress);
  try {
    const result = await withDestination(cli, options, (take) =>
      interruptible((signal) =>
        exportFrom({
          input: input!,
          format,
          filters,
          tempDir,
          maxExpanded,
          salvage,
          ...choice,
          take,
          signal,
          onProgress,
        }),
      ),
    );
    bar.done();
    reportChecksum(cli, options, result);
    for (const { message } of result.damages)
      warn(`${input}: ${message}; what could be read of it was written`);
    const noneFound = salvage === true && result.keysRead === 0 && result.salvaged;
    if (noneFound) warn(`${input}: no key could be salvaged`);
    if (noneFound || (result.damagedValues > 0 && salvage !== true)) cli.status = EXIT.damaged;
    for (const message of result.notes) warn(`${input}: ${message}`);
  } finally {
    bar.stop();
  }
}

async function exportRows(cli: Cli, file: string, options: ExportOptions): Promise<void> {
  const fromRollup = options.folded === true || options.prometheus === true;
  const needsRows = !fromRollup || keyRowFilters(filtersOf(options)).length > 0;
  const warn = warner(cli, options.quiet);
  await forEachScope(cli, file, options, needsRows, (scopes) =>
    interruptible((signal) =>
      withDestination(cli, options, async (take) => {
        const notes = new Set<string>();
        if (options.prometheus === true) {
          await takeLines(untilAborted(take, signal), metricLines(scopes, options), "\n");
          return;
        }
        await takeLines(untilAborted(take, signal), linesOf(scopes, options, cli, notes), endOf(options));
        for (const message of notes) warn(message);
      }),
    ),
  );
}

/** @throws {UsageError} where it is not one snapshot: two would have the same series */
function metricLines(scopes: readonly Scope[], options: ExportOptions): Iterable<string> {
  const [scope, other] = scopes;
  if (other !== undefined) {
    throw new UsageError(
      `--prometheus is of one snapshot, and there are ${scopes.length}: say which with --snapshot, and give each a file of its own`,
    );
  }
  const { limit: patterns, maxmemory, label = [] } = options;
  return exposition(metricsOf(scope!, { patterns, maxmemory }), Object.fromEntries(label));
}

/** Rejects when `signal` is aborted, whether or not anybody takes anything. */
function untilAborted(take: Take, signal: AbortSignal): Take {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  aborted.catch(() => {});
  return async (piece) => {
    signal.throwIfAborted();
    await Promise.race([take(piece), aborted]);
  };
}

function endOf({ keys }: ExportOptions): string {
  return keys === "csv" ? lineEnd("csv") : "\n";
}

function linesOf(
  scopes: readonly Scope[],
  { keys, csvCompat, rawCsv }: ExportOptions,
  cli: Cli,
  notes: Set<string>,
): Iterable<string> {
  const layout = layoutOf(cli, { color: false, rawCsv });
  const several = scopes.length > 1;
  if (keys === undefined && csvCompat === undefined) {
    return concat(
      scopes.map((scope) => foldedStacks(folded(scope), several ? scope.snapshot.path : undefined)),
    );
  }
  const format: FormatName = keys ?? "csv";
  return FORMATS[format](parts(scopes, csvCompat, notes), layout);
}

function* parts(
  scopes: readonly Scope[],
  csvCompat: ExportOptions["csvCompat"],
  told: Set<string>,
): Iterable<Part> {
  for (const scope of scopes) {
    const section = csvCompat === undefined ? keyRows(scope) : compatRows(scope, csvCompat);
    for (const note of section.notes ?? []) told.add(note);
    yield { section, extra: csvCompat === undefined ? { snapshot: scope.snapshot.snapshot } : {} };
  }
}

function* concat(all: Iterable<Iterable<string>>): Iterable<string> {
  for (const lines of all) yield* lines;
}

async function takeLines(take: Take, lines: Iterable<string>, end: string): Promise<void> {
  let batch = "";
  for (const line of lines) {
    batch += line + end;
    if (batch.length < BATCH) continue;
    await take(batch);
    batch = "";
  }
  if (batch !== "") await take(batch);
}
