import { PROFILES, type Profile } from "../memory/index.ts";
import { filterWords } from "../queries/filter-words.ts";
import { settingsChanged } from "../queries/memory.ts";
import { notesOf } from "../queries/notes.ts";
import { sampleOf, wholeRow } from "../queries/sampling.ts";
import { hasKeyRows, type Scope } from "../queries/scope.ts";
import { totals } from "../queries/summary.ts";
import { ttl } from "../queries/ttl.ts";
import { types } from "../queries/types.ts";
import { amountOf } from "./amount.ts";
import { findingsOf } from "./findings.ts";
import { encodingGroups, patternGroups, typeGroups } from "./groups.ts";
import { histogramOf } from "./histogram.ts";
import { shownLine, shownName } from "./names.ts";
import { openingOf, serverName } from "./opening.ts";
import { paretoOf } from "./pareto.ts";
import { slotsOf } from "./slots.ts";
import { timelineOf } from "./timeline.ts";
import { topKeysOf } from "./top-keys.ts";
import { treeOf } from "./tree.ts";
import type { SnapshotReport, Totals } from "./types.ts";
import { usedMemoryOf } from "./used-memory.ts";

/** How long the lists of a report are at most. */
export interface Limits {
  readonly leaves: number;
  readonly patterns: number;
  readonly keys: number;
  /** Of a rule. */
  readonly findings: number;
  /** Whether there is room for all slots. */
  readonly slots: boolean;
}

/** All that a report says of one snapshot. */
export function snapshotReport(scope: Scope, limits: Limits): SnapshotReport {
  const all = totals(scope);
  const { bytes: ofPatterns, ...patterns } = patternGroups(scope, limits.patterns);
  const typeNames = types(scope).map(({ type }) => type);
  const answerable = hasKeyRows(scope);
  const facts: Omit<SnapshotReport, "opening"> = {
    snapshot: identityOf(scope),
    target: targetOf(scope),
    sample: sampleFacts(scope),
    filters: shownLine(filterWords(scope.filters)),
    notes: notesOf(scope).map(shownLine),
    totals: wholeTotals(all),
    used_memory: usedMemoryOf(scope, all),
    findings: findingsOf(scope, limits.findings),
    tree: treeOf(scope, limits.leaves),
    types: typeGroups(scope),
    encodings: encodingGroups(scope),
    patterns,
    sizes: histogramOf(scope, typeNames, "bytes"),
    elements: histogramOf(scope, typeNames, "elements"),
    ttl: answerable || scope.filters.types === undefined ? spansOf(scope) : [],
    timeline: answerable || scope.filters.types === undefined ? timelineOf(scope) : null,
    pareto: paretoOf(scope, ofPatterns),
    slots: limits.slots ? slotsOf(scope) : null,
    top_keys: topKeysOf(scope, typeNames, limits.keys),
  };
  const { snapshot, target, sample, filters, notes, ...rest } = facts;
  return { snapshot, target, sample, filters, notes, opening: openingOf(facts), ...rest };
}

function identityOf(scope: Scope): SnapshotReport["snapshot"] {
  const { snapshot: one } = scope;
  return {
    snapshot: one.snapshot,
    path: shownName(one.path),
    input: one.input,
    file_bytes: one.file_bytes,
    fingerprint: one.fingerprint,
    magic: one.magic,
    rdb_version: one.rdb_version,
    server: serverName(one.server, one.server_version),
    created_at: one.created_at,
    created_at_source: one.created_at_source,
    analyzed_at: one.analyzed_at,
    tool_version: one.tool_version,
    checksum: one.checksum,
    complete: one.complete === 1,
    salvaged: one.salvaged === 1,
    hashed_names: one.hashed_names !== null,
    key_rows: hasKeyRows(scope),
  };
}

function targetOf({ snapshot }: Scope): SnapshotReport["target"] {
  const known: Readonly<Record<string, Profile>> = PROFILES;
  const profile = Object.hasOwn(known, snapshot.profile) ? known[snapshot.profile] : undefined;
  return {
    profile: snapshot.profile,
    exact: snapshot.profile_exact === 1,
    measured: profile?.measured ?? null,
    allocator: snapshot.allocator,
    changed_settings: settingsChanged(snapshot),
  };
}

function sampleFacts({ snapshot }: Scope): SnapshotReport["sample"] {
  const sample = sampleOf(snapshot);
  if (sample === undefined) return null;
  return {
    share: snapshot.sample_share ?? 0,
    drawn_keys: sample.drawnKeys,
    drawn_from: sample.drawnFrom,
    certain_keys: snapshot.sample_certain_keys,
    certain_bytes: snapshot.sample_certain_bytes,
  };
}

function wholeTotals(row: ReturnType<typeof totals>): Totals {
  const { no_ttl_share: _, damaged_keys: __, ...told } = wholeRow(row);
  return told;
}

function spansOf(scope: Scope): SnapshotReport["ttl"] {
  return ttl(scope).map((row) => ({
    name: row.ttl,
    min_seconds: row.min_seconds,
    max_seconds: row.max_seconds,
    ...amountOf(row),
  }));
}
