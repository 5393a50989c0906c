import { SNAPSHOT_ID_SHIFT } from "../inventory/schema.ts";
import { type BigKeyRow, bigkeys } from "../queries/bigkeys.ts";
import { hasKeyRows, keySource, type Scope, scopeParams } from "../queries/scope.ts";
import { ROWS_LOOKED_AT } from "./examples.ts";

/** Keys looked at by each ranking: as many as every inventory ranks. */
const LOOKED_AT = 100;

const ROW_SQL = "SELECT heap_bytes, payload_bytes, serialized_bytes FROM key_rows WHERE id = @id";

/** A single key, and what it costs. */
export interface SizedKey {
  readonly key: string | Buffer;
  readonly pattern: string;
  readonly type: string;
  /** MEMORY USAGE. */
  readonly bytes: number;
  /** What the allocator holds for it, and its raw data; null: the inventory has no row of it. */
  readonly heap_bytes: number | null;
  readonly payload_bytes: number | null;
  /** Its record in the snapshot; null as these. */
  readonly serialized_bytes: number | null;
  readonly elements: number | null;
  readonly largest_element_bytes: number;
}

export type SizedBigKey = BigKeyRow & SizedKey;

/** What limits of bytes are held against: the heap where it is known, else MEMORY USAGE. */
export function costOf({ heap_bytes: heap, bytes }: Pick<SizedKey, "heap_bytes" | "bytes">): number {
  return heap ?? bytes;
}

/** The biggest keys by MEMORY USAGE or elements, of all types or of one, with what they cost. */
export function bigKeysOf(scope: Scope, ranking: "bytes" | "elements", type?: string): SizedBigKey[] {
  const filters = type === undefined ? scope.filters : { ...scope.filters, types: [type] };
  const found = bigkeys({ ...scope, filters }, LOOKED_AT, ranking);
  if (!hasKeyRows(scope))
    return found.map((row) => ({ ...row, heap_bytes: null, payload_bytes: null, serialized_bytes: null }));
  const base = (scope.snapshot.snapshot - 1) * SNAPSHOT_ID_SHIFT;
  return found.map((row) => ({
    ...row,
    ...scope.inventory.get<{ heap_bytes: number; payload_bytes: number; serialized_bytes: number }>(ROW_SQL, {
      id: base + row.record_offset,
    })!,
  }));
}

const WINDOW_SQL = (
  scope: Scope,
) => `SELECT key, pattern, type, bytes, heap_bytes, payload_bytes, serialized_bytes, elements,
    largest_element_bytes FROM (SELECT * FROM ${keySource(scope)} LIMIT ${ROWS_LOOKED_AT})
  WHERE pattern IN (SELECT value FROM json_each(@wanted)) ORDER BY heap_bytes DESC`;

/** By "pattern type", the largest key that is found quickly: a ranked one, else one of the rows looked at for examples. */
export function largestOfPatterns(
  scope: Scope,
  wanted: readonly { readonly pattern: string; readonly type: string }[],
): ReadonlyMap<string, SizedKey> {
  const found = new Map<string, SizedKey>();
  const add = (row: SizedKey) => {
    const name = patternType(row);
    const known = found.get(name);
    if (known === undefined || costOf(row) > costOf(known)) found.set(name, row);
  };
  for (const type of new Set(wanted.map((one) => one.type))) bigKeysOf(scope, "bytes", type).forEach(add);
  const missing = wanted.filter((one) => !found.has(patternType(one))).map(({ pattern }) => pattern);
  if (missing.length > 0 && hasKeyRows(scope)) {
    const params = { ...scopeParams(scope), wanted: JSON.stringify(missing) };
    scope.inventory.all<SizedKey>(WINDOW_SQL(scope), params).forEach(add);
  }
  return found;
}

/** A pattern's keys of one type, as a name. */
export function patternType({ pattern, type }: { pattern: string; type: string }): string {
  return `${type} ${pattern}`;
}
