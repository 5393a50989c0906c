import type { Scope } from "./scope.ts";
import { scopeParams, tallySource } from "./scope.ts";
import { counted } from "./words.ts";

/** How much of a group is known as a lower bound only; `damaged_keys` are among `lower_bound_keys`. */
export type LowerBounds = {
  readonly lower_bound_keys: number;
  readonly lower_bound_bytes: number;
  readonly damaged_keys: number;
};

/** The sums of `LowerBounds` in SQL, over rows of `tallySource`. */
export const LOWER_BOUND_SUMS = `coalesce(sum(lower_bound_keys), 0) AS lower_bound_keys,
  coalesce(sum(lower_bound_bytes), 0) AS lower_bound_bytes, coalesce(sum(damaged_keys), 0) AS damaged_keys`;

/** What a reader of sizes has to know when some of them are lower bounds. */
export function lowerBoundNotes(scope: Scope): string[] {
  const sums = scope.inventory.get<LowerBounds>(
    `SELECT ${LOWER_BOUND_SUMS} FROM ${tallySource(scope)}`,
    scopeParams(scope),
  )!;
  return sums.lower_bound_keys === 0 ? [] : [lowerBoundNote(sums, scope.snapshot.profile)];
}

function lowerBoundNote(
  { lower_bound_keys: keys, lower_bound_bytes: bytes, damaged_keys: damaged }: LowerBounds,
  profile: string,
): string {
  const sizes = keys === 1 ? "the size of 1 key" : `the sizes of ${counted(keys, "key")}`;
  const broken = damaged > 0 ? `, ${counted(damaged, "key")} damaged` : "";
  return (
    `${sizes} (${counted(bytes, "byte")}${broken}) ${keys === 1 ? "is a lower bound" : "are lower bounds"} (≥): ` +
    `values of modules, damaged ones, or of types and features that ${profile} does not have`
  );
}
