import { humanBytes, humanError } from "../units.ts";
import { type DrawnSums, drawnSums, estimated, sampleOf } from "./sampling.ts";
import { type Scope, scopeParams, tallySource } from "./scope.ts";
import type { SnapshotRow } from "./snapshots.ts";

interface TotalRow extends DrawnSums {
  readonly keys: number;
  readonly bytes: number;
  readonly keys_error: number | null;
  readonly bytes_error: number | null;
}

const UNSEEN = "these are exact, unless there are smaller ones of which none was drawn";

/** How sure the totals of an answer are, where they are estimated from a sample; `hasErrors`: its figures tell ± themselves. */
export function sampleNotes(scope: Scope, hasErrors = true): string[] {
  if (sampleOf(scope.snapshot) === undefined) return [];
  const found = scope.inventory.all<TotalRow>(
    `SELECT coalesce(sum(keys), 0) AS keys, coalesce(sum(bytes), 0) AS bytes${drawnSums(scope)} FROM ${tallySource(scope)}`,
    scopeParams(scope),
  );
  const { certain_keys: certain, drawn_keys: drawn } = found[0]!;
  if (drawn === 0 && certain > 0) return [`each of these keys is so large that it was read: ${UNSEEN}`];
  const [total] = estimated(scope, found);
  const { keys, bytes, keys_error: ofKeys, bytes_error: ofBytes } = total!;
  if (ofBytes === null || ofKeys === null)
    return ["too few keys were drawn to tell how far estimates may be off"];
  const keysText = ofKeys < 0.5 ? "the number of keys is exact" : `their number ${humanError(keys, ofKeys)}`;
  const sure = `the memory of these keys is right within ${humanError(bytes, ofBytes)} in 95 of 100 samples, ${keysText}; parts are less sure`;
  if (!hasErrors) return [`${sure}: estimates have a ~`];
  return [
    `${sure}, ±? where fewer than 10 keys were drawn; totals without ± are estimates, too, but those of groups of large keys alone: ${UNSEEN}`,
  ];
}

/** What a list of single keys lacks, where not all were read: each of them is what it is, but smaller ones may be missing. */
export function listNotes({ snapshot }: Scope): string[] {
  if (sampleOf(snapshot) === undefined) return [];
  const from = humanBytes(snapshot.sample_certain_bytes ?? 0);
  return [
    `keys are listed as they are; of those with less than ${from} in the snapshot, only the ones that were drawn`,
  ];
}

/** What the numbers of findings are worth, where not all keys were read. */
export function findingNotes({ snapshot }: Scope): string[] {
  if (sampleOf(snapshot) === undefined) return [];
  return [
    "numbers and savings of findings are estimates where they are labelled so: the fewer keys, the less sure; those of large keys alone were counted",
  ];
}

/** What key rows are, where somebody may count them. */
export function rowNotes(snapshots: readonly SnapshotRow[]): string[] {
  if (snapshots.every((one) => sampleOf(one) === undefined)) return [];
  return [
    "rows of keys are only the keys that were read: totals of all keys are sum(weight) and sum(bytes * weight), or in rollup and the other summary tables (docs/sampling.md)",
  ];
}
