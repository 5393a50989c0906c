import { UsageError } from "../errors.ts";
import { isSqliteFile } from "../inventory/open.ts";
import { expandOne } from "../io/inputs/globs.ts";
import type { PlanData } from "../plan/data.ts";
import { type FoundSavings, findSavings } from "../plan/savings/find.ts";
import { movesOf } from "../plan/savings/moves.ts";
import type { Scenario } from "../plan/scenario.ts";
import type { Scope } from "../queries/scope.ts";
import { interruptible } from "./interrupt.ts";
import type { Cli } from "./io.ts";
import type { RunOptions } from "./options.ts";
import { forEachScope } from "./question.ts";

type Options = Pick<
  RunOptions,
  "workers" | "tempDir" | "maxExpanded" | "hashKeys" | "hashKeysSecretFile" | "format"
> & {
  readonly template?: string[] | undefined;
  readonly separators?: string | undefined;
  readonly depth?: number | undefined;
  readonly snapshot?: number | undefined;
  readonly sample?: number | undefined;
};

/** A scenario with its data. */
interface Planned {
  readonly scenario: Scenario;
  readonly data: PlanData;
}

/**
 * What each scenario could save. A snapshot is read again: into an inventory for each of the servers, then for all others at once.
 * @throws {UsageError} for the standard input, which cannot be read again
 */
export async function savingsOf(
  cli: Cli,
  name: string,
  options: Options,
  planned: readonly Planned[],
): Promise<FoundSavings[]> {
  const file = expandOne(name);
  if (isSqliteFile(file) && options.sample !== undefined)
    throw new UsageError(`--sample compresses values, and ${file} is an inventory: give the snapshot`);
  if (isSqliteFile(file)) return ofInventory(cli, file, options, planned);
  if (file === "-")
    throw new UsageError("--savings reads a snapshot more than once: write it to a file first");
  const found: FoundSavings[] = [];
  for (const one of planned) {
    const place = planned.findIndex((other) => isSame(one, other));
    found.push(found[place] ?? (await ofSnapshot(cli, file, options, one)));
  }
  return found;
}

/** What was said when the file was read first is not said again. */
const SILENTLY = { quiet: true, ignoreChecksum: true } as const;

async function ofInventory(
  cli: Cli,
  file: string,
  { format, snapshot }: Options,
  planned: readonly Planned[],
): Promise<FoundSavings[]> {
  let found: FoundSavings[] = [];
  await forEachScope(cli, file, { quiet: true, format, snapshot }, false, async ([scope]) => {
    found = planned.map(({ data }) => findSavings({ scope: scope!, data, moves: [] }));
  });
  return found;
}

async function ofSnapshot(
  cli: Cli,
  file: string,
  { snapshot: _, sample: share, ...options }: Options,
  { scenario, data }: Planned,
): Promise<FoundSavings> {
  const { profile, allocator } = data.target;
  const set = Object.entries(scenario.settings ?? {});
  const asked = { ...options, ...SILENTLY, profile, allocator, set };
  let found: FoundSavings | undefined;
  await forEachScope(cli, file, asked, true, async ([scope]) => {
    const moves = await movedTo(file, options, scenario, scope!);
    const trials = share === undefined ? undefined : await triedOn(file, options, share, scope!, data);
    found = findSavings({ scope: scope!, data, moves, trials });
  });
  return found!;
}

async function triedOn(
  input: string,
  { tempDir, maxExpanded }: Options,
  share: number,
  scope: Scope,
  { target }: PlanData,
) {
  const { tryCompression } = await import("../plan/savings/trial.ts");
  return interruptible((signal) =>
    tryCompression({ input, tempDir, maxExpanded, signal, scope, target, share }),
  );
}

async function movedTo(
  input: string,
  { workers, tempDir, maxExpanded }: Options,
  scenario: Scenario,
  scope: Scope,
): Promise<readonly PlanData[]> {
  const moves = movesOf(scenario, scope.snapshot);
  if (moves.length === 0) return [];
  const { dataOfSnapshot } = await import("../plan/from-snapshot.ts");
  return (await dataOfSnapshot(moves, { input, workers, tempDir, maxExpanded })).data;
}

/** Whether two scenarios are about the same server. */
function isSame(a: Planned, b: Planned): boolean {
  return JSON.stringify(a.data.target) === JSON.stringify(b.data.target);
}
