import { type Column, column, type Section } from "./answer.ts";
import { notesOf } from "./notes.ts";
import { type DrawnSums, drawnSums, estimateColumns, estimated, sampleOf } from "./sampling.ts";
import {
  amountSource,
  expirySource,
  isAnsweredByRows,
  type Scope,
  scopeParams,
  tallySource,
} from "./scope.ts";
import { EXPIRED_SPAN, NO_TTL_SPAN, SPANS, STRADDLES_SQL, spanSql } from "./spans.ts";
import { ttlByPattern } from "./ttl-patterns.ts";
import { counted } from "./words.ts";

/** Keys whose time runs out in one span, counted from the snapshot's own time or the one that was asked for. */
export type TtlRow = {
  readonly ttl: string;
  /** Seconds left, from (exclusive) and to (inclusive); null where there is no such end. */
  readonly min_seconds: number | null;
  readonly max_seconds: number | null;
  readonly keys: number;
  readonly keys_share: number;
  readonly bytes: number;
  readonly bytes_share: number;
  /** Of these keys `bytes` is a lower bound. */
  readonly lower_bound_keys: number;
};

const TTL_COLUMNS: readonly Column[] = [
  column("ttl", "Expires in", "text"),
  column("min_seconds", "From", "number", { machineOnly: true }),
  column("max_seconds", "To", "number", { machineOnly: true }),
  column("keys", "Keys", "count", { sum: true }),
  column("keys_share", "% keys", "share"),
  column("bytes", "Memory", "bytes", { sum: true, atLeast: "lower_bound_keys" }),
  column("bytes_share", "% mem", "share"),
  column("lower_bound_keys", "≥", "count", { sum: true, machineOnly: true }),
];

/** What the question may be asked besides its scope. */
export interface TtlOptions {
  readonly largest: number;
  /** Milliseconds since the epoch; the snapshot's own time where it is not given. */
  readonly now?: number | undefined;
  readonly byPattern?: boolean | undefined;
}

/** Keys and memory of one span, by its number; of one pattern where it is asked by pattern. Of a sample, what was drawn too. */
export interface SpanAmount extends DrawnSums {
  readonly span: number;
  readonly pattern: string;
  readonly keys: number;
  readonly bytes: number;
  readonly lower_bound_keys: number;
}

const NOTHING: Omit<SpanAmount, "span" | "pattern"> = {
  keys: 0,
  bytes: 0,
  lower_bound_keys: 0,
  certain_keys: 0,
  drawn_keys: 0,
  drawn_bytes: 0,
  bytes_squares: 0,
};

/** The tables of the answer, with what their reader has to know. */
export function ttlSections(scope: Scope, options: TtlOptions): Section[] {
  const notes = [...notesOf(scope), ...timeNotes(scope, options.now)];
  if (options.byPattern !== true) {
    return [
      {
        name: "ttl",
        title: "By time to live",
        columns: estimateColumns(scope, TTL_COLUMNS),
        rows: ttl(scope, options.now),
        notes,
      },
    ];
  }
  return [{ ...ttlByPattern(spanAmounts(scope, options.now, true), options.largest), notes }];
}

/** How keys and memory spread over the time they have left at `now`. */
export function ttl(scope: Scope, now?: number): TtlRow[] {
  const amounts = spanAmounts(scope, now, false);
  const keys = amounts.reduce((sum, amount) => sum + amount.keys, 0);
  const bytes = amounts.reduce((sum, amount) => sum + amount.bytes, 0);
  const errors = ({ certain_keys, drawn_keys, drawn_bytes, bytes_squares }: DrawnSums) =>
    estimated(scope, [{ certain_keys, drawn_keys, drawn_bytes, bytes_squares }])[0];
  const row = (name: string, span: number, min: number | null, max: number | null): TtlRow => {
    const amount = amounts.find((one) => one.span === span) ?? NOTHING;
    return {
      ttl: name,
      min_seconds: min,
      max_seconds: max === Number.POSITIVE_INFINITY ? null : max,
      keys: amount.keys,
      keys_share: keys > 0 ? amount.keys / keys : 0,
      bytes: amount.bytes,
      bytes_share: bytes > 0 ? amount.bytes / bytes : 0,
      lower_bound_keys: amount.lower_bound_keys,
      ...errors(amount),
    };
  };
  return [
    row("expired", EXPIRED_SPAN, null, 0),
    ...SPANS.map(({ name, hours }, i) =>
      row(name, i, i === 0 ? 0 : SPANS[i - 1]!.hours * 3600, hours * 3600),
    ),
    row("no TTL", NO_TTL_SPAN, null, null),
  ];
}

/**
 * Keys and memory by span. From the table `expiry`, whose buckets begin and end where spans do at the snapshot's own
 * time; at another time what an hour has in it is counted where the middle of the hour is, but from key rows where
 * there are few of them, or a filter asks for them (the type is one here).
 */
function spanAmounts(scope: Scope, now: number | undefined, byPattern: boolean): SpanAmount[] {
  const params = { ...scopeParams(scope), now: now ?? scope.snapshot.created_at };
  const pattern = byPattern ? "pattern" : "'' AS pattern";
  const sums = `sum(keys) AS keys, sum(bytes) AS bytes, sum(lower_bound_keys) AS lower_bound_keys${drawnSums(scope)}`;
  if (readsRows(scope, now)) {
    return scope.inventory.all<SpanAmount>(
      `SELECT ${spanSql("expires_at")} AS span, ${pattern}, ${sums} FROM ${amountSource(scope)} GROUP BY 1, 2`,
      params,
    );
  }
  const expiring = `SELECT ${spanSql("(starts_at + ends_at) / 2")} AS span, ${pattern}, ${sums} FROM ${expirySource()} GROUP BY 1, 2`;
  const isSample = sampleOf(scope.snapshot) !== undefined;
  const left = isSample
    ? ["bytes", "lower_bound_keys", "drawn_bytes", "bytes_squares"]
    : ["bytes", "lower_bound_keys"];
  const minus = (name: string) => `t.${name} - coalesce(e.${name}, 0) AS ${name}`;
  const withoutExpiring = isSample
    ? [...left.slice(0, 2).map(minus), "t.certain_keys", "t.drawn_keys", ...left.slice(2).map(minus)]
    : left.map(minus);
  return scope.inventory.all<SpanAmount>(
    `WITH expiring AS (${expiring})
     SELECT * FROM expiring UNION ALL
     SELECT ${NO_TTL_SPAN} AS span, t.pattern, t.keys, ${withoutExpiring.join(", ")}
     FROM (SELECT ${pattern}, sum(keys_without_ttl) AS keys, sum(bytes) AS bytes,
         sum(lower_bound_keys) AS lower_bound_keys${drawnSums(scope, "keys_without_ttl")}
       FROM ${tallySource(scope)} GROUP BY 1) t
     LEFT JOIN (SELECT pattern, ${left.map((name) => `sum(${name}) AS ${name}`).join(", ")} FROM expiring GROUP BY 1) e
       USING (pattern)
     WHERE t.keys > 0`,
    params,
  );
}

function readsRows(scope: Scope, now: number | undefined): boolean {
  const atAnotherTime = now !== undefined && now !== scope.snapshot.created_at;
  return scope.filters.types !== undefined || isAnsweredByRows(scope, atAnotherTime);
}

/** Which time spans begin at, where that is not the snapshot's own, and what is not exact for it. */
function timeNotes(scope: Scope, now: number | undefined): string[] {
  const { created_at: createdAt, created_at_source: source } = scope.snapshot;
  const at = now ?? createdAt;
  const told = new Date(at)
    .toISOString()
    .replace("T", " ")
    .replace(/\.000Z$|Z$/, " UTC");
  if (now === undefined)
    return source === "file" ? [`at ${told}, the file's time: the snapshot has none`] : [];
  return [`at ${told} (--now)`, ...(readsRows(scope, now) ? [] : straddlingNotes(scope, at))];
}

function straddlingNotes(scope: Scope, now: number): string[] {
  const { keys } = scope.inventory.get<{ keys: number }>(
    `SELECT coalesce(sum(keys), 0) AS keys FROM ${expirySource()} WHERE ${STRADDLES_SQL}`,
    { ...scopeParams(scope), now },
  )!;
  if (keys === 0) return [];
  return [
    `counted by the hour: up to ${counted(keys, "key")} may belong to the span before or behind theirs`,
  ];
}
