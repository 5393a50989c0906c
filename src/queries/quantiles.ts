import { SKETCH_GAMMA } from "../inventory/schema.ts";
import { keyRowFilters } from "./filters.ts";
import { grouped } from "./groups.ts";
import { keysOfRows, ofRow } from "./sampling.ts";
import { BY_SNAPSHOT, keySource, type Scope, scopeParams } from "./scope.ts";

/** Quantiles of one measure of one group, right within 1%. */
export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** Values that differ by 2% at most: those in (γ^(b-1), γ^b]; bucket 0 holds 0 and 1. */
export interface Bucket {
  readonly bucket: number;
  readonly keys: number;
  /** Of the values. */
  readonly value_sum: number;
}

/**
 * Buckets of `bytes` or `elements` by type or by pattern, from the sketches; from key rows where a filter asks for
 * them. Empty when the sketches cannot tell: they know types or patterns of a whole snapshot, not both, no databases.
 */
export function bucketsBy(
  scope: Scope,
  by: "type" | "pattern",
  measure: "bytes" | "elements",
): Map<string, Bucket[]> {
  const sql = bucketSql(scope, by, measure);
  if (sql === undefined) return new Map();
  const params = { ...scopeParams(scope), measure, gamma: SKETCH_GAMMA };
  return grouped(scope.inventory.all<Bucket & { name: string }>(sql, params), ({ name }) => name);
}

function bucketSql(scope: Scope, by: "type" | "pattern", measure: "bytes" | "elements"): string | undefined {
  const { filters } = scope;
  if (keyRowFilters(filters).length > 0) {
    return `SELECT ${by} AS name,
        CASE WHEN ${measure} <= 1 THEN 0 ELSE CAST(ceil(ln(${measure}) / ln(@gamma)) AS INTEGER) END AS bucket,
        ${keysOfRows(scope)} AS keys, sum(${ofRow(scope, measure)}) AS value_sum
      FROM ${keySource(scope)} WHERE ${measure} IS NOT NULL AND @measure IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2`;
  }
  const other = by === "type" ? "pattern" : "type";
  const crossed = by === "type" ? filters.pattern : filters.types;
  if (filters.dbs || crossed !== undefined) return undefined;
  return `SELECT ${by} AS name, bucket, sum(keys) AS keys, sum(value_sum) AS value_sum FROM sketches
    WHERE ${BY_SNAPSHOT} AND ${by} IS NOT NULL AND ${other} IS NULL AND measure = @measure
    GROUP BY 1, 2 ORDER BY 1, 2`;
}

/**
 * Quantiles of a group: never above its largest value, which is known, and exact where all of its values are the same.
 * Undefined without buckets, which ascend.
 */
export function quantilesOf(buckets: readonly Bucket[] | undefined, max: number): Quantiles | undefined {
  if (buckets === undefined) return undefined;
  const total = buckets.reduce((sum, { keys }) => sum + keys, 0);
  const at = (share: number): number => {
    const rank = Math.min(total, Math.max(1, Math.ceil(share * total)));
    let seen = 0;
    for (const bucket of buckets) {
      seen += bucket.keys;
      if (seen < rank) continue;
      // Of zeros and ones the sum tells how many are which.
      if (bucket.bucket <= 0) return seen - rank < bucket.value_sum ? 1 : 0;
      return bucketValue(bucket, max);
    }
    return buckets.length === 0 ? 0 : bucketValue(buckets.at(-1)!, max);
  };
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** The largest error of the middle of a bucket, in proportion. */
const ERROR = (SKETCH_GAMMA - 1) / (SKETCH_GAMMA + 1);

/**
 * What a bucket stands for: the average of its values, but as near its middle as it takes to be within 1% of each of them.
 * Their sum says between which values they can be: all but one may be as large (or small) as the bucket allows.
 */
export function bucketValue({ bucket, keys, value_sum: sum }: Bucket, max: number): number {
  const top = Math.min(bucket <= 0 ? 1 : Math.floor(SKETCH_GAMMA ** bucket), max);
  const bottom = bucket <= 0 ? 0 : Math.min(Math.floor(SKETCH_GAMMA ** (bucket - 1)) + 1, top);
  const low = Math.max(bottom, sum - (keys - 1) * top);
  const high = Math.min(top, sum - (keys - 1) * bottom);
  const near = Math.min(Math.max(sum / keys, high * (1 - ERROR)), low * (1 + ERROR));
  return Math.min(Math.max(Math.round(near), low), high);
}
