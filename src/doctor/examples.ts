import { hasKeyRows, keySource, type Scope, scopeParams } from "../queries/scope.ts";
import type { Finding } from "./rule.ts";

const EXAMPLES = 3;
/** Rows looked at for keys of patterns: a database has its keys in no order, so that many-keyed patterns come soon. */
export const ROWS_LOOKED_AT = 200_000;

const BIG_SQL = "SELECT DISTINCT pattern, key FROM big_keys WHERE snapshot = @snapshot";
const rowsSql = (scope: Scope) => `SELECT pattern, key FROM (
    SELECT pattern, key FROM ${keySource(scope)} LIMIT ${ROWS_LOOKED_AT})
  WHERE pattern IN (SELECT value FROM json_each(@wanted))`;

interface KeyRow {
  readonly pattern: string;
  readonly key: string | Buffer;
}

/** Findings about patterns with some keys of each, as far as they are found quickly. */
export function withExamples(scope: Scope, findings: readonly Finding[]): Finding[] {
  const keys = new Map<string, (string | Buffer)[]>();
  for (const { pattern, examples } of findings) {
    if (pattern !== null && examples.length === 0) keys.set(pattern, []);
  }
  if (keys.size === 0) return [...findings];
  const params = { ...scopeParams(scope), wanted: JSON.stringify([...keys.keys()]) };
  const rows = hasKeyRows(scope)
    ? scope.inventory.iterate<KeyRow>(rowsSql(scope), params)
    : scope.inventory.iterate<KeyRow>(BIG_SQL, { snapshot: scope.snapshot.snapshot });
  let missing = keys.size;
  for (const { pattern, key } of rows) {
    const found = keys.get(pattern);
    if (found === undefined || found.length === EXAMPLES) continue;
    if (found.push(key) === EXAMPLES && --missing === 0) break;
  }
  return findings.map((one) =>
    one.examples.length > 0 || one.pattern === null ? one : { ...one, examples: keys.get(one.pattern) ?? [] },
  );
}
