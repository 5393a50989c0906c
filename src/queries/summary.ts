import type { Row } from "./answer.ts";
import { type BigKeyRow, bigkeys, isRanked } from "./bigkeys.ts";
import { type EncodingRow, encodings } from "./encodings.ts";
import { LOWER_BOUND_SUMS, type LowerBounds, lowerBoundNotes } from "./lower-bounds.ts";
import { type MemoryRow, memory, settingsChanged } from "./memory.ts";
import { type PatternRow, patterns } from "./patterns.ts";
import { sampleNotes } from "./sample-notes.ts";
import { sampleOf, samplingError, wholeRow } from "./sampling.ts";
import { hasKeyRows, type Scope, scopeNotes, scopeParams, tallySource } from "./scope.ts";
import type { SnapshotRow } from "./snapshots.ts";
import { type TtlRow, ttl } from "./ttl.ts";
import { type TypeRow, types } from "./types.ts";

/** What the keys in scope add up to. */
export interface TotalsRow extends LowerBounds {
  readonly keys: number;
  readonly databases: number;
  readonly bytes: number;
  readonly heap_bytes: number;
  readonly payload_bytes: number;
  readonly name_bytes: number;
  readonly serialized_bytes: number;
  readonly keys_without_ttl: number;
  readonly no_ttl_share: number;
  readonly expired: number;
  readonly expired_bytes: number;
  readonly patterns: number;
  /** Of a sample only, as of the other estimates: what they are off at most in 95 of 100 samples; null: nobody can tell. */
  readonly keys_error?: number | null;
  readonly keys_without_ttl_error?: number | null;
  readonly expired_error?: number | null;
  readonly bytes_error?: number | null;
  readonly heap_bytes_error?: number | null;
  readonly payload_bytes_error?: number | null;
}

/** Something about the snapshot that its reader should know. */
export interface WarningRow {
  readonly code: string;
  readonly byte_offset: number | null;
  readonly message: string;
}

/** The one-screen answer about a snapshot. */
export interface Summary {
  readonly snapshot: SnapshotRow;
  /** Settings that are not the profile's own, as "directive=value". */
  readonly changed_settings: readonly string[];
  readonly totals: TotalsRow;
  /** Null where only a part of the keys is looked at. */
  readonly memory: MemoryRow | null;
  readonly types: readonly TypeRow[];
  readonly encodings: readonly EncodingRow[];
  readonly patterns: readonly PatternRow[];
  /** What the patterns add up to that are not listed; null: all are. */
  readonly other_patterns: Row | null;
  readonly ttl: readonly TtlRow[];
  readonly bigkeys: readonly BigKeyRow[];
  /** The first of them: the table `warnings` has all. */
  readonly warnings: readonly WarningRow[];
  readonly notes: readonly string[];
}

/** Lines of the longer tables of a summary. */
const TOP = 10;

const TOTALS_SQL = (source: string, drawn: string) => `
  SELECT coalesce(sum(keys), 0) AS keys, count(DISTINCT db) AS databases, coalesce(sum(bytes), 0) AS bytes,
    coalesce(sum(heap_bytes), 0) AS heap_bytes, ${LOWER_BOUND_SUMS}, coalesce(sum(payload_bytes), 0) AS payload_bytes,
    coalesce(sum(name_bytes), 0) AS name_bytes, coalesce(sum(serialized_bytes), 0) AS serialized_bytes,
    coalesce(sum(keys_without_ttl), 0) AS keys_without_ttl,
    coalesce(sum(keys_without_ttl) * 1.0 / sum(keys), 0.0) AS no_ttl_share,
    coalesce(sum(expired), 0) AS expired, coalesce(sum(expired_bytes), 0) AS expired_bytes,
    count(DISTINCT pattern) AS patterns${drawn}
  FROM ${source}`;

const WARNINGS_SQL = "SELECT code, byte_offset, message FROM warnings WHERE snapshot = @snapshot LIMIT 20";

/** Totals that have an error where they are estimated, and their sums of squares: those of counts are the counts. */
const ESTIMATED = {
  keys: "keys",
  keys_without_ttl: "keys_without_ttl",
  expired: "expired",
  bytes: "bytes_squares",
  heap_bytes: "heap_squares",
  payload_bytes: "payload_squares",
} as const;

/** In SQL, what drawn keys contribute to these totals, unweighted, and their squares; nothing without a sample. */
function drawnTotals({ snapshot }: Scope): string {
  const sample = sampleOf(snapshot);
  if (sample === undefined) return "";
  const drawn = (column: string) => `coalesce(sum(iif(weight > 1, ${column} / weight, 0)), 0)`;
  return Object.entries(ESTIMATED)
    .map(([name, squares]) => {
      const ofSquares = name === squares ? drawn(name) : `coalesce(sum(${squares}), 0)`;
      return `, ${drawn(name)} AS ${name}_drawn, ${ofSquares} AS ${name}_squared`;
    })
    .join("");
}

/** How many of the keys that a total is of were drawn: those that it counts, or all. */
function drawnKeysOf(name: string, sums: Readonly<Record<string, number>>): number {
  const counts = ESTIMATED[name as keyof typeof ESTIMATED] === name;
  return Math.round(sums[counts ? `${name}_drawn` : "keys_drawn"]!);
}

/** Totals with the errors of those that are estimated. */
function withErrors({ snapshot }: Scope, row: TotalsRow): TotalsRow {
  const sample = sampleOf(snapshot);
  if (sample === undefined) return row;
  const sums = row as unknown as Readonly<Record<string, number>>;
  const totals = Object.entries(sums).filter(([name]) => !/_(?:drawn|squared)$/.test(name));
  const errors = Object.keys(ESTIMATED).map((name) => [
    `${name}_error`,
    samplingError(
      sample,
      drawnKeysOf(name, sums),
      sums[`${name}_drawn`]!,
      sums[`${name}_squared`]!,
      sums[name]! - sample.weight * sums[`${name}_drawn`]!,
    ) ?? null,
  ]);
  return Object.fromEntries([...totals, ...errors]) as unknown as TotalsRow;
}

/** What the keys in scope add up to; of a sample with the errors of its estimates. */
export function totals(scope: Scope): TotalsRow {
  const sql = TOTALS_SQL(tallySource(scope), drawnTotals(scope));
  return withErrors(scope, scope.inventory.get<TotalsRow>(sql, scopeParams(scope))!);
}

/** What the snapshot is, what it holds, and where its memory went. */
export function summary(scope: Scope): Summary {
  const { inventory, snapshot } = scope;
  const warnings = inventory.all<WarningRow>(WARNINGS_SQL, { snapshot: snapshot.snapshot });
  const answerable = hasKeyRows(scope);
  const top = patterns(scope, TOP);
  return {
    snapshot,
    changed_settings: settingsChanged(snapshot),
    totals: totals(scope),
    memory: memory(scope) ?? null,
    types: types(scope),
    encodings: encodings(scope),
    patterns: top.rows,
    other_patterns: top.rest ?? null,
    ttl: answerable || scope.filters.types === undefined ? ttl(scope) : [],
    bigkeys: answerable || isRanked(scope.filters) ? bigkeys(scope, TOP, "bytes") : [],
    warnings,
    notes: [...scopeNotes(scope), ...sampleNotes(scope), ...lowerBoundNotes(scope)],
  };
}

/** A summary whose numbers of keys and bytes are whole, also where they are estimates. */
export function wholeSummary(one: Summary): Summary {
  if (sampleOf(one.snapshot) === undefined) return one;
  const { types, encodings, patterns, ttl } = one;
  return {
    ...one,
    totals: wholeRow(one.totals),
    types: types.map(wholeRow),
    encodings: encodings.map(wholeRow),
    patterns: patterns.map(wholeRow),
    other_patterns: one.other_patterns && wholeRow(one.other_patterns),
    ttl: ttl.map(wholeRow),
  };
}
