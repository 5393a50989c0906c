import { type BigKeyRow, bigkeys, isRanked } from "../queries/bigkeys.ts";
import type { Scope } from "../queries/scope.ts";
import { shownName } from "./names.ts";
import type { TopKey } from "./types.ts";

const RANKINGS = ["bytes", "elements"] as const;
/** Rankings of every inventory go this deep, by type and over all. */
const RANKS = 100;

/**
 * The biggest keys by memory and by elements, and those of each type where the inventory has them ranked: the `most`
 * largest by memory, each once.
 */
export function topKeysOf(scope: Scope, types: readonly string[], most: number): TopKey[] {
  const { filters } = scope;
  const ofTypes = isRanked(filters)
    ? types.map((type) => ({ ...scope, filters: { ...filters, types: [type] } }))
    : [];
  const found = new Map<number, BigKeyRow>();
  for (const one of [scope, ...ofTypes]) {
    for (const ranking of RANKINGS) {
      for (const row of bigkeys(one, RANKS, ranking)) found.set(row.record_offset, row);
    }
  }
  const rows = [...found.values()].sort((a, b) => b.bytes - a.bytes || a.record_offset - b.record_offset);
  return kept(rows, most).map(topKey);
}

/** The largest by memory; but whatever leads by elements stays in. */
function kept(rows: readonly BigKeyRow[], most: number): BigKeyRow[] {
  if (rows.length <= most) return [...rows];
  const byElements = [...rows]
    .sort((a, b) => (b.elements ?? -1) - (a.elements ?? -1))
    .slice(0, Math.floor(most / 4));
  const chosen = new Set([...byElements, ...rows].slice(0, most));
  return rows.filter((row) => chosen.has(row));
}

function topKey(row: BigKeyRow): TopKey {
  return {
    key: shownName(row.key),
    db: row.db,
    type: shownName(row.type),
    encoding: row.encoding,
    pattern: shownName(row.pattern),
    bytes: row.bytes,
    lower_bound: row.lower_bound > 0,
    elements: row.elements,
    largest_element_bytes: row.largest_element_bytes,
    expires_at: row.expires_at,
    record_offset: row.record_offset,
    class: row.class,
  };
}
