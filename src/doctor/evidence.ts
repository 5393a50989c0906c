import type { EvidenceName } from "../inventory/rollup/evidence.ts";
import { SNAPSHOT_ID_SHIFT } from "../inventory/schema.ts";
import { BY_DB, BY_PATTERN, BY_TYPE, hasKeyRows, type Scope, scopeParams } from "../queries/scope.ts";

/** What the walk over values noticed of one pattern and type, of one kind. */
export interface EvidenceSums {
  readonly pattern: string;
  readonly type: string;
  readonly evidence: EvidenceName;
  /** What the setting of that name was raised to; null: it is no setting. */
  readonly raised_to: number | null;
  readonly keys: number;
  readonly bytes: number;
  readonly heap_bytes: number;
  readonly saving_bytes: number;
  readonly saving_heap_bytes: number;
  /** Of the values, without names. */
  readonly payload_bytes: number;
  /** Of compressed strings, in the snapshot. */
  readonly stored_bytes: number;
  /** A key that shows it. */
  readonly examples: readonly (string | Buffer)[];
}

type EvidenceRow = Omit<EvidenceSums, "examples"> & { readonly example_offset: number };

const EXAMPLE_SQL = "SELECT key FROM key_rows WHERE id = @id";

/** Evidence of some kinds in scope, by pattern and type; what saves most first. */
export function evidenceOf(scope: Scope, kinds: readonly EvidenceName[]): EvidenceSums[] {
  const rows = scope.inventory.all<EvidenceRow>(
    `SELECT pattern, type, evidence, raised_to, sum(keys) AS keys, sum(bytes) AS bytes, sum(heap_bytes) AS heap_bytes,
       sum(saving_bytes) AS saving_bytes, sum(saving_heap_bytes) AS saving_heap_bytes, sum(payload_bytes) AS payload_bytes,
       sum(stored_bytes) AS stored_bytes, max(example_offset) AS example_offset
     FROM (SELECT *, type AS encoding FROM evidence WHERE snapshot = @snapshot) AS e
     WHERE ${BY_DB} AND ${BY_TYPE} AND ${BY_PATTERN} AND evidence IN (SELECT value FROM json_each(@kinds))
     GROUP BY pattern, type, evidence ORDER BY saving_heap_bytes DESC, heap_bytes DESC, pattern`,
    { ...scopeParams(scope), kinds: JSON.stringify(kinds) },
  );
  return rows.map(({ example_offset: offset, ...row }) => ({ ...row, examples: exampleAt(scope, offset) }));
}

function exampleAt(scope: Scope, offset: number): readonly (string | Buffer)[] {
  if (!hasKeyRows(scope)) return [];
  const { snapshot } = scope.snapshot;
  return scope.inventory
    .all<{ key: string | Buffer }>(EXAMPLE_SQL, { id: (snapshot - 1) * SNAPSHOT_ID_SHIFT + offset })
    .map(({ key }) => key);
}
