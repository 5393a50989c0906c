import { type Column, column } from "./answer.ts";
import { LOWER_BOUND_SUMS, type LowerBounds } from "./lower-bounds.ts";
import { drawnSums, estimated } from "./sampling.ts";
import { type Scope, scopeParams, tallySource } from "./scope.ts";

/** What one encoding of one type holds. */
export type EncodingRow = LowerBounds & {
  readonly type: string;
  readonly encoding: string;
  readonly keys: number;
  readonly keys_share: number;
  readonly bytes: number;
  readonly bytes_share: number;
  readonly avg_bytes: number;
  readonly max_bytes: number;
  readonly heap_bytes: number;
  readonly payload_bytes: number;
  readonly serialized_bytes: number;
  /** Null for strings. */
  readonly elements: number | null;
  /** Bytes an element, key and all; null where there are no elements. */
  readonly bytes_per_element: number | null;
  /** Share of `bytes` that is not the data itself. */
  readonly overhead_share: number;
};

export const ENCODING_COLUMNS: readonly Column[] = [
  column("type", "Type", "text"),
  column("encoding", "Encoding", "text"),
  column("keys", "Keys", "count", { sum: true }),
  column("keys_share", "% keys", "share", { machineOnly: true }),
  column("bytes", "Memory", "bytes", { sum: true, atLeast: "lower_bound_keys" }),
  column("bytes_share", "% mem", "share"),
  column("avg_bytes", "Average", "bytes", { spare: true }),
  column("max_bytes", "Max", "bytes", { spare: true }),
  column("heap_bytes", "Heap", "bytes", { sum: true, machineOnly: true }),
  column("payload_bytes", "Payload", "bytes", { sum: true, spare: true }),
  column("serialized_bytes", "In file", "bytes", { sum: true, machineOnly: true }),
  column("elements", "Elements", "count"),
  column("bytes_per_element", "B/element", "number", { machineOnly: true }),
  column("overhead_share", "Overhead", "share"),
  column("lower_bound_keys", "≥", "count", { sum: true, machineOnly: true }),
  column("lower_bound_bytes", "≥", "bytes", { sum: true, machineOnly: true }),
];

const sql = (source: string, drawn: string) => `
  SELECT type, encoding, sum(keys) AS keys, sum(keys) * 1.0 / sum(sum(keys)) OVER () AS keys_share,
    sum(bytes) AS bytes, sum(bytes) * 1.0 / sum(sum(bytes)) OVER () AS bytes_share,
    round(sum(bytes) * 1.0 / sum(keys), 1) AS avg_bytes, max(max_bytes) AS max_bytes,
    sum(heap_bytes) AS heap_bytes, ${LOWER_BOUND_SUMS}, sum(payload_bytes) AS payload_bytes, sum(serialized_bytes) AS serialized_bytes,
    CASE WHEN type <> 'string' THEN sum(elements) END AS elements,
    CASE WHEN type <> 'string' AND sum(elements) > 0 THEN round(sum(bytes) * 1.0 / sum(elements), 1) END
      AS bytes_per_element,
    CASE WHEN sum(bytes) > 0 THEN max(0.0, 1 - sum(payload_bytes) * 1.0 / sum(bytes)) ELSE 0.0 END AS overhead_share${drawn}
  FROM ${source} GROUP BY type, encoding ORDER BY bytes DESC, type, encoding`;

/** How keys and memory spread over the servers' encodings, the largest first. */
export function encodings(scope: Scope): EncodingRow[] {
  const rows = scope.inventory.all<EncodingRow>(
    sql(tallySource(scope), drawnSums(scope)),
    scopeParams(scope),
  );
  return estimated(scope, rows);
}
