import type { Inventory } from "../inventory/open.ts";
import { lowerBoundNotes } from "./lower-bounds.ts";
import { sampleNotes } from "./sample-notes.ts";
import { BY_SNAPSHOT, isFleet, type Scope, scopeNotes, snapshotParam } from "./scope.ts";
import { attributed, counted, someOf } from "./words.ts";

/** Warnings that every answer with sizes repeats: for which server they are, and how far that can be trusted. */
const ABOUT_THE_SERVER = ["NEAREST_PROFILE", "DERIVED_PROFILE", "NEWER_THAN_SERVER"];
/** Warnings that every answer repeats: keys are missing, or may be, or were not all read. */
const ABOUT_THE_KEYS = [
  "SAMPLE",
  "SALVAGED",
  "HEADER_LOST",
  "INPUT_DAMAGED",
  "DATABASE_GUESSED",
  "CHECKSUM_MISMATCH",
];

const SQL = `SELECT code, message, coalesce(node, 'snapshot ' || snapshot) AS name
  FROM warnings LEFT JOIN node_rows USING (snapshot)
  WHERE ${BY_SNAPSHOT} AND code IN (SELECT value FROM json_each(@codes))`;
const COUNT_SQL = `SELECT count(*) AS count FROM snapshots WHERE ${BY_SNAPSHOT}`;

/** What is to be said whenever an inventory is read: that snapshots are missing or were damaged, or it is a sample. */
export function damageNotes(inventory: Inventory): string[] {
  return [...missingNotes(inventory), ...warningNotes(inventory, ABOUT_THE_KEYS, null)];
}

/** A warning, and what the node is called whose snapshot it is of. */
interface WarningRow {
  readonly code: string;
  readonly message: string;
  readonly name: string;
}

/** Lines about one kind of warning: of many snapshots each may say something else. */
const LINES = 3;

/** Warnings of these kinds of one snapshot, or (null) of all, with their names where there are several. */
function warningNotes(inventory: Inventory, codes: readonly string[], snapshot: number | null): string[] {
  const rows = inventory.all<WarningRow>(SQL, { snapshot, codes: JSON.stringify(codes) });
  if (rows.length === 0) return [];
  const { count } = inventory.get<{ count: number }>(COUNT_SQL, { snapshot })!;
  return [...new Set(rows.map(({ code }) => code))].flatMap((code) => {
    const told = rows.filter((row) => row.code === code);
    const lines = attributed(told, count);
    const more = lines.length - LINES;
    return more <= 0
      ? lines
      : [...lines.slice(0, LINES), `${counted(more, "more warning")} ${code} (table warnings)`];
  });
}

/** With `dates`, of snapshots of the same one of these days (UTC) alone. */
const SAME_SQL = `SELECT d.snapshot AS snapshot, min(d.same_as) AS same_as, d.relation = 'series' AS is_series
  FROM same_data d JOIN snapshots a ON a.snapshot = d.snapshot JOIN snapshots b ON b.snapshot = d.same_as
  WHERE @dates IS NULL OR (date(a.created_at / 1000, 'unixepoch') = date(b.created_at / 1000, 'unixepoch')
    AND date(a.created_at / 1000, 'unixepoch') IN (SELECT value FROM json_each(@dates)))
  GROUP BY d.snapshot, is_series ORDER BY d.snapshot`;

/** Pairs that a note has. */
const PAIRS = 10;

/** What is counted twice where all snapshots of an inventory are added up, or all of each of these days (UTC, as 2026-01-31). */
export function sameDataNotes(inventory: Inventory, dates?: readonly string[]): string[] {
  const same = inventory.all<{ snapshot: number; same_as: number; is_series: number }>(SAME_SQL, {
    dates: dates === undefined ? null : JSON.stringify(dates),
  });
  const twice = same.filter(({ is_series }) => is_series === 0);
  const isTwice = new Set(twice.map(({ snapshot }) => snapshot));
  const series = same.filter((row) => row.is_series === 1 && !isTwice.has(row.snapshot));
  const list = (rows: typeof same) =>
    someOf(
      rows.map(({ snapshot, same_as }) => `${snapshot} as ${same_as}`),
      PAIRS,
    );
  return [
    ...(twice.length === 0 ? [] : [`totals count data twice: snapshot ${list(twice)} (view same_data)`]),
    ...(series.length === 0
      ? []
      : [`totals add up one server at several times: snapshot ${list(series)} (see rdbscope trend)`]),
  ];
}

/** That files are missing which were given with the others. */
export function missingNotes(inventory: Inventory): string[] {
  const paths = inventory
    .all<{ path: string }>("SELECT path FROM failed_files ORDER BY snapshot")
    .map(({ path }) => path);
  if (paths.length === 0) return [];
  const what = `${counted(paths.length, "snapshot")} could not be read and ${paths.length === 1 ? "is" : "are"} missing`;
  return [`${what}: ${someOf(paths)} (table failed_files)`];
}

/**
 * What the reader of an answer has to know: which keys it is about, and what its sizes are worth. `hasErrors`: figures of samples have
 * their ± beside them, which the notes explain.
 */
export function notesOf(scope: Scope, hasErrors = true): string[] {
  const { inventory, snapshot } = scope;
  const codes = [...ABOUT_THE_KEYS, ...ABOUT_THE_SERVER];
  const told = warningNotes(inventory, codes, snapshotParam(snapshot));
  const same = isFleet(scope) ? sameDataNotes(inventory) : [];
  return [
    ...missingNotes(inventory),
    ...same,
    ...scopeNotes(scope),
    ...told,
    ...sampleNotes(scope, hasErrors),
    ...lowerBoundNotes(scope),
  ];
}
