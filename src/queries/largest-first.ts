import { SKETCH_GAMMA } from "../inventory/schema.ts";
import { TYPES } from "../memory/index.ts";
import { keysOfRows, ofRow } from "./sampling.ts";
import { isAnsweredByRows, keySource, type Scope, scopeParams } from "./scope.ts";

/** Keys that are equally big, or nearly so. */
export interface SizeStep {
  readonly keys: number;
  /** Of all these keys together, exactly. */
  readonly bytes: number;
  /** The most that one of them has. */
  readonly max: number;
}

const ROWS_SQL = (scope: Scope) =>
  `SELECT ${keysOfRows(scope)} AS keys, sum(${ofRow(scope, "bytes")}) AS bytes, bytes AS max FROM ${keySource(scope)}
   GROUP BY max ORDER BY max DESC`;
const SKETCH_SQL = (condition: string) =>
  `SELECT bucket, sum(keys) AS keys, sum(value_sum) AS bytes FROM sketches
   WHERE snapshot = @snapshot AND measure = 'bytes' AND ${condition} GROUP BY bucket ORDER BY bucket DESC`;

/**
 * Keys by size, the largest first: a step for each size from key rows where `exact` asks for it, a filter needs it or
 * there are few; else one for each bucket of the sketches, of which numbers and sums are exact too.
 * @throws {UsageError} when key rows are needed, and there are none
 */
export function bytesFromLargest(scope: Scope, exact: boolean): { steps: SizeStep[]; isExact: boolean } {
  const condition = sketchCondition(scope);
  const params = scopeParams(scope);
  if (exact || condition === undefined || isAnsweredByRows(scope, true)) {
    return { steps: scope.inventory.all<SizeStep>(ROWS_SQL(scope), params), isExact: true };
  }
  const rows = scope.inventory.all<SizeStep & { bucket: number }>(SKETCH_SQL(condition), params);
  const steps = rows.map(({ bucket, keys, bytes }) => ({
    keys,
    bytes,
    max: Math.floor(SKETCH_GAMMA ** bucket),
  }));
  return { steps, isExact: false };
}

/** Which sketches add up to the scope; undefined when none do: they know types or patterns, not both, no databases. */
function sketchCondition({ filters }: Scope): string | undefined {
  const { dbs, types, pattern } = filters;
  if (dbs !== undefined) return undefined;
  if (pattern !== undefined) return types === undefined ? "pattern = @pattern" : undefined;
  if (types === undefined) return "pattern IS NULL";
  if (types.some((type) => !(TYPES as readonly string[]).includes(type))) return undefined;
  return "pattern IS NULL AND type IN (SELECT value FROM json_each(@types))";
}
