import { type Column, column } from "./answer.ts";
import { LOWER_BOUND_SUMS, type LowerBounds } from "./lower-bounds.ts";
import { bucketsBy, quantilesOf } from "./quantiles.ts";
import { drawnSums, estimated } from "./sampling.ts";
import { type Scope, scopeParams, tallySource } from "./scope.ts";

/** What one type holds. Bytes are MEMORY USAGE's; quantiles are null where only key rows could tell. */
export type TypeRow = LowerBounds & {
  readonly type: string;
  readonly keys: number;
  readonly keys_share: number;
  readonly bytes: number;
  readonly bytes_share: number;
  readonly avg_bytes: number;
  readonly p50_bytes: number | null;
  readonly p95_bytes: number | null;
  readonly p99_bytes: number | null;
  readonly max_bytes: number;
  readonly heap_bytes: number;
  readonly payload_bytes: number;
  readonly serialized_bytes: number;
  /** Null for strings. */
  readonly elements: number | null;
  readonly max_elements: number | null;
  readonly keys_without_ttl: number;
  readonly expired: number;
};

export const TYPE_COLUMNS: readonly Column[] = [
  column("type", "Type", "text"),
  column("keys", "Keys", "count", { sum: true }),
  column("keys_share", "% keys", "share", { spare: true }),
  column("bytes", "Memory", "bytes", { sum: true, atLeast: "lower_bound_keys" }),
  column("bytes_share", "% mem", "share"),
  column("avg_bytes", "Average", "bytes", { spare: true }),
  column("p50_bytes", "p50", "bytes", { spare: true }),
  column("p95_bytes", "p95", "bytes", { spare: true }),
  column("p99_bytes", "p99", "bytes"),
  column("max_bytes", "Max", "bytes"),
  column("heap_bytes", "Heap", "bytes", { sum: true, machineOnly: true }),
  column("payload_bytes", "Payload", "bytes", { sum: true, machineOnly: true }),
  column("serialized_bytes", "In file", "bytes", { sum: true, machineOnly: true }),
  column("elements", "Elements", "count"),
  column("max_elements", "Most elements", "count", { machineOnly: true }),
  column("keys_without_ttl", "No TTL", "count", { sum: true }),
  column("expired", "Expired", "count", { sum: true, machineOnly: true }),
  column("lower_bound_keys", "≥", "count", { sum: true, machineOnly: true }),
  column("lower_bound_bytes", "≥", "bytes", { sum: true, machineOnly: true }),
];

const sql = (source: string, drawn: string) => `
  SELECT type, sum(keys) AS keys, sum(keys) * 1.0 / sum(sum(keys)) OVER () AS keys_share, sum(bytes) AS bytes,
    sum(bytes) * 1.0 / sum(sum(bytes)) OVER () AS bytes_share, round(sum(bytes) * 1.0 / sum(keys), 1) AS avg_bytes,
    max(max_bytes) AS max_bytes, sum(heap_bytes) AS heap_bytes, ${LOWER_BOUND_SUMS}, sum(payload_bytes) AS payload_bytes,
    sum(serialized_bytes) AS serialized_bytes,
    CASE WHEN type <> 'string' THEN sum(elements) END AS elements,
    CASE WHEN type <> 'string' THEN max(max_elements) END AS max_elements,
    sum(keys_without_ttl) AS keys_without_ttl, sum(expired) AS expired${drawn}
  FROM ${source} GROUP BY type ORDER BY bytes DESC, type`;

/** How keys and memory spread over types, the largest first. */
export function types(scope: Scope): TypeRow[] {
  const found = scope.inventory.all<TypeRow>(sql(tallySource(scope), drawnSums(scope)), scopeParams(scope));
  const rows = estimated(scope, found);
  const sizes = bucketsBy(scope, "type", "bytes");
  return rows.map((row) => {
    const at = quantilesOf(sizes.get(row.type), row.max_bytes);
    return { ...row, p50_bytes: at?.p50 ?? null, p95_bytes: at?.p95 ?? null, p99_bytes: at?.p99 ?? null };
  });
}
