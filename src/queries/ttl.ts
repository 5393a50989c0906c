import { type Column, column } from "./answer.ts";
import { keyRowFilters } from "./filters.ts";
import { expirySource, keySource, type Scope, scopeParams, tallySource } from "./scope.ts";

/** Keys whose time runs out in one span, counted from the snapshot's own time. */
export type TtlRow = {
  readonly ttl: string;
  /** Seconds left, from (inclusive) and to (exclusive); null where there is no such end. */
  readonly min_seconds: number | null;
  readonly max_seconds: number | null;
  readonly keys: number;
  readonly keys_share: number;
  readonly bytes: number;
  readonly bytes_share: number;
};

export const TTL_COLUMNS: readonly Column[] = [
  column("ttl", "Expires in", "text"),
  column("min_seconds", "From", "number", { machineOnly: true }),
  column("max_seconds", "To", "number", { machineOnly: true }),
  column("keys", "Keys", "count", { sum: true }),
  column("keys_share", "% keys", "share"),
  column("bytes", "Memory", "bytes", { sum: true }),
  column("bytes_share", "% mem", "share"),
];

const HOUR_MS = 3_600_000;

/** Spans by their end, in hours; `expired` and `no TTL` stand around them. */
const SPANS = [
  { ttl: "under 1 hour", hours: 1 },
  { ttl: "under 1 day", hours: 24 },
  { ttl: "under 7 days", hours: 24 * 7 },
  { ttl: "under 30 days", hours: 24 * 30 },
  { ttl: "later", hours: Number.POSITIVE_INFINITY },
] as const;

interface Amount {
  keys: number;
  bytes: number;
}

interface HourRow extends Amount {
  readonly hour: number;
}

interface TotalRow extends Amount {
  readonly without: number;
  readonly expired: number;
  readonly expired_bytes: number;
}

/**
 * How keys and memory spread over the time they have left. Expired keys and those without a TTL are exact; spans
 * are counted by the hour of expiry, so a key may be up to half an hour from its span's edge on the wrong side. With
 * filters that only key rows answer (the type is one of them here), all is exact.
 */
export function ttl(scope: Scope): TtlRow[] {
  const exact = keyRowFilters(scope.filters).length > 0 || scope.filters.types !== undefined;
  return exact ? fromKeyRows(scope) : fromExpiry(scope);
}

function fromExpiry(scope: Scope): TtlRow[] {
  const params = scopeParams(scope);
  const total = scope.inventory.get<TotalRow>(
    `SELECT coalesce(sum(keys), 0) AS keys, coalesce(sum(bytes), 0) AS bytes,
       coalesce(sum(keys_without_ttl), 0) AS without, coalesce(sum(expired), 0) AS expired,
       coalesce(sum(expired_bytes), 0) AS expired_bytes FROM ${tallySource(scope)}`,
    params,
  )!;
  const hours = scope.inventory.all<HourRow>(
    `SELECT hour, sum(keys) AS keys, sum(bytes) AS bytes FROM ${expirySource()} GROUP BY hour`,
    params,
  );
  const spans = SPANS.map((): Amount => ({ keys: 0, bytes: 0 }));
  const withTtl: Amount = { keys: 0, bytes: 0 };
  for (const { hour, keys, bytes } of hours) {
    const hoursLeft = (hour * HOUR_MS + HOUR_MS / 2 - scope.snapshot.created_at) / HOUR_MS;
    add(spans[SPANS.findIndex((span) => hoursLeft < span.hours)]!, keys, bytes);
    add(withTtl, keys, bytes);
  }
  const expired = { keys: total.expired, bytes: total.expired_bytes };
  add(spans[0]!, -expired.keys, -expired.bytes); // what has expired was counted among those that soon do
  const none = { keys: total.without, bytes: total.bytes - withTtl.bytes };
  return ttlRows(expired, spans, none);
}

function fromKeyRows(scope: Scope): TtlRow[] {
  const cases = SPANS.slice(0, -1).map(
    (s, i) => `WHEN expires_at < @createdAt + ${s.hours * HOUR_MS} THEN ${i}`,
  );
  const rows = scope.inventory.all<Amount & { span: number }>(
    `SELECT CASE WHEN expires_at IS NULL THEN -2 WHEN expired THEN -1 ${cases.join(" ")} ELSE ${cases.length} END
       AS span, count(*) AS keys, sum(bytes) AS bytes FROM ${keySource(scope)} GROUP BY span`,
    scopeParams(scope),
  );
  const at = (span: number): Amount => rows.find((row) => row.span === span) ?? { keys: 0, bytes: 0 };
  return ttlRows(
    at(-1),
    SPANS.map((_, i) => at(i)),
    at(-2),
  );
}

function ttlRows(expired: Amount, spans: readonly Amount[], none: Amount): TtlRow[] {
  const all = [expired, ...spans, none];
  const keys = all.reduce((sum, amount) => sum + amount.keys, 0);
  const bytes = all.reduce((sum, amount) => sum + amount.bytes, 0);
  const row = (name: string, min: number | null, max: number | null, amount: Amount): TtlRow => ({
    ttl: name,
    min_seconds: min,
    max_seconds: max === Number.POSITIVE_INFINITY ? null : max,
    keys: amount.keys,
    keys_share: keys > 0 ? amount.keys / keys : 0,
    bytes: amount.bytes,
    bytes_share: bytes > 0 ? amount.bytes / bytes : 0,
  });
  return [
    row("expired", null, 0, expired),
    ...SPANS.map((span, i) =>
      row(span.ttl, i === 0 ? 0 : SPANS[i - 1]!.hours * 3600, span.hours * 3600, spans[i]!),
    ),
    row("no TTL", null, null, none),
  ];
}

function add(amount: Amount, keys: number, bytes: number): void {
  amount.keys += keys;
  amount.bytes += bytes;
}
