import { keyRowFilters } from "../queries/filters.ts";
import { amountSource, expirySource, type Scope, scopeParams } from "../queries/scope.ts";
import type { Timeline } from "./types.ts";

const HOUR_MS = 3_600_000;
/**
 * Hours of a step. All are multiples of the buckets of the table `expiry` that they are chosen for (an hour, a day beyond 45
 * days, 30 days beyond 5 years), so that no bucket is in two.
 */
const STEPS = [1, 2, 3, 6, 12, 24, 48, 24 * 7, 24 * 30, 24 * 90, 24 * 360, 24 * 3600];
const MOST_STEPS = 72;
/** What is beyond this share of the keys is told as one: a single key that expires in a hundred years hides all others. */
const SHOWN_SHARE = 0.995;

interface HourRow {
  readonly hour: number;
  readonly keys: number;
  readonly bytes: number;
}

/** Keys by the hour they expire in, counted from the snapshot's time. */
function hoursOf(scope: Scope): HourRow[] {
  const { filters } = scope;
  const byRows = keyRowFilters(filters).length > 0 || filters.types !== undefined;
  const sql = byRows
    ? `SELECT CAST(ceil((expires_at - @createdAt) / ${HOUR_MS}.0) AS INTEGER) - 1 AS hour, sum(keys) AS keys, sum(bytes) AS bytes
       FROM ${amountSource(scope)} WHERE expires_at > @createdAt GROUP BY 1 ORDER BY 1`
    : `SELECT CAST(floor((starts_at - @createdAt) / ${HOUR_MS}.0) AS INTEGER) AS hour, sum(keys) AS keys, sum(bytes) AS bytes
       FROM ${expirySource()} WHERE starts_at >= @createdAt GROUP BY 1 ORDER BY 1`;
  return scope.inventory.all<HourRow>(sql, scopeParams(scope));
}

/** When keys expire, in steps of equal length; null: none will. */
export function timelineOf(scope: Scope): Timeline | null {
  const hours = hoursOf(scope);
  if (hours.length === 0) return null;
  const stepHours = stepOf(hours);
  const steps: { keys: number; bytes: number }[] = [];
  const later = { keys: 0, bytes: 0 };
  for (const { hour, keys, bytes } of hours) {
    const at = Math.floor(hour / stepHours);
    if (at < MOST_STEPS) while (steps.length <= at) steps.push({ keys: 0, bytes: 0 });
    const into = steps[at] ?? later;
    into.keys += keys;
    into.bytes += bytes;
  }
  const whole = ({ keys, bytes }: { keys: number; bytes: number }) => ({
    keys: Math.round(keys),
    bytes: Math.round(bytes),
  });
  return {
    step_hours: stepHours,
    starts_at: scope.snapshot.created_at,
    steps: steps.map(whole),
    later: whole(later),
  };
}

/** The shortest step with which nearly all keys are shown. */
function stepOf(hours: readonly HourRow[]): number {
  const wanted = SHOWN_SHARE * hours.reduce((sum, { keys }) => sum + keys, 0);
  let seen = 0;
  const last = hours.find(({ keys }) => {
    seen += keys;
    return seen >= wanted;
  })!;
  return STEPS.find((step) => last.hour < step * MOST_STEPS) ?? STEPS.at(-1)!;
}
