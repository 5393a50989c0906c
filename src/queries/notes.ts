import { lowerBoundNotes } from "./lower-bounds.ts";
import { type Scope, scopeNotes } from "./scope.ts";

/** Warnings that every answer with sizes repeats: for which server they are, and how far that can be trusted. */
const ABOUT_THE_SERVER = ["NEAREST_PROFILE", "DERIVED_PROFILE", "NEWER_THAN_SERVER"];

const SQL = `SELECT message FROM warnings WHERE snapshot = @snapshot
  AND code IN (${ABOUT_THE_SERVER.map((code) => `'${code}'`).join(", ")})`;

/** What the reader of an answer has to know: which keys it is about, and what its sizes are worth. */
export function notesOf(scope: Scope): string[] {
  const { inventory, snapshot } = scope;
  const warnings = inventory.all<{ message: string }>(SQL, { snapshot: snapshot.snapshot });
  return [...scopeNotes(scope), ...warnings.map(({ message }) => message), ...lowerBoundNotes(scope)];
}
