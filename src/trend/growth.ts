import { type Line, lineThrough, medianSlope, slopeMargin, valueAt } from "./line.ts";

/** Days of what is called a month. */
export const MONTH_DAYS = 30;
/** A series of fewer days says nothing of a month. */
const LEAST_DAYS = 1;
/** What the line says of the last point is nothing below this, of the largest value: what rounding leaves of 0. */
const NOTHING = 1e-9;

/** How a figure went: at the first point, at the last, and the line between by least squares. */
export interface Growth {
  readonly first: number;
  readonly last: number;
  /** Slope of the line; null where there is one point, or no time between points. */
  readonly per_day: number | null;
  /** The true slope is that far off in 95 of 100 cases; null: fewer than three points, which leave none to tell. */
  readonly per_day_margin: number | null;
  /**
   * What the line grows by in 30 days, over what it says of the last point; -1, all of it, at least. Null where that is nothing, or the
   * series is shorter than a day.
   */
  readonly per_month_share: number | null;
}

/** The growth of figures at times in days, and its robust slope, which takes longer. */
export function growthOf(
  times: readonly number[],
  values: readonly number[],
): { readonly figures: Growth; readonly median: () => number | null } {
  const line = lineThrough(times, values);
  return {
    figures: {
      first: Math.round(values[0] ?? 0),
      last: Math.round(values.at(-1) ?? 0),
      per_day: line?.slope ?? null,
      per_day_margin: line === undefined ? null : slopeMargin(line),
      per_month_share: line === undefined ? null : monthShare(line, times, values),
    },
    median: () => medianSlope(times, values),
  };
}

function monthShare(line: Line, times: readonly number[], values: readonly number[]): number | null {
  const now = valueAt(line, times.at(-1)!);
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (times.at(-1)! - times[0]! < LEAST_DAYS || now <= NOTHING * largest) return null;
  return Math.max(-1, (line.slope * MONTH_DAYS) / now);
}
