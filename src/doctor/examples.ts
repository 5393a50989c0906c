import { hasKeyRows, keySource, type Scope, scopeParams } from "../queries/scope.ts";

const EXAMPLES = 3;
/** Rows looked at for keys of patterns: a database has its keys in no order, so that many-keyed patterns come soon. */
export const ROWS_LOOKED_AT = 200_000;

/** What examples have to be, in SQL of the columns that the view `keys` and the table `big_keys` have. */
type Condition = "1" | "expires_at IS NULL";

const bigSql = (condition: Condition) =>
  `SELECT DISTINCT pattern, key FROM big_keys WHERE snapshot = @snapshot AND ${condition}`;
const rowsSql = (scope: Scope, condition: Condition) => `SELECT pattern, key FROM (
    SELECT pattern, key, expires_at FROM ${keySource(scope)} LIMIT ${ROWS_LOOKED_AT})
  WHERE pattern IN (SELECT value FROM json_each(@wanted)) AND ${condition}`;

interface KeyRow {
  readonly pattern: string;
  readonly key: string | Buffer;
}

/** Some keys of each pattern that meet the condition, as far as they are found quickly. */
export function examplesOf(
  scope: Scope,
  patterns: Iterable<string>,
  condition: Condition = "1",
): ReadonlyMap<string, readonly (string | Buffer)[]> {
  const keys = new Map([...patterns].map((pattern) => [pattern, [] as (string | Buffer)[]]));
  if (keys.size === 0) return keys;
  const params = { ...scopeParams(scope), wanted: JSON.stringify([...keys.keys()]) };
  const rows = hasKeyRows(scope)
    ? scope.inventory.iterate<KeyRow>(rowsSql(scope, condition), params)
    : scope.inventory.iterate<KeyRow>(bigSql(condition), { snapshot: scope.snapshot.snapshot });
  let missing = keys.size;
  for (const { pattern, key } of rows) {
    const found = keys.get(pattern);
    if (found === undefined || found.length === EXAMPLES) continue;
    if (found.push(key) === EXAMPLES && --missing === 0) break;
  }
  return keys;
}
