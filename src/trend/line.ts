import { student95 } from "./student.ts";

/** A straight line through points by least squares. Times in days, values in whatever unit. */
export interface Line {
  readonly points: number;
  readonly meanTime: number;
  readonly meanValue: number;
  /** A day. */
  readonly slope: number;
  /** Sum of squared distances of the times from their mean. */
  readonly timeSquares: number;
  /** Standard deviation of values around the line; null where two points leave none to tell. */
  readonly scatter: number | null;
}

/** Where a line comes to a value, in days; null: not within a hundred years. */
export interface Crossing {
  /** When the line itself is there. */
  readonly at: number | null;
  /** When the upper end of the band is, and when the lower one. */
  readonly earliest: number | null;
  readonly latest: number | null;
}

/** Beyond this a date says nothing. */
export const HORIZON_DAYS = 36_525;

/** The line through points; undefined where there are fewer than two, or no time between them. */
export function lineThrough(times: readonly number[], values: readonly number[]): Line | undefined {
  const points = times.length;
  if (points < 2) return undefined;
  const meanTime = mean(times);
  const meanValue = mean(values);
  const timeSquares = sum(times.map((time) => (time - meanTime) ** 2));
  if (timeSquares === 0) return undefined;
  const slope = sum(times.map((time, i) => (time - meanTime) * (values[i]! - meanValue))) / timeSquares;
  const squares = sum(times.map((time, i) => (values[i]! - meanValue - slope * (time - meanTime)) ** 2));
  const scatter = points > 2 ? Math.sqrt(squares / (points - 2)) : null;
  return { points, meanTime, meanValue, slope, timeSquares, scatter };
}

/** What the line says of a time. */
export function valueAt({ meanTime, meanValue, slope }: Line, time: number): number {
  return meanValue + slope * (time - meanTime);
}

/** Half of the interval that has the true slope in 95 of 100 cases; null where nobody can tell. */
export function slopeMargin({ points, scatter, timeSquares }: Line): number | null {
  return scatter === null ? null : (student95(points - 2) * scatter) / Math.sqrt(timeSquares);
}

/**
 * Half of the interval that a further snapshot of that time would be in, in 95 of 100 cases (the prediction interval of a
 * regression line); null where nobody can tell.
 */
export function bandAt({ points, scatter, timeSquares, meanTime }: Line, time: number): number | null {
  if (scatter === null) return null;
  const spread = 1 + 1 / points + (time - meanTime) ** 2 / timeSquares;
  return student95(points - 2) * scatter * Math.sqrt(spread);
}

/** When the line, and the ends of its band, first are at `level` or above it, at `from` or later. */
export function crossing(line: Line, level: number, from: number): Crossing {
  const reaches = (at: (time: number) => number) => firstReach(at, level, from);
  return {
    at: reaches((time) => valueAt(line, time)),
    earliest: reaches((time) => valueAt(line, time) + (bandAt(line, time) ?? 0)),
    latest: reaches((time) => valueAt(line, time) - (bandAt(line, time) ?? 0)),
  };
}

/**
 * The first time from which on a curve is at `level`; null: not within the horizon. The curves are a line and the ends of its band: one
 * bends up and the other down, so that each comes to a level from below once at most behind its lowest point.
 */
function firstReach(at: (time: number) => number, level: number, from: number): number | null {
  if (at(from) >= level) return from;
  let below = from;
  let above = from;
  for (let step = 1; at(above) < level; step *= 2) {
    if (above - from >= HORIZON_DAYS) return null;
    below = above;
    above = from + Math.min(step, HORIZON_DAYS);
  }
  for (let i = 0; i < 60; i++) {
    const middle = (below + above) / 2;
    if (at(middle) < level) below = middle;
    else above = middle;
  }
  return above;
}

/**
 * The median of the slopes between all pairs of points (Theil and Sen): a few snapshots that are far off do not move it. Null
 * where no two have time between them.
 */
export function medianSlope(times: readonly number[], values: readonly number[]): number | null {
  const slopes: number[] = [];
  for (let i = 0; i < times.length; i++) {
    for (let j = i + 1; j < times.length; j++) {
      if (times[j] !== times[i]) slopes.push((values[j]! - values[i]!) / (times[j]! - times[i]!));
    }
  }
  if (slopes.length === 0) return null;
  const sorted = Float64Array.from(slopes).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Points from which on a bend can be told from chance. */
const FEWEST_FOR_A_BEND = 5;
/** How much of the slope it has to change by, from the first point to the last. */
const LEAST_BEND = 0.1;

/**
 * What a parabola would change the slope by from the first time to the last; 0 where it fits no better than the line (95%), or
 * hardly bends.
 */
export function bendOf(line: Line, times: readonly number[], values: readonly number[]): number {
  const { points, meanTime, timeSquares, slope } = line;
  if (points < FEWEST_FOR_A_BEND) return 0;
  const u = times.map((time) => time - meanTime);
  const skew = sum(u.map((x) => x ** 3)) / timeSquares;
  const v = u.map((x) => x * x - timeSquares / points - skew * x);
  const squares = sum(v.map((x) => x * x));
  if (squares === 0) return 0;
  const residuals = values.map((value, i) => value - valueAt(line, times[i]!));
  const curve = sum(v.map((x, i) => x * residuals[i]!)) / squares;
  const left = sum(residuals.map((value, i) => (value - curve * v[i]!) ** 2)) / (points - 3);
  const isChance = Math.abs(curve) * Math.sqrt(squares) <= student95(points - 3) * Math.sqrt(left);
  const change = 2 * curve * (Math.max(...times) - Math.min(...times));
  return isChance || Math.abs(change) < LEAST_BEND * Math.abs(slope) ? 0 : change;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
