import { type Bucket, bucketsBy, bucketValue } from "../queries/quantiles.ts";
import type { Scope } from "../queries/scope.ts";
import { shownName } from "./names.ts";
import type { Histogram } from "./types.ts";

/** Types that have a colour of their own; all others are one. */
const MOST_TYPES = 8;
const OTHERS = "other types";

/** Buckets of each type in scope: the sketches know types of whole snapshots, and patterns of all their types together. */
function bucketsOf(scope: Scope, types: readonly string[], measure: "bytes" | "elements") {
  const { pattern } = scope.filters;
  const byType = [...bucketsBy(scope, "type", measure)].filter(([type]) => types.includes(type));
  if (byType.length > 0 || pattern === undefined) return byType;
  const name = types.length === 1 ? types[0]! : OTHERS;
  const buckets = bucketsBy(scope, "pattern", measure).get(pattern) ?? [];
  return buckets.length === 0 ? [] : [[name, buckets] as const];
}

/**
 * Keys by a measure, in classes (2^(n-1), 2^n], by type: `types` are those in scope. From the sketches' buckets, whose values differ by 2%: a key as near
 * to the end of a class may be in the next one.
 */
export function histogramOf(
  scope: Scope,
  types: readonly string[],
  measure: "bytes" | "elements",
): Histogram {
  const byType = bucketsOf(scope, types, measure).toSorted(([, a], [, b]) => sumOf(b) - sumOf(a));
  const named = byType.slice(0, MOST_TYPES).map(([type, buckets]) => [shownName(type), buckets] as const);
  const others = byType.slice(MOST_TYPES).flatMap(([, buckets]) => buckets);
  const groups = others.length === 0 ? named : [...named, [OTHERS, others] as const];
  const classes: { keys: number[]; sum: number }[] = [];
  for (const [type, [, buckets]] of groups.entries()) {
    for (const bucket of buckets) {
      const at = classOf(bucketValue(bucket, Number.POSITIVE_INFINITY));
      while (classes.length <= at) classes.push({ keys: groups.map(() => 0), sum: 0 });
      classes[at]!.keys[type]! += bucket.keys;
      classes[at]!.sum += bucket.value_sum;
    }
  }
  const first = classes.findIndex(({ keys }) => keys.some((count) => count > 0));
  return {
    types: groups.map(([type]) => type),
    classes: classes
      .map(({ keys, sum }, at) => ({
        min: at === 0 ? 0 : 2 ** (at - 1) + 1,
        max: 2 ** at,
        keys: keys.map(Math.round),
        sum: Math.round(sum),
      }))
      .slice(Math.max(0, first)),
  };
}

/** 0 holds 0 and 1, n holds (2^(n-1), 2^n]. */
function classOf(value: number): number {
  return value <= 1 ? 0 : Math.ceil(Math.log2(value));
}

function sumOf(buckets: readonly Bucket[]): number {
  return buckets.reduce((sum, { value_sum: value }) => sum + value, 0);
}
