import { Command } from "commander";
import { type Diff, diff, isDifferent } from "../diff/diff.ts";
import { GROUPING_NAMES } from "../diff/rollup-diff.ts";
import { UsageError } from "../errors.ts";
import { type Inventory, isSqliteFile, openInventory } from "../inventory/open.ts";
import { expandGlobs } from "../io/inputs/globs.ts";
import { type MemoryConfig, settingsByDirective } from "../memory/index.ts";
import type { PatternSettings } from "../patterns/index.ts";
import type { KeyFilter } from "../pipeline/filter.ts";
import { isUnfiltered, type QuestionFilters } from "../queries/filters.ts";
import { damageNotes } from "../queries/notes.ts";
import { snapshots } from "../queries/snapshots.ts";
import { diffDocument, diffParts, diffRows, unlistedNotes } from "../reports/diff.ts";
import { HUMAN_FORMATS } from "../reports/index.ts";
import { jsonArray, toJson } from "../reports/json.ts";
import { EXIT } from "./exit-status.ts";
import { interruptible } from "./interrupt.ts";
import { type Cli, layoutOf, warner, writeLines, writeParts } from "./io.ts";
import {
  addFilterOptions,
  addInputOptions,
  addLimitOption,
  addProgressOption,
  addReportOptions,
  addSecretOption,
  addTargetOptions,
  checkOptions,
  DIFF_OPTIONS,
  type DiffOptions,
  defined,
  filtersOf,
} from "./options.ts";
import { DEFAULT_LARGEST } from "./question.ts";
import { withInventoryFile } from "./target.ts";

/** `rdbscope diff OLD NEW` */
export function diffCommand(cli: Cli): Command {
  const command = new Command("diff")
    .description("what changed between two snapshots: keys, patterns, types, times to live")
    .argument("<old>", "the earlier snapshot or inventory")
    .argument("<new>", "the later one")
    .option("--by <group>", `only totals by ${GROUPING_NAMES.join(", ")}: at once, as no key is looked at`)
    .option("--exit-code", "exit 1 when something differs")
    .option("--allow-mixed", "compare even inventories that were not made alike")
    .option("--old-snapshot <id>", "only this snapshot of an old inventory of several")
    .option("--new-snapshot <id>", "only this snapshot of a new inventory of several")
    .option("--workers <n>", "threads that read (default: as many as the machine has)")
    .option("--ignore-checksum", "exit 0 even when a snapshot's checksum does not match")
    .option("--salvage", "read on behind damage: what is lost is told");
  addLimitOption(command, "show this many of each list", DEFAULT_LARGEST);
  addReportOptions(addInputOptions(addSecretOption(addTargetOptions(addFilterOptions(command)))));
  addProgressOption(command);
  return command.action((old: string, now: string) =>
    run(cli, old, now, checkOptions(DIFF_OPTIONS, command)),
  );
}

async function run(cli: Cli, old: string, now: string, options: DiffOptions): Promise<void> {
  const found = await withBoth(cli, [old, now], options, (a, b) => compared(cli, a, b, options));
  await show(cli, found, options);
  if (options.exitCode === true && cli.status === EXIT.fine && isDifferent(found)) cli.status = EXIT.gate;
}

function compared(cli: Cli, old: Inventory, now: Inventory, options: DiffOptions): Promise<Diff> {
  const { by, limit, workers, tempDir, allowMixed, oldSnapshot, newSnapshot } = options;
  if (!HUMAN_FORMATS.includes(options.format)) {
    for (const inventory of [old, now]) damageNotes(inventory).forEach(warner(cli, options.quiet));
  }
  const { after: filters } = splitFilters(options);
  return interruptible((signal) =>
    diff(old, now, { by, limit, workers, tempDir, allowMixed, oldSnapshot, newSnapshot, filters, signal }),
  );
}

async function show(cli: Cli, found: Diff, options: DiffOptions): Promise<void> {
  const { format, limit } = options;
  const layout = layoutOf(cli, options, true);
  if (HUMAN_FORMATS.includes(format)) return writeParts(cli, diffParts(found, limit), format, layout);
  if (format !== "csv") {
    const lines = [toJson(diffDocument(found, limit))];
    return writeLines(cli, format === "json" ? jsonArray(lines) : lines);
  }
  if (options.by === undefined && found.without_keys !== null) {
    throw new UsageError(
      `${found.without_keys}, and CSV lists keys: ask for groups, such as --by pattern, or for json`,
    );
  }
  unlistedNotes(found, limit).forEach(warner(cli, options.quiet));
  return writeParts(cli, [{ section: diffRows(found, limit), extra: {} }], format, layout);
}

/** Filters over names apply before names are hashed. */
function splitFilters(options: DiffOptions): { before: QuestionFilters; after: QuestionFilters } {
  const filters = filtersOf(options);
  if (options.hashKeysSecretFile === undefined) return { before: {}, after: filters };
  const { key, notKey, regex, ...after } = filters;
  return { before: defined({ key, notKey, regex }), after };
}

/**
 * Opens both; a snapshot is analyzed as the other one was: an inventory says for which server and how, of two snapshots the later
 * one does.
 */
async function withBoth<T>(
  cli: Cli,
  files: readonly [old: string, now: string],
  options: DiffOptions,
  ask: (old: Inventory, now: Inventory) => Promise<T>,
): Promise<T> {
  const made = files.map(isInventory);
  const first = made[0] ? 0 : 1;
  const { by, limit: _, ...common } = options;
  const { before, after } = splitFilters(options);
  const keys = by === undefined || !isUnfiltered(after) ? "all" : "none";
  const needed = { keys, ...(isUnfiltered(before) ? {} : { filters: before }) } as const;
  const optionsOf = (i: number) => (made[i] ? inventoryOptions(common, made[1 - i]!) : common);
  return withOpened(cli, files[first]!, optionsOf(first), needed, (one) => {
    const other = 1 - first;
    const alike = made[other] ? optionsOf(other) : { ...common, ...targetOptions(one) };
    const wanted = made[first] ? { ...needed, ...storedChoice(one) } : needed;
    return withOpened(cli, files[other]!, alike, wanted, (two) =>
      first === 0 ? ask(one, two) : ask(two, one),
    );
  });
}

type Common = Omit<DiffOptions, "by" | "limit">;

function withOpened<T>(
  cli: Cli,
  file: string,
  options: Common,
  needed: Parameters<typeof withInventoryFile>[3],
  ask: (inventory: Inventory) => Promise<T>,
): Promise<T> {
  return withInventoryFile(cli, file, options, needed, async ({ path, name }) => {
    const inventory = openInventory(path, name);
    try {
      return await ask(inventory);
    } finally {
      inventory.close();
    }
  });
}

function isInventory(file: string): boolean {
  const files = expandGlobs([file]);
  return files.length === 1 && isSqliteFile(files[0]!);
}

/** Without the options that are about threads, and those that are the other file's where that is a snapshot. */
function inventoryOptions(options: Common, bothMade: boolean): Common {
  const { workers: _, ...others } = options;
  if (bothMade) return others;
  const { ignoreChecksum, salvage, maxExpanded, hashKeysSecretFile, ...left } = others;
  return left;
}

/** The server that an inventory was made for, as options. */
function targetOptions(inventory: Inventory): Pick<DiffOptions, "profile" | "allocator" | "set" | "config"> {
  const [row] = snapshots(inventory);
  const { profile, allocator, settings } = row!;
  const set = Object.entries(settingsByDirective(JSON.parse(settings) as MemoryConfig));
  return {
    profile: profile as DiffOptions["profile"],
    allocator: allocator as DiffOptions["allocator"],
    set: set.map(([name, value]) => [name, String(value)] as const),
    config: undefined,
  };
}

/** Which keys an inventory holds, and how they became patterns; not where hashes stand for names in it. */
function storedChoice(inventory: Inventory): { filters?: KeyFilter; patterns?: PatternSettings } {
  const row = inventory.get<{ filters: string; pattern_settings: string; hashed_names: string | null }>(
    "SELECT filters, pattern_settings, hashed_names FROM snapshots",
  );
  if (row === undefined || row.hashed_names !== null) return {};
  const filters = JSON.parse(row.filters || "{}") as KeyFilter;
  return {
    ...(isUnfiltered(filters) ? {} : { filters }),
    patterns: JSON.parse(row.pattern_settings || "{}") as PatternSettings,
  };
}
