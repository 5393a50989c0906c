import { crossing, lineThrough } from "./line.ts";
import type { TrendPoint } from "./trend.ts";

/** The figures that a server holds against its maxmemory. */
const LIMITED = ["used_memory", "used_memory_saved"] as const;
export type LimitedMeasure = (typeof LIMITED)[number];

/**
 * What is known of a limit: it is `reached` at the last point; the figure comes `nearer`, or does `not`; or `unknown`: one point, or no
 * time between points.
 */
export type LimitState = "reached" | "nearer" | "not" | "unknown";

/** When used_memory comes to maxmemory if it goes on as the line does. Times in ms since the epoch. */
export interface Limit {
  readonly measure: LimitedMeasure;
  /** Bytes of all nodes together at which the fullest one is at its maxmemory. */
  readonly limit_bytes: number;
  readonly last: number;
  /** `last` over the limit. */
  readonly share: number;
  readonly state: LimitState;
  /** Null: not, or not within a hundred years. */
  readonly reached_at: number | null;
  /** Whether the next two are known: three points or more. */
  readonly has_band: boolean;
  /** A snapshot at or above the limit is to be expected between these, in 95 of 100 cases; null: maybe never. */
  readonly earliest_at: number | null;
  readonly latest_at: number | null;
}

const DAY_MS = 86_400_000;

/** The limits of both figures of used_memory, where the points have them. `share`: the fullest node's of all. */
export function limitsOf(
  points: readonly TrendPoint[],
  times: readonly number[],
  maxmemory: number,
  share: number,
): Limit[] {
  return LIMITED.flatMap((measure) => {
    const values = points.map((point) => point[measure]);
    if (values.length === 0 || values.includes(null)) return [];
    return [limitOf(measure, points, times, values as number[], Math.round(maxmemory / share))];
  });
}

function limitOf(
  measure: LimitedMeasure,
  points: readonly TrendPoint[],
  times: readonly number[],
  values: readonly number[],
  limitBytes: number,
): Limit {
  const last = values.at(-1)!;
  const common = { measure, limit_bytes: limitBytes, last, share: last / limitBytes };
  const none = { reached_at: null, has_band: false, earliest_at: null, latest_at: null };
  if (last >= limitBytes) return { ...common, ...none, state: "reached" };
  const line = lineThrough(times, values);
  if (line === undefined) return { ...common, ...none, state: "unknown" };
  const found = crossing(line, limitBytes, times.at(-1)!);
  const at = (days: number | null) =>
    days === null ? null : Math.round(points[0]!.created_at + days * DAY_MS);
  const hasBand = line.scatter !== null;
  return {
    ...common,
    state: found.at === null ? "not" : "nearer",
    reached_at: at(found.at),
    has_band: hasBand,
    earliest_at: hasBand ? at(found.earliest) : null,
    latest_at: hasBand ? at(found.latest) : null,
  };
}
