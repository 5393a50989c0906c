const HOUR_MS = 3_600_000;

/** Spans of time left, each from the end of the one before it (exclusive) to its own (inclusive). */
export const SPANS = [
  { name: "within 1 hour", short: "1 h", column: "within_1h", hours: 1 },
  { name: "within 24 hours", short: "24 h", column: "within_24h", hours: 24 },
  { name: "within 7 days", short: "7 d", column: "within_7d", hours: 24 * 7 },
  { name: "within 30 days", short: "30 d", column: "within_30d", hours: 24 * 30 },
  { name: "later", short: "Later", column: "later", hours: Number.POSITIVE_INFINITY },
] as const;

/** What spans are numbered with in SQL: before the first is what has expired, before that what never does. */
export const EXPIRED_SPAN = -1;
export const NO_TTL_SPAN = -2;

/** Ends of spans in ms from now, and now itself. */
const EDGES_MS = [0, ...SPANS.slice(0, -1).map(({ hours }) => hours * HOUR_MS)];

/** SQL of the number of the span that a time in ms since the epoch falls into, seen from `@now`. */
export function spanSql(time: string): string {
  const cases = EDGES_MS.map((ms, i) => `WHEN ${time} <= @now + ${ms} THEN ${i - 1}`);
  return `CASE WHEN ${time} IS NULL THEN ${NO_TTL_SPAN} ${cases.join(" ")} ELSE ${SPANS.length - 1} END`;
}

/** SQL of whether a range of times, (starts_at, ends_at], is in two spans. */
export const STRADDLES_SQL = `(${EDGES_MS.map((ms) => `(starts_at < @now + ${ms} AND ends_at > @now + ${ms})`).join(" OR ")})`;
