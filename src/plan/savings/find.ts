import { UsageError } from "../../errors.ts";
import { sampleOf } from "../../queries/sampling.ts";
import { hasKeyRows } from "../../queries/scope.ts";
import { SAVINGS } from "./index.ts";
import type { Saving, SavingsInput } from "./saving.ts";

/** Savings that somebody could have, and why some were not looked for. */
export interface FoundSavings {
  readonly savings: readonly Saving[];
  readonly notes: readonly string[];
}

/** Looks for everything that could be saved. @throws {UsageError} for an inventory that is a sample */
export function findSavings(input: SavingsInput): FoundSavings {
  const { scope, moves } = input;
  const { inventory, snapshot } = scope;
  if (sampleOf(snapshot) !== undefined)
    throw new UsageError(
      `--savings: ${inventory.path} is a sample, and savings are of all keys: plan the snapshot (${snapshot.path})`,
    );
  const byRows = hasKeyRows(scope);
  const kinds = SAVINGS.filter(({ needsRows }) => byRows || !needsRows);
  const skipped = SAVINGS.filter((one) => !kinds.includes(one)).map(({ kind }) => kind);
  return {
    savings: kinds.flatMap(({ find }) => find(input)),
    notes: [
      ...(skipped.length === 0
        ? []
        : [`not looked for, as the inventory has no row a key (analyze --keys all): ${skipped.join(", ")}`]),
      ...(byRows && snapshot.hashed_names !== null
        ? ["names are hashed: what shorter names and hash buckets save cannot be told"]
        : []),
      ...(moves.length === 0
        ? ["what another server saves can be told of the snapshot alone, not of an inventory"]
        : []),
    ],
  };
}
