import path from "node:path";
import { Command } from "commander";
import { UsageError } from "../errors.ts";
import type { AnalyzedSnapshot, AnalyzeResult, FailedFile, KeptRun } from "../index.ts";
import { SAME_DATA } from "../inventory/nodes.ts";
import { expandGlobs } from "../io/inputs/globs.ts";
import { column, type Row } from "../queries/answer.ts";
import { isUnfiltered } from "../queries/filters.ts";
import { attributed, counted } from "../queries/words.ts";
import { DERIVED_NOTE, marked } from "../reports/target.ts";
import { type Chosen, runAnalysis } from "./analysis.ts";
import { addPartitionOptions, rejectPartition } from "./dataset.ts";
import { raiseStatus, statusOfFailed } from "./exit-status.ts";
import { type Cli, layoutOf, note, warner, writeParts } from "./io.ts";
import { noteMissing } from "./missing.ts";
import {
  ANALYZE_OPTIONS,
  type AnalyzeOptions,
  addFilterOptions,
  addInputOptions,
  addPatternOptions,
  addReportOptions,
  addRunOptions,
  checkOptions,
  defined,
  filtersOf,
} from "./options.ts";

const COLUMNS = [
  column("path", "Snapshot", "key"),
  column("input", "Input", "text", { machineOnly: true }),
  column("magic", "Format", "text"),
  column("rdb_version", "RDB", "count", { machineOnly: true }),
  column("keys", "Keys", "count"),
  column("expired_keys", "Expired", "count"),
  column("stored_rows", "Rows", "count"),
  column("checksum", "Checksum", "text"),
  column("sized_as", "Sized as", "text"),
  column("profile", "Profile", "text", { machineOnly: true }),
  column("profile_exact", "Exact", "count", { machineOnly: true }),
  column("profile_measured", "Measured", "count", { machineOnly: true }),
  column("allocator", "Allocator", "text", { machineOnly: true }),
  column("hashed_names", "Hashed names", "text", { machineOnly: true }),
  column("warnings", "Warnings", "count"),
];
const INVENTORY = column("inventory", "Inventory", "key");
const PARTITION = column("partition", "Partition", "key");

/** `rdbscope analyze SNAPSHOT…` */
export function analyzeCommand(cli: Cli): Command {
  const command = new Command("analyze")
    .description("read snapshots and write an inventory: a SQLite file with a row a key")
    .argument("<snapshot...>", "snapshots in any form that README.md names; - is the standard input")
    .option("-o, --output <file>", "the inventory (default: the snapshot's name + .sqlite, here)")
    .option("--force", "replace the inventory if there is one")
    .option(
      "--resume",
      "go on with a run that was ended, or add to the inventory (with --parquet, the dataset): what is in it is not read again",
    )
    .option("--keys <all|none>", "a row for each key, or aggregates only", "all")
    .option("--index <list>", "index the key rows by key, pattern, bytes")
    .option("--parquet <folder>", "write a dataset of Parquet files there, and an inventory only with -o");
  addPartitionOptions(command);
  addPatternOptions(command);
  addReportOptions(addInputOptions(addRunOptions(addFilterOptions(command))));
  return command.action((names: string[]) => run(cli, names, checkOptions(ANALYZE_OPTIONS, command)));
}

async function run(cli: Cli, names: readonly string[], options: AnalyzeOptions): Promise<void> {
  const inputs = expandGlobs(names);
  const filters = filtersOf(options);
  const { force, keys, index, template: templates, separators, depth } = options;
  const patterns = defined({ templates, separators, depth });
  if (keys === "none" && index) throw new UsageError("--index needs key rows, and --keys none stores none");
  const given = defined({ force, index, filters: isUnfiltered(filters) ? undefined : filters });
  const snapshots = await analyzed(cli, inputs, options, { keys, patterns, ...given });
  const rows = snapshots.map(
    ({ written, ...s }): Row => ({
      path: s.path,
      input: s.input,
      magic: s.magic,
      rdb_version: s.rdbVersion,
      keys: s.keys,
      expired_keys: s.expiredKeys,
      stored_rows: s.storedRows,
      checksum: s.checksum,
      sized_as: marked(s.profile, s.profileMeasured),
      profile: s.profile,
      profile_exact: Number(s.profileExact),
      profile_measured: Number(s.profileMeasured),
      allocator: s.allocator,
      hashed_names: s.hashedNames,
      warnings: s.warnings.length,
      ...written,
    }),
  );
  const derived = snapshots.some((s) => !s.profileMeasured);
  const told = snapshots.flatMap(({ path: name, warnings }) =>
    warnings.filter(({ code }) => !TOLD.has(code)).map(({ message }) => ({ name, message })),
  );
  const notes = [...attributed(told, snapshots.length), ...(derived ? [DERIVED_NOTE] : [])];
  const columns = [...COLUMNS, options.parquet === undefined ? INVENTORY : PARTITION];
  const section = { name: "analyze", title: "", columns, rows, notes };
  await writeParts(cli, [{ section, extra: {} }], options.format, layoutOf(cli, options));
}

/** What is told of several snapshots while they are read: those that fail, and what is left when the run ends before its end. */
function keptGoing(cli: Cli, inputs: readonly string[], { resume }: AnalyzeOptions) {
  if (inputs.length === 1 && resume !== true) return {};
  return {
    onFailed: ({ message }: FailedFile) => note(cli, message),
    onKept: ({ folder, done, total }: KeptRun) =>
      note(
        cli,
        `${done} of ${counted(total, "snapshot")} ${done === 1 ? "was read and is" : "were read and are"} kept in ${folder}: the same command with --resume goes on from there`,
      ),
  };
}

/** What is to be said of all snapshots together. Damage is told by 3; what could not be read, and may be another time, by 4. */
function tellOutcome(
  cli: Cli,
  options: AnalyzeOptions,
  { failed, notes, output, present }: AnalyzeResult,
): void {
  const warn = warner(cli, options.quiet);
  if (present > 0)
    warn(`${counted(present, "snapshot")} ${present === 1 ? "was" : "were"} in ${output} already`);
  notes.forEach(warn);
  noteMissing(cli, failed, output);
  raiseStatus(cli, statusOfFailed(failed));
}

/** A snapshot, and what was written of it: values of the last column. */
type Written = AnalyzedSnapshot & { readonly written: Row };

async function analyzed(
  cli: Cli,
  inputs: readonly string[],
  options: AnalyzeOptions,
  chosen: Omit<Chosen, "inputs" | "output">,
): Promise<Written[]> {
  if (options.parquet === undefined) {
    rejectPartition(options);
    const output = outputOf(inputs, options);
    const kept = { ...keptGoing(cli, inputs, options), ...defined({ resume: options.resume }) };
    const result = await runAnalysis(cli, options, { ...chosen, ...kept, inputs, output });
    tellOutcome(cli, options, result);
    return result.snapshots.map((s) => ({ ...s, written: { inventory: result.output } }));
  }
  const { analyzeDataset } = await import("./analyze-dataset.ts");
  const snapshots = await analyzeDataset(cli, inputs, options, chosen);
  return snapshots.map(({ partition, ...s }) => ({ ...s, written: { partition } }));
}

/** Warnings that are told by a column, a mark, or a note about all snapshots. */
const TOLD = new Set(["CHECKSUM_MISMATCH", "DERIVED_PROFILE", SAME_DATA]);

function outputOf(inputs: readonly string[], { output }: AnalyzeOptions): string {
  if (output !== undefined) return output;
  if (inputs.length > 1) throw new UsageError("several snapshots need a name for their inventory: -o FILE");
  const [name] = inputs;
  return `${name === "-" ? "stdin" : path.basename(path.resolve(name!))}.sqlite`;
}
