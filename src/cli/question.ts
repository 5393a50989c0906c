import { Command } from "commander";
import { UsageError } from "../errors.ts";
import type { Section } from "../queries/answer.ts";
import { isUnfiltered, type QuestionFilters } from "../queries/filters.ts";
import { type QuestionOptions as Asked, QUESTIONS, type QuestionName } from "../queries/index.ts";
import { damageNotes, sameDataNotes } from "../queries/notes.ts";
import { wholeSection } from "../queries/sampling.ts";
import { fleetScope, isFleet, type Scope } from "../queries/scope.ts";
import { snapshots } from "../queries/snapshots.ts";
import { HUMAN_FORMATS, type Part } from "../reports/index.ts";
import { type Cli, layoutOf, warner, writeParts } from "./io.ts";
import {
  addFilterOptions,
  addInputOptions,
  addReportOptions,
  addRunOptions,
  checkOptions,
  defined,
  filtersOf,
  QUESTION_OPTIONS,
  type QuestionOptions,
} from "./options.ts";
import { withInventory } from "./target.ts";

/** What a question shows when `-l` does not say. */
export const DEFAULT_LARGEST = 20;

/** Rankings of biggest and hottest keys that every inventory has go this deep. */
export const KEPT_RANKS = 100;

/** A command with the arguments and options that all questions share. */
export function questionCommand(name: string, description: string, argument = "<file>"): Command {
  const command = new Command(name).description(description).argument(argument, "a snapshot or an inventory");
  addFilterOptions(command)
    .option("--pattern <text>", "only keys of this pattern, as `patterns` prints it")
    .option("--snapshot <id>", "only this snapshot of an inventory of several");
  return addReportOptions(addInputOptions(addRunOptions(command)));
}

/** Adds the option of questions that can sum up all snapshots of an inventory. */
export function addFleetOption(command: Command): Command {
  return command.option("--fleet", "all snapshots of an inventory together, not one by one");
}

/** What a question is asked of. */
type ScopeOptions = Omit<QuestionOptions, "format" | "color"> & { readonly format?: string };

/** Asks a question of every snapshot that is in scope. */
export async function forEachScope(
  cli: Cli,
  file: string | readonly string[],
  options: ScopeOptions,
  needsRows: boolean,
  answer: (scopes: readonly Scope[]) => Promise<void>,
): Promise<void> {
  const { before, filters } = splitFilters(options);
  if (options.fleet === true && options.snapshot !== undefined)
    throw new UsageError("--fleet is all snapshots, --snapshot one of them: give one of the two");
  const keys = needsRows || !isUnfiltered(filters) ? "all" : "none";
  const needed = { keys, ...(isUnfiltered(before) ? {} : { filters: before }) } as const;
  await withInventory(cli, file, options, needed, (inventory) => {
    if (!HUMAN_FORMATS.includes(options.format ?? "")) {
      const same = options.fleet === true ? sameDataNotes(inventory) : [];
      [...damageNotes(inventory), ...same].forEach(warner(cli, options.quiet));
    }
    const scopes = snapshots(inventory, options.snapshot).map((snapshot) => ({
      inventory,
      snapshot,
      filters,
    }));
    return answer(options.fleet === true && scopes.length > 1 ? [fleetScope(scopes)] : scopes);
  });
}

/** The filters of a question; those over names apply `before` names are hashed. */
function splitFilters(options: ScopeOptions): { before: QuestionFilters; filters: QuestionFilters } {
  const filters = filtersOf(options);
  if (!options.hashKeys && options.hashKeysSecretFile === undefined) return { before: {}, filters };
  const { key, notKey, regex, ...others } = filters;
  return { before: defined({ key, notKey, regex }), filters: others };
}

/** Runs one of `QUESTIONS` as a command's action. */
export async function runQuestion(
  cli: Cli,
  command: Command,
  file: string,
  name: QuestionName,
  more: Partial<Asked> = {},
): Promise<void> {
  const options = checkOptions(QUESTION_OPTIONS, command);
  const asked: Asked = { largest: DEFAULT_LARGEST, order: "bytes", depth: 1, ...more };
  const isList = name === "bigkeys" || name === "hotkeys";
  const needsRows =
    (isList && asked.largest > KEPT_RANKS) ||
    asked.tags === true ||
    asked.exact === true ||
    asked.now !== undefined;
  await forEachScope(cli, file, options, needsRows, async (scopes) => {
    const parts = scopes.flatMap((scope): Part[] =>
      sectionsOf(scope, name, asked, options.format).map((section) => ({
        section: scopes.length > 1 ? { ...section, title: `${section.title}: ${titleOf(scope)}` } : section,
        extra: { snapshot: isFleet(scope) ? null : scope.snapshot.snapshot },
      })),
    );
    await writeParts(cli, parts, options.format, layoutOf(cli, options, parts.length > 1));
  });
}

/** The answer; tables round what they show, so that their totals add up. */
function sectionsOf(scope: Scope, name: QuestionName, asked: Asked, format: string): Section[] {
  const sections: Section[] = QUESTIONS[name](scope, asked);
  if (HUMAN_FORMATS.includes(format)) return sections;
  return sections.map((section) => wholeSection(scope, section));
}

function titleOf({ snapshot }: Scope): string {
  return `snapshot ${snapshot.snapshot}, ${snapshot.path}`;
}
