import { limit, type NamedQuestion } from "./question.ts";

/** When memory comes back, and what nobody uses. */
export const EXPIRY_QUESTIONS = {
  "no-ttl": {
    title: "the patterns with the most memory that never expires",
    params: { limit: limit(20) },
    sql: `SELECT pattern, r.keys_without_ttl AS keys, r.bytes - coalesce(e.bytes, 0) AS bytes,
  r.keys_without_ttl * 1.0 / r.keys AS keys_share
FROM (SELECT pattern, sum(keys) AS keys, sum(keys_without_ttl) AS keys_without_ttl, sum(bytes) AS bytes
  FROM rollup WHERE snapshot = :snapshot GROUP BY pattern) AS r
LEFT JOIN (SELECT pattern, sum(bytes) AS bytes FROM expiry WHERE snapshot = :snapshot GROUP BY pattern) AS e USING (pattern)
WHERE r.keys_without_ttl > 0 ORDER BY bytes DESC, pattern LIMIT :limit`,
  },
  expired: {
    title: "keys that had expired and were still held, by pattern",
    params: { limit: limit(20) },
    sql: `SELECT pattern, sum(expired) AS keys, sum(expired_bytes) AS bytes
FROM rollup WHERE snapshot = :snapshot
GROUP BY pattern HAVING sum(expired) > 0 ORDER BY bytes DESC, pattern LIMIT :limit`,
    whenEmpty: "no key had expired at the snapshot's own time",
  },
  expiring: {
    title: "keys that expire soon after the snapshot, by pattern",
    params: {
      within: {
        type: "duration",
        default: "24h",
        meaning: "time from the snapshot on, by whole hours (beyond 45 days: days)",
      },
      limit: limit(20),
    },
    sql: `SELECT pattern, sum(e.keys) AS keys, sum(e.bytes) AS bytes
FROM expiry AS e JOIN snapshots AS s USING (snapshot)
WHERE snapshot = :snapshot AND ends_at > created_at AND ends_at <= created_at + :within
GROUP BY pattern ORDER BY bytes DESC, pattern LIMIT :limit`,
  },
  "expiry-by-hour": {
    title: "how many keys and bytes expire in each hour after the snapshot",
    params: { limit: limit(48) },
    sql: `SELECT starts_at AS after_at, ends_at AS until_at, sum(e.keys) AS keys, sum(e.bytes) AS bytes
FROM expiry AS e JOIN snapshots AS s USING (snapshot)
WHERE snapshot = :snapshot AND ends_at > created_at
GROUP BY starts_at, ends_at ORDER BY starts_at LIMIT :limit`,
  },
  "expiry-spikes": {
    title: "minutes in which many keys of a pattern expire together",
    params: {
      min_keys: { type: "number", default: "100", meaning: "keys in the minute at least" },
      limit: limit(20),
    },
    sql: `SELECT pattern, expires_at / 60000 * 60000 AS minute_at, count(*) AS keys, sum(bytes) AS bytes
FROM keys WHERE snapshot = :snapshot AND expires_at IS NOT NULL
GROUP BY pattern, minute_at HAVING count(*) >= :min_keys ORDER BY keys DESC, minute_at, pattern LIMIT :limit`,
  },
  "hot-keys": {
    title: "the keys with the highest LFU counters",
    params: { limit: limit(20) },
    sql: `SELECT freq, db, key, type, bytes, pattern
FROM hot_keys WHERE snapshot = :snapshot AND ranked_by = 'freq' ORDER BY rank LIMIT :limit`,
    whenEmpty:
      "the snapshot has no LFU counters: servers save them under maxmemory-policy allkeys-lfu or volatile-lfu",
  },
  idle: {
    title: "memory that nobody asked for in a while, by pattern",
    params: {
      idle: {
        type: "duration",
        default: "30d",
        meaning: "at least; counted by classes from 1m, 10m, 1h, 6h, 1d, 7d, 30d, 90d, 180d and 365d on",
      },
      limit: limit(20),
    },
    sql: `SELECT pattern, sum(keys) AS keys, sum(bytes) AS bytes
FROM access WHERE snapshot = :snapshot AND measure = 'idle_seconds' AND at_least >= :idle / 1000
GROUP BY pattern ORDER BY bytes DESC, pattern LIMIT :limit`,
    whenEmpty:
      "no key is idle that long, or the snapshot has no idle times: servers save them under allkeys-lru or volatile-lru",
  },
} as const satisfies Record<string, NamedQuestion>;
