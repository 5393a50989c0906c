import type { Inventory } from "../inventory/open.ts";
import type { MemoryConfig } from "../memory/index.ts";
import type { QuestionFilters } from "../queries/filters.ts";
import { snapshots } from "../queries/snapshots.ts";
import { type Growth, growthOf } from "./growth.ts";
import { type Limit, limitsOf } from "./limit.ts";
import { type Measured, measuredInventory } from "./measured.ts";
import { seriesNotes } from "./notes.ts";
import { type Round, type RoundOptions, series, timeOf } from "./rounds.ts";

/** One time, and what all keys took then. */
export interface TrendPoint {
  /** Milliseconds since the epoch; of several nodes the mean. */
  readonly created_at: number;
  /** What was given: inventories (`all.sqlite#2` where one has several snapshots) or snapshots. */
  readonly paths: readonly string[];
  readonly keys: number;
  /** Sum of MEMORY USAGE … SAMPLES 0. */
  readonly bytes: number;
  /** Of a sample, what that may be off in 95 of 100 samples; null: nobody can tell. 0: it is exact. */
  readonly bytes_error: number | null;
  readonly heap_bytes: number;
  /** What used_memory would be after loading, as `summary` estimates it; null for a part of the keys. */
  readonly used_memory: number | null;
  /** What INFO said as used_memory when it was saved; null where a snapshot does not say. */
  readonly used_memory_saved: number | null;
}

/** Figures of all keys that are followed. */
export const MEASURES = ["keys", "bytes", "heap_bytes", "used_memory", "used_memory_saved"] as const;
export type Measure = (typeof MEASURES)[number];

/** How one figure of all keys went. */
export interface TrendTotal extends Growth {
  readonly measure: Measure;
  /** The median of the slopes between all pairs of points, which a few points that are far off do not move. */
  readonly median_per_day: number | null;
}

/** How the memory of one type or pattern went, with its figures at the points; null where there was none. */
export interface TrendGroup extends Growth {
  readonly name: string;
  readonly keys: readonly (number | null)[];
  readonly bytes: readonly (number | null)[];
}

/** A series of snapshots over time. */
export interface Trend {
  readonly points: readonly TrendPoint[];
  /** From the first point to the last. */
  readonly days: number;
  readonly totals: readonly TrendTotal[];
  /** By type and by pattern: those that grow most by the day first, those that shrink most last. */
  readonly types: readonly TrendGroup[];
  readonly patterns: readonly TrendGroup[];
  /** Empty where no limit was given. */
  readonly limits: readonly Limit[];
  /** What the reader has to know. */
  readonly notes: readonly string[];
}

/** What a trend is asked besides its snapshots. */
export interface TrendOptions {
  readonly nodes?: RoundOptions["nodes"] | undefined;
  readonly allowMixed?: RoundOptions["allowMixed"] | undefined;
  readonly fileTimes?: RoundOptions["fileTimes"] | undefined;
  readonly filters?: QuestionFilters | undefined;
  /** Bytes that used_memory of one server may take (default: what the last snapshot was sized with, if that is a limit). */
  readonly maxmemory?: number | undefined;
}

/**
 * How memory went from snapshot to snapshot of one server, or of one cluster.
 * @throws {UsageError} where they are no series
 */
export function trend(inventories: readonly Inventory[], options: TrendOptions = {}): Trend {
  const { filters = {} } = options;
  const all = inventories.flatMap((inventory) =>
    measuredInventory(snapshots(inventory).map((snapshot) => ({ inventory, snapshot, filters }))),
  );
  return trendOf(all, options);
}

/** The same of what was kept of snapshots whose inventories are closed. */
export function trendOf(all: readonly Measured[], options: TrendOptions): Trend {
  const { nodes = 1, allowMixed = false, fileTimes = false } = options;
  const { rounds, notes } = series(all, { nodes, allowMixed, fileTimes });
  const points = rounds.map(pointOf);
  const start = points[0]?.created_at ?? 0;
  const times = points.map(({ created_at: at }) => (at - start) / DAY_MS);
  const totals = MEASURES.flatMap((measure) => totalOf(measure, points, times));
  const maxmemory = options.maxmemory ?? settingOf(rounds.at(-1));
  const limits =
    maxmemory === undefined ? [] : limitsOf(points, times, maxmemory, fullestShare(rounds.at(-1)));
  return {
    points,
    days: times.at(-1) ?? 0,
    totals,
    types: groupsOf(rounds, times, "type"),
    patterns: groupsOf(rounds, times, "pattern"),
    limits,
    notes: [...notes, ...seriesNotes({ rounds, points, times, limits, nodes })],
  };
}

const DAY_MS = 86_400_000;

function pointOf(round: Round): TrendPoint {
  const errors = round.map(({ bytesError }) => bytesError);
  return {
    created_at: Math.round(sumOf(round.map(timeOf)) / round.length),
    paths: round.map(({ name }) => name),
    keys: Math.round(sumOf(round.flatMap(({ groups }) => groups.map(({ keys }) => keys)))),
    bytes: Math.round(sumOf(round.flatMap(({ groups }) => groups.map(({ bytes }) => bytes)))),
    bytes_error: errors.includes(null) ? null : Math.round(Math.hypot(...(errors as number[]))),
    heap_bytes: Math.round(
      sumOf(round.flatMap(({ groups }) => groups.map(({ heap_bytes: bytes }) => bytes))),
    ),
    used_memory: sumOrNull(round.map(({ used }) => used?.estimated_bytes ?? null)),
    used_memory_saved: sumOrNull(round.map(({ used }) => used?.used_mem ?? null)),
  };
}

/** A figure that some point does not have is not followed. */
function totalOf(measure: Measure, points: readonly TrendPoint[], times: readonly number[]): TrendTotal[] {
  const values = points.map((point) => point[measure]);
  if (values.includes(null)) return [];
  const growth = growthOf(times, values as number[]);
  return [{ measure, ...growth.figures, median_per_day: growth.median() }];
}

/** The maxmemory that snapshots were analyzed with (`--config`, `--set`); undefined where they had no limit. */
function settingOf(round: Round | undefined): number | undefined {
  const { maxmemory = 0 } = JSON.parse(round?.[0]?.scope.snapshot.settings ?? "{}") as Partial<MemoryConfig>;
  return maxmemory > 0 ? maxmemory : undefined;
}

/** The largest share of used_memory that one of the snapshots of a time has: the fullest node's. */
function fullestShare(round: Round | undefined): number {
  const used = (round ?? []).map(({ used }) => used?.estimated_bytes ?? 0);
  const all = sumOf(used);
  return all === 0 ? 1 : Math.max(...used) / all;
}

function groupsOf(rounds: readonly Round[], times: readonly number[], by: "type" | "pattern"): TrendGroup[] {
  const sums = new Map<string, { keys: (number | null)[]; bytes: (number | null)[] }>();
  const nothing = () => rounds.map((): number | null => null);
  for (const [i, round] of rounds.entries()) {
    for (const group of round.flatMap(({ groups }) => groups)) {
      const sum = sums.get(group[by]) ?? { keys: nothing(), bytes: nothing() };
      sums.set(group[by], sum);
      sum.keys[i] = (sum.keys[i] ?? 0) + group.keys;
      sum.bytes[i] = (sum.bytes[i] ?? 0) + group.bytes;
    }
  }
  const rows = [...sums].map(([name, { keys, bytes }]): TrendGroup => {
    const growth = growthOf(
      times,
      bytes.map((value) => value ?? 0),
    );
    return { name, keys: keys.map(whole), bytes: bytes.map(whole), ...growth.figures };
  });
  return rows.sort(
    (a, b) => (b.per_day ?? b.last) - (a.per_day ?? a.last) || b.last - a.last || (a.name < b.name ? -1 : 1),
  );
}

function whole(value: number | null): number | null {
  return value === null ? null : Math.round(value);
}

function sumOrNull(values: readonly (number | null)[]): number | null {
  return values.includes(null) ? null : Math.round(sumOf(values as readonly number[]));
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
