import { sampleOf } from "./sampling.ts";
import { type Scope, scopeParams, tallySource } from "./scope.ts";

/** What the keys of one pattern take in one database. */
export interface FoldedRow {
  readonly db: number;
  readonly pattern: string | Buffer;
  readonly bytes: number;
}

/** Bytes by database and pattern, largest first: what a flame graph is drawn of. */
export function folded(scope: Scope): FoldedRow[] {
  const rows = scope.inventory.all<FoldedRow>(
    `SELECT db, pattern, sum(bytes) AS bytes FROM ${tallySource(scope)} GROUP BY db, pattern ORDER BY bytes DESC, db, pattern`,
    scopeParams(scope),
  );
  if (sampleOf(scope.snapshot) === undefined) return rows;
  return rows.map((row) => ({ ...row, bytes: Math.round(row.bytes) }));
}
