import { type Column, column, type Row } from "./answer.ts";
import { LOWER_BOUND_SUMS, type LowerBounds } from "./lower-bounds.ts";
import { bucketsBy, quantilesOf } from "./quantiles.ts";
import { addedSums, drawnSums, estimated, sampleOf } from "./sampling.ts";
import { type Scope, scopeParams, tallySource } from "./scope.ts";

/** What the keys of one name template hold. */
export type PatternRow = LowerBounds & {
  readonly pattern: string;
  /** The types its keys have, separated by commas. */
  readonly types: string;
  /** Their encodings, separated by commas. */
  readonly encodings: string;
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
  /** Payload over `bytes`: how efficiently memory is used. */
  readonly payload_share: number | null;
  readonly serialized_bytes: number;
  readonly elements: number;
  readonly keys_without_ttl: number;
  readonly no_ttl_share: number;
  readonly expired: number;
};

export const PATTERN_COLUMNS: readonly Column[] = [
  column("pattern", "Pattern", "key"),
  column("types", "Types", "text"),
  column("keys", "Keys", "count", { sum: true }),
  column("keys_share", "% keys", "share", { machineOnly: true }),
  column("bytes", "Memory", "bytes", { sum: true, atLeast: "lower_bound_keys" }),
  column("bytes_share", "% mem", "share"),
  column("avg_bytes", "Average", "bytes", { spare: true }),
  column("p50_bytes", "p50", "bytes", { spare: true }),
  column("p95_bytes", "p95", "bytes", { machineOnly: true }),
  column("p99_bytes", "p99", "bytes"),
  column("max_bytes", "Max", "bytes", { spare: true }),
  column("heap_bytes", "Heap", "bytes", { machineOnly: true }),
  column("payload_bytes", "Payload", "bytes", { machineOnly: true }),
  column("serialized_bytes", "In file", "bytes", { machineOnly: true }),
  column("elements", "Elements", "count", { machineOnly: true }),
  column("keys_without_ttl", "No TTL", "count", { machineOnly: true }),
  column("no_ttl_share", "No TTL", "share"),
  column("payload_share", "Payload", "share", { spare: true }),
  column("encodings", "Encodings", "text", { spare: true }),
  column("expired", "Expired", "count", { machineOnly: true }),
  column("lower_bound_keys", "≥", "count", { sum: true, machineOnly: true }),
  column("lower_bound_bytes", "≥", "bytes", { sum: true, machineOnly: true }),
];

/** What patterns can be ordered by. */
export const PATTERN_ORDERS = [
  "bytes",
  "keys",
  "avg_bytes",
  "max_bytes",
  "elements",
  "keys_without_ttl",
] as const;
export type PatternOrder = (typeof PATTERN_ORDERS)[number];

/** The largest patterns, and one line about all the others. */
export interface PatternAnswer {
  readonly rows: PatternRow[];
  readonly rest: Row | undefined;
}

const sql = (source: string, drawn: string) => `
  SELECT pattern, group_concat(DISTINCT type) AS types, group_concat(DISTINCT encoding) AS encodings, sum(keys) AS keys,
    sum(keys) * 1.0 / sum(sum(keys)) OVER () AS keys_share, sum(bytes) AS bytes,
    sum(bytes) * 1.0 / sum(sum(bytes)) OVER () AS bytes_share, round(sum(bytes) * 1.0 / sum(keys), 1) AS avg_bytes,
    max(max_bytes) AS max_bytes, sum(heap_bytes) AS heap_bytes, ${LOWER_BOUND_SUMS}, sum(payload_bytes) AS payload_bytes,
    sum(payload_bytes) * 1.0 / nullif(sum(bytes), 0) AS payload_share,
    sum(serialized_bytes) AS serialized_bytes, sum(elements) AS elements,
    sum(keys_without_ttl) AS keys_without_ttl, sum(keys_without_ttl) * 1.0 / sum(keys) AS no_ttl_share,
    sum(expired) AS expired${drawn}
  FROM ${source} GROUP BY pattern`;

/** How keys and memory spread over key-name templates: the `largest` ones by `order`. */
export function patterns(scope: Scope, largest: number, order: PatternOrder = "bytes"): PatternAnswer {
  const all = scope.inventory.all<PatternRow>(
    `${sql(tallySource(scope), drawnSums(scope))} ORDER BY ${order} DESC, pattern`,
    scopeParams(scope),
  );
  const sizes = bucketsBy(scope, "pattern", "bytes");
  const rows = estimated(scope, all.slice(0, largest)).map((row) => {
    const at = quantilesOf(sizes.get(row.pattern), row.max_bytes);
    return { ...row, p50_bytes: at?.p50 ?? null, p95_bytes: at?.p95 ?? null, p99_bytes: at?.p99 ?? null };
  });
  return { rows, rest: restOf(scope, all.slice(largest)) };
}

function restOf(scope: Scope, others: readonly PatternRow[]): Row | undefined {
  if (others.length === 0) return undefined;
  const sum = (of: (row: PatternRow) => number) => others.reduce((total, row) => total + of(row), 0);
  const keys = sum((row) => row.keys);
  const bytes = sum((row) => row.bytes);
  const rest = {
    pattern: `(${others.length} more)`,
    types: "",
    encodings: "",
    keys,
    bytes,
    lower_bound_keys: sum((row) => row.lower_bound_keys),
    bytes_share: sum((row) => row.bytes_share),
    avg_bytes: bytes / keys,
    p50_bytes: null,
    p99_bytes: null,
    payload_share: sum((row) => row.payload_bytes) / bytes,
    max_bytes: others.reduce((max, row) => Math.max(max, row.max_bytes), 0),
    no_ttl_share: sum((row) => row.keys_without_ttl) / keys,
    ...(sampleOf(scope.snapshot) && addedSums(others)),
  };
  return estimated<Row>(scope, [rest])[0];
}
