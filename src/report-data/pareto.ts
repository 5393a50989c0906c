import { bytesFromLargest, type SizeStep } from "../queries/largest-first.ts";
import { pareto } from "../queries/pareto.ts";
import type { Scope } from "../queries/scope.ts";
import type { Pareto } from "./types.ts";

const POINTS = 160;

/** How few keys hold how much; `patterns` are the bytes of all patterns, the largest first. */
export function paretoOf(scope: Scope, patterns: readonly number[]): Pareto {
  const { steps, isExact } = bytesFromLargest(scope, false);
  return {
    is_exact: isExact,
    curve: curveOf(steps),
    holders: pareto(steps, patterns).map((row) => ({
      ...row,
      keys: Math.round(row.keys),
      min_keys: Math.round(row.min_keys),
      max_keys: Math.round(row.max_keys),
    })),
  };
}

/** Sums of keys and bytes from the largest on: as many points as one can see on a scale of logarithms. */
function curveOf(steps: readonly SizeStep[]): Pareto["curve"] {
  const keys = steps.reduce((sum, step) => sum + step.keys, 0);
  const bytes = steps.reduce((sum, step) => sum + step.bytes, 0);
  if (keys === 0 || bytes === 0) return [];
  const curve: [number, number][] = [];
  const place = (at: readonly [number, number]) => [
    (Math.log(at[0]) / Math.max(1, Math.log(keys))) * POINTS,
    (at[1] / bytes) * POINTS,
  ];
  let sum: [number, number] = [0, 0];
  for (const step of steps) {
    sum = [sum[0] + step.keys, sum[1] + step.bytes];
    const last = curve.at(-1);
    const [x, y] = place(sum);
    const [lastX, lastY] = last === undefined ? [-1, -1] : place(last);
    if (x! - lastX! >= 1 || y! - lastY! >= 1) curve.push([Math.round(sum[0]), Math.round(sum[1])]);
  }
  const end: [number, number] = [Math.round(sum[0]), Math.round(sum[1])];
  if (curve.at(-1)![0] !== end[0]) curve.push(end);
  return curve;
}
