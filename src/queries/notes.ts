import type { Inventory } from "../inventory/open.ts";
import { lowerBoundNotes } from "./lower-bounds.ts";
import { sampleNotes } from "./sample-notes.ts";
import { BY_SNAPSHOT, isFleet, type Scope, scopeNotes, snapshotParam } from "./scope.ts";
import { counted, someOf } from "./words.ts";

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

const SQL = `SELECT DISTINCT message FROM warnings WHERE ${BY_SNAPSHOT}
  AND code IN (${listed([...ABOUT_THE_KEYS, ...ABOUT_THE_SERVER])})`;
const MARKS_SQL = `SELECT DISTINCT message FROM warnings WHERE code IN (${listed(ABOUT_THE_KEYS)})`;

function listed(codes: readonly string[]): string {
  return codes.map((code) => `'${code}'`).join(", ");
}

/** What is to be said whenever an inventory is read: that snapshots are missing or were damaged, or it is a sample. */
export function damageNotes(inventory: Inventory): string[] {
  return [
    ...missingNotes(inventory),
    ...inventory.all<{ message: string }>(MARKS_SQL).map(({ message }) => message),
  ];
}

const SAME_SQL = `SELECT snapshot, min(same_as) AS same_as, relation FROM same_data GROUP BY snapshot ORDER BY snapshot`;

/** What is counted twice where all snapshots of an inventory are added up. */
export function sameDataNotes(inventory: Inventory): string[] {
  const same = inventory.all<{ snapshot: number; same_as: number; relation: string }>(SAME_SQL);
  const list = (isSeries: boolean) =>
    same
      .filter(({ relation }) => (relation === "series") === isSeries)
      .map(({ snapshot, same_as }) => `${snapshot} as ${same_as}`)
      .join(", ");
  const [twice, series] = [list(false), list(true)];
  return [
    ...(twice === "" ? [] : [`totals count data twice: snapshot ${twice} (view same_data)`]),
    ...(series === ""
      ? []
      : [`totals add up one server at several times: snapshot ${series} (see rdbscope trend)`]),
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
  const warnings = inventory.all<{ message: string }>(SQL, { snapshot: snapshotParam(snapshot) });
  const told = warnings.map(({ message }) => message);
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
