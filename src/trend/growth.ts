import { lineThrough, medianSlope, slopeMargin, valueAt } from "./line.ts";

/** Days of what is called a month. */
export const MONTH_DAYS = 30;

/** How a figure went: at the first point, at the last, and the line between by least squares. */
export interface Growth {
  readonly first: number;
  readonly last: number;
  /** Slope of the line; null where there is one point, or no time between points. */
  readonly per_day: number | null;
  /** The true slope is that far off in 95 of 100 cases; null: fewer than three points, which leave none to tell. */
  readonly per_day_margin: number | null;
  /** What the line grows by in 30 days, over what it says of the last point; null where that is nothing. */
  readonly per_month_share: number | null;
}

/** The growth of figures at times in days, and its robust slope, which takes longer. */
export function growthOf(
  times: readonly number[],
  values: readonly number[],
): { readonly figures: Growth; readonly median: () => number | null } {
  const line = lineThrough(times, values);
  const now = line === undefined ? 0 : valueAt(line, times.at(-1)!);
  return {
    figures: {
      first: Math.round(values[0] ?? 0),
      last: Math.round(values.at(-1) ?? 0),
      per_day: line?.slope ?? null,
      per_day_margin: line === undefined ? null : slopeMargin(line),
      per_month_share: line === undefined || now <= 0 ? null : (line.slope * MONTH_DAYS) / now,
    },
    median: () => medianSlope(times, values),
  };
}
