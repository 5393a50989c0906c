import { encodings } from "../queries/encodings.ts";
import { patterns } from "../queries/patterns.ts";
import type { Scope } from "../queries/scope.ts";
import { types } from "../queries/types.ts";
import { amountOf } from "./amount.ts";
import { shownLine, shownName } from "./names.ts";
import { firstOf } from "./rest.ts";
import type { Group, PatternGroup } from "./types.ts";

/** Types and encodings that are listed: servers have fewer, but modules may bring any number. */
const MOST_GROUPS = 60;

interface Tallied {
  readonly keys: number;
  readonly bytes: number;
  readonly lower_bound_keys: number;
  readonly bytes_share: number;
  readonly heap_bytes: number;
  readonly payload_bytes: number;
  readonly max_bytes: number;
  readonly elements: number | null;
}

function groupOf(name: string, row: Tallied): Group {
  return {
    name: shownName(name),
    ...amountOf(row),
    bytes_share: row.bytes_share ?? 0,
    heap_bytes: Math.round(row.heap_bytes),
    payload_bytes: Math.round(row.payload_bytes),
    overhead_bytes: Math.round(row.bytes) - Math.round(row.payload_bytes),
    max_bytes: row.max_bytes,
    elements: row.elements === null ? null : Math.round(row.elements),
  };
}

/** Keys and memory by type. */
export function typeGroups(scope: Scope) {
  return firstOf(
    types(scope).map((row) => groupOf(row.type, row)),
    MOST_GROUPS,
  );
}

/** Keys and memory by encoding; one that is named as its type bears that name alone. */
export function encodingGroups(scope: Scope) {
  const name = (type: string, encoding: string) => (type === encoding ? type : `${type} ${encoding}`);
  return firstOf(
    encodings(scope).map((row) => groupOf(name(row.type, row.encoding), row)),
    MOST_GROUPS,
  );
}

/** Keys and memory of the `most` largest patterns, and `bytes` of all, the largest first. */
export function patternGroups(scope: Scope, most: number) {
  const { rows } = patterns(scope, Number.MAX_SAFE_INTEGER);
  const all = rows.map(
    (row): PatternGroup => ({
      pattern: shownName(row.pattern),
      types: shownLine(row.types),
      encodings: shownLine(row.encodings),
      ...amountOf(row),
      bytes_share: row.bytes_share ?? 0,
      avg_bytes: row.avg_bytes,
      p50_bytes: row.p50_bytes,
      p99_bytes: row.p99_bytes,
      max_bytes: row.max_bytes,
      payload_bytes: Math.round(row.payload_bytes),
      overhead_bytes: Math.round(row.bytes) - Math.round(row.payload_bytes),
      keys_without_ttl: Math.round(row.keys_without_ttl),
      expired: Math.round(row.expired),
    }),
  );
  return { ...firstOf(all, most), bytes: rows.map(({ bytes }) => bytes) };
}
