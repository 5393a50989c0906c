import { SKETCH_GAMMA } from "../inventory/schema.ts";
import { keyRowFilters } from "./filters.ts";
import { grouped } from "./groups.ts";
import { keysOfRows } from "./sampling.ts";
import { keySource, type Scope, scopeParams } from "./scope.ts";

/** Quantiles of one measure of one group, right within 1%. */
export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

interface BucketRow {
  readonly name: string;
  readonly bucket: number;
  readonly keys: number;
}

/**
 * Quantiles of `bytes` or `elements` by type or by pattern, from the sketches; from key rows where a filter asks for
 * them. Empty when the sketches cannot tell: they know types or patterns of a whole snapshot, not both, no databases.
 */
export function quantiles(
  scope: Scope,
  by: "type" | "pattern",
  measure: "bytes" | "elements",
): Map<string, Quantiles> {
  const sql = bucketSql(scope, by, measure);
  if (sql === undefined) return new Map();
  const rows = scope.inventory.all<BucketRow>(sql, { ...scopeParams(scope), measure, gamma: SKETCH_GAMMA });
  return new Map(
    [...grouped(rows, (row) => row.name)].map(([name, buckets]) => [name, quantilesOf(buckets)]),
  );
}

function bucketSql(scope: Scope, by: "type" | "pattern", measure: "bytes" | "elements"): string | undefined {
  const { filters } = scope;
  if (keyRowFilters(filters).length > 0) {
    return `SELECT ${by} AS name,
        CASE WHEN ${measure} <= 1 THEN 0 ELSE CAST(ceil(ln(${measure}) / ln(@gamma)) AS INTEGER) END AS bucket,
        ${keysOfRows(scope)} AS keys
      FROM ${keySource(scope)} WHERE ${measure} IS NOT NULL AND @measure IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2`;
  }
  const other = by === "type" ? "pattern" : "type";
  const crossed = by === "type" ? filters.pattern : filters.types;
  if (filters.dbs || crossed !== undefined) return undefined;
  return `SELECT ${by} AS name, bucket, sum(keys) AS keys FROM sketches
    WHERE snapshot = @snapshot AND ${by} IS NOT NULL AND ${other} IS NULL AND measure = @measure
    GROUP BY 1, 2 ORDER BY 1, 2`;
}

/** Quantiles that do not exceed the largest value, which is known exactly. */
export function quantilesUpTo(quantiles: Quantiles | undefined, max: number): Quantiles | undefined {
  if (quantiles === undefined) return undefined;
  const { p50, p95, p99 } = quantiles;
  return { p50: Math.min(p50, max), p95: Math.min(p95, max), p99: Math.min(p99, max) };
}

/** Buckets ascend; `keys` are their weights. */
export function quantilesOf(
  buckets: readonly { readonly bucket: number; readonly keys: number }[],
): Quantiles {
  const total = buckets.reduce((sum, { keys }) => sum + keys, 0);
  const at = (share: number): number => {
    const rank = Math.min(total, Math.max(1, Math.ceil(share * total)));
    let seen = 0;
    for (const { bucket, keys } of buckets) {
      seen += keys;
      if (seen >= rank) return bucketMiddle(bucket);
    }
    return buckets.length === 0 ? 0 : bucketMiddle(buckets.at(-1)!.bucket);
  };
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/**
 * What a bucket stands for: the value from which both of its ends, γ^(b-1) and γ^b, are equally far in
 * proportion. Bucket 0 holds the values 0 and 1.
 */
export function bucketMiddle(bucket: number): number {
  if (bucket <= 0) return 1;
  return Math.round((2 * SKETCH_GAMMA ** bucket) / (1 + SKETCH_GAMMA));
}
