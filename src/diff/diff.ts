import fs from "node:fs";
import os from "node:os";
import { UsageError } from "../errors.ts";
import { isNameHash } from "../inventory/name-hash.ts";
import type { Inventory } from "../inventory/open.ts";
import { checkWorkers } from "../pipeline/pool.ts";
import type { QuestionFilters } from "../queries/filters.ts";
import { notesOf } from "../queries/notes.ts";
import { sampleOf } from "../queries/sampling.ts";
import { hasKeyRows } from "../queries/scope.ts";
import { snapshots } from "../queries/snapshots.ts";
import { joinRows } from "./join-rows.ts";
import { type KeyChange, type KeyTotals, keyLists, keyTotals } from "./key-changes.ts";
import { disagreements } from "./mixed.ts";
import { type PatternChange, patternChanges } from "./pattern-changes.ts";
import { type RenameHint, renameHints } from "./renames.ts";
import {
  type DiffSide,
  type GroupChange,
  type Grouping,
  rollupDiff,
  rollupTotals,
  type TotalChange,
} from "./rollup-diff.ts";
import type { SideRows } from "./rows.ts";
import { SharedNames, textNumbers } from "./shared-ids.ts";
import type { DiffTally, KeyListName } from "./tally.ts";

export interface DiffOptions {
  /** Which keys of each side are looked at: one that passes on one side alone counts as added or removed. */
  readonly filters?: Omit<QuestionFilters, "pattern"> | undefined;
  /** Only this snapshot of an inventory of several; default: all of them together. */
  readonly oldSnapshot?: number | undefined;
  readonly newSnapshot?: number | undefined;
  /** Compare although profile, settings, filters or hashing differ. */
  readonly allowMixed?: boolean | undefined;
  /** Groups from summaries alone: no key is looked at. */
  readonly by?: Grouping | undefined;
  /** Keys that each list names. Default: 20. */
  readonly limit?: number | undefined;
  /** Threads; default: the machine's available parallelism. */
  readonly workers?: number | undefined;
  /** Where what does not fit into memory goes. */
  readonly tempDir?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One side, as it is told. */
export interface DiffedSide {
  readonly path: string;
  /** The one snapshot of an inventory of several that is compared, by the file it was read of; null: all of it is. */
  readonly snapshot: string | null;
  readonly snapshots: number;
  /** Milliseconds since the epoch; of several, the last. */
  readonly created_at: number;
  readonly profile: string;
  /** Its figures are estimates. */
  readonly is_sample: boolean;
}

/** What differs between two inventories. */
export interface Diff {
  readonly old: DiffedSide;
  readonly new: DiffedSide;
  readonly filters: QuestionFilters;
  /** In what the two differ that figures depend on: empty unless `allowMixed`. */
  readonly mixed: readonly string[];
  readonly totals: readonly TotalChange[];
  /** The groupings that were asked for: all but slots, or the one of `by`. */
  readonly groups: Readonly<Partial<Record<Grouping, readonly GroupChange[]>>> & {
    readonly pattern?: readonly (GroupChange | PatternChange)[];
  };
  /** Null: keys were not looked at. */
  readonly keys: KeyTotals | null;
  readonly lists: Readonly<Record<KeyListName, readonly KeyChange[]>> | null;
  /** Hints, no facts. */
  readonly renames: readonly RenameHint[];
  /** Why keys were not looked at, though they were asked for; else null. */
  readonly without_keys: string | null;
  /** What a reader has to know: which keys these are, and what their sizes are worth. */
  readonly notes: readonly string[];
}

const DEFAULT_LIMIT = 20;
const DEFAULT_GROUPINGS = ["type", "encoding", "pattern", "ttl"] as const;

/**
 * Tells what differs between two inventories: keys are matched by database and name, whatever their order.
 * @throws {UsageError} when they cannot be compared. @throws {IoError} when something cannot be read or written
 */
export async function diff(old: Inventory, now: Inventory, options: DiffOptions = {}): Promise<Diff> {
  checkWorkers(options.workers);
  const sides = [
    sideOf(old, options.oldSnapshot, options),
    sideOf(now, options.newSnapshot, options),
  ] as const;
  const mixed = disagreements(...sides);
  if (mixed.length > 0 && options.allowMixed !== true) throw mixedError(sides, mixed);
  const { by } = options;
  const reason = by === undefined ? withoutKeys(sides, mixed) : null;
  const looksAtKeys = by === undefined && reason === null;
  const found = looksAtKeys ? await keysOf(sides, options) : undefined;
  const groupings = by === undefined ? DEFAULT_GROUPINGS : [by];
  const groups = Object.fromEntries(groupings.map((one) => [one, rollupDiff(...sides, one)]));
  return {
    old: told(sides[0]),
    new: told(sides[1]),
    filters: options.filters ?? {},
    mixed,
    totals: rollupTotals(...sides),
    groups: {
      ...groups,
      ...(found && { pattern: patternChanges(groups.pattern!, found.tallies, found.names) }),
    },
    keys: found === undefined ? null : keyTotals(found.tallies),
    lists: found === undefined ? null : keyLists(found.tallies, found.names, options.limit ?? DEFAULT_LIMIT),
    renames: found === undefined ? [] : renameHints(found.tallies, found.names),
    without_keys: reason,
    notes: sideNotes(sides),
  };
}

/** Notes of both sides; what only one of them says has its path before it. */
function sideNotes(sides: readonly [DiffSide, DiffSide]): string[] {
  const [a, b] = sides.map((side) => [...new Set(side.flatMap((scope) => notesOf(scope, false)))]) as [
    string[],
    string[],
  ];
  const only = (side: DiffSide, notes: readonly string[], others: readonly string[]) =>
    notes.filter((note) => !others.includes(note)).map((note) => `${side[0]!.inventory.path}: ${note}`);
  return [...a.filter((note) => b.includes(note)), ...only(sides[0], a, b), ...only(sides[1], b, a)];
}

/** Whether anything differs, as far as was looked. */
export function isDifferent({ keys, totals, groups }: Diff): boolean {
  if (keys !== null) return keys.added_keys + keys.removed_keys + keys.changed_keys > 0;
  const rows = Object.values(groups).flat() as GroupChange[];
  return totals.some(({ change }) => change !== 0) || rows.some(({ status }) => status !== "same");
}

function sideOf(inventory: Inventory, id: number | undefined, { filters = {} }: DiffOptions): DiffSide {
  return snapshots(inventory, id).map((snapshot) => ({ inventory, snapshot, filters }));
}

function told(side: DiffSide): DiffedSide {
  const all = side.map(({ snapshot }) => snapshot);
  const { inventory } = side[0]!;
  return {
    path: inventory.path,
    snapshot: side.length < snapshots(inventory, undefined).length ? side[0]!.snapshot.path : null,
    snapshots: side.length,
    created_at: Math.max(...all.map((one) => one.created_at)),
    profile: [...new Set(all.map(({ profile }) => profile))].join(", "),
    is_sample: side.some(({ snapshot }) => sampleOf(snapshot) !== undefined),
  };
}

function mixedError(sides: readonly [DiffSide, DiffSide], mixed: readonly string[]): UsageError {
  const [a, b] = sides.map((side) => side[0]!.inventory.path);
  return new UsageError(
    `${a} and ${b} differ in ${mixed.join(", ")}: give the snapshots, which are analyzed alike, analyze one again, ` +
      "or compare them all the same with --allow-mixed",
  );
}

/** Why keys cannot be compared; null: they can. */
function withoutKeys(sides: readonly [DiffSide, DiffSide], mixed: readonly string[]): string | null {
  for (const scope of sides.flat()) {
    const { path } = scope.inventory;
    if (!hasKeyRows(scope)) return `${path} holds no row a key (--keys none)`;
    if (sampleOf(scope.snapshot) !== undefined) return `${path} is a sample`;
  }
  return mixed.some((one) => one.startsWith("hashed names"))
    ? "names are hashed otherwise on each side"
    : null;
}

async function keysOf(
  sides: readonly [DiffSide, DiffSide],
  options: DiffOptions,
): Promise<{ tallies: DiffTally[]; names: SharedNames }> {
  const names = new SharedNames();
  const opened: SideRows[] = [];
  try {
    for (const side of sides) opened.push(names.sideRows(side));
    const wanted = names.wanted(options.filters?.types);
    const [a, b] = opened.map((one) => ({ ...one, wanted })) as [SideRows, SideRows];
    const rowsOf = (side: DiffSide) => side.reduce((sum, { snapshot }) => sum + snapshot.stored_rows, 0);
    const isHashed = sides.flat().some(({ snapshot }) => snapshot.hashed_names !== null);
    const tallies = await joinRows([a, b], {
      rows: Math.max(...sides.map(rowsOf)),
      workers: options.workers ?? os.availableParallelism(),
      tempDir: options.tempDir,
      signal: options.signal,
      tally: {
        limit: options.limit ?? DEFAULT_LIMIT,
        newCreatedAt: told(sides[1]).created_at,
        types: textNumbers(names.kinds, ({ type }) => type),
        encodings: textNumbers(names.kinds, ({ encoding }) => encoding),
        prefixBytes: Int32Array.from(names.patterns, (text) => (isHashed ? -1 : prefixBytes(text))),
      },
    });
    return { tallies, names };
  } finally {
    for (const { file } of opened) fs.closeSync(file.fd);
  }
}

/** Bytes before a pattern's first wildcard; negative where there is no such beginning. */
function prefixBytes(pattern: string | null): number {
  const at = pattern?.indexOf("*") ?? -1;
  return at <= 0 || isNameHash(pattern!) ? -1 : Buffer.byteLength(pattern!.slice(0, at));
}
