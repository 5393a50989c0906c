import { memory } from "../queries/memory.ts";
import type { Scope } from "../queries/scope.ts";
import type { TotalsRow } from "../queries/summary.ts";
import type { UsedMemory } from "./types.ts";

/** What used_memory is made of; null where only a part of the keys is looked at. */
export function usedMemoryOf(scope: Scope, totals: TotalsRow): UsedMemory | null {
  const row = memory(scope);
  if (row === undefined) return null;
  const data = Math.min(row.key_bytes, loadedPayload(totals, row.key_bytes));
  const error = totals.heap_bytes_error;
  const isWhole = row.comparable === 1 && scope.snapshot.complete === 1;
  return {
    data_bytes: data,
    data_is_estimate: totals.expired > 0,
    overhead_bytes: row.key_bytes - data,
    table_bytes: row.table_bytes,
    function_bytes: row.function_bytes,
    baseline_bytes: row.baseline_bytes,
    estimated_bytes: row.estimated_bytes,
    ...(error !== undefined && { estimated_error: error === null ? null : Math.round(error) }),
    saved_bytes: row.used_mem,
    comparable: isWhole,
    unexplained_bytes: isWhole ? row.unexplained_bytes : null,
  };
}

/** Payload of the keys that a server loads: of all, but for the part of the heap that has expired. */
function loadedPayload({ payload_bytes: payload, heap_bytes: heap, expired }: TotalsRow, loaded: number) {
  return Math.round(expired === 0 || heap === 0 ? payload : (payload * Math.min(loaded, heap)) / heap);
}
