import { limit, type NamedQuestion } from "./question.ts";

const ROWS = 20;
const LIMIT = { limit: limit(ROWS) };
const LIMIT_CLAUSE = new RegExp(`\\bLIMIT ${ROWS}$`);

/**
 * What the owner of a cluster asks, of one inventory of all its nodes or of a dataset. Their SQL is that which SQLite, DuckDB, Spark,
 * Trino and ClickHouse all have: no division of whole numbers, no functions of dates or texts, columns qualified where an alias
 * has their name, no parameters but how many rows are shown, which stands in the text. What is said in each dialect's own words stands
 * in the views `fleet_…`. Questions without a date are of the last.
 */
export const FLEET_QUESTIONS = {
  "node-memory": {
    title: "memory of each node, and its share of the cluster's",
    sql: `SELECT n.node, n.keys, n.bytes, CAST(n.bytes AS DOUBLE) / c.bytes AS bytes_share
FROM (SELECT r.cluster, r.node, sum(r.keys) AS keys, sum(r.bytes) AS bytes
      FROM fleet_rollup r WHERE r.date = (SELECT max(s.date) FROM fleet_snapshots s)
      GROUP BY r.cluster, r.node) n
JOIN (SELECT r.cluster, sum(r.bytes) AS bytes
      FROM fleet_rollup r WHERE r.date = (SELECT max(s.date) FROM fleet_snapshots s)
      GROUP BY r.cluster) c ON c.cluster = n.cluster
ORDER BY n.bytes DESC, n.cluster, n.node`,
  },
  "cluster-patterns": {
    title: "the patterns with the most memory over all nodes",
    params: LIMIT,
    sql: `SELECT r.pattern, count(DISTINCT r.node) AS nodes, sum(r.keys) AS keys, sum(r.bytes) AS bytes,
  sum(r.payload_bytes) AS payload_bytes
FROM fleet_rollup r
WHERE r.date = (SELECT max(s.date) FROM fleet_snapshots s)
GROUP BY r.pattern ORDER BY sum(r.bytes) DESC, r.pattern LIMIT 20`,
  },
  "cluster-no-ttl": {
    title: "the patterns with the most memory that never expires, over all nodes",
    params: LIMIT,
    sql: `SELECT k.pattern, count(*) AS keys, sum(k.bytes) AS bytes
FROM fleet_keys k
WHERE k.expires_at IS NULL AND k.date = (SELECT max(s.date) FROM fleet_snapshots s)
GROUP BY k.pattern ORDER BY sum(k.bytes) DESC, k.pattern LIMIT 20`,
  },
  "cluster-top-keys": {
    title: "the biggest keys of all nodes",
    params: LIMIT,
    sql: `SELECT k.bytes, k.node, k.db, k.key, k.type, k.encoding, k.elements, k.pattern
FROM fleet_keys k
WHERE k.date = (SELECT max(s.date) FROM fleet_snapshots s)
ORDER BY k.bytes DESC, k.cluster, k.node, k.record_offset LIMIT 20`,
  },
  "cluster-encodings": {
    title: "keys and memory by type and encoding, over all nodes",
    sql: `SELECT r.type, r.encoding, sum(r.keys) AS keys, sum(r.bytes) AS bytes,
  CAST(sum(r.payload_bytes) AS DOUBLE) / sum(r.bytes) AS payload_share
FROM fleet_rollup r
WHERE r.date = (SELECT max(s.date) FROM fleet_snapshots s)
GROUP BY r.type, r.encoding ORDER BY sum(r.bytes) DESC, r.type, r.encoding`,
  },
  "cluster-expiry": {
    title: "memory that expires on each day (UTC), over all nodes",
    sql: `SELECT k.expires_at - k.expires_at % 86400000 AS day_at, count(*) AS keys, sum(k.bytes) AS bytes
FROM fleet_keys k
WHERE k.expires_at IS NOT NULL AND k.date = (SELECT max(s.date) FROM fleet_snapshots s)
GROUP BY k.expires_at - k.expires_at % 86400000 ORDER BY day_at`,
  },
  "cluster-cold": {
    title: "memory that nobody asked for in 30 days, by pattern, over all nodes",
    params: LIMIT,
    sql: `SELECT k.pattern, sum(CASE WHEN k.idle_seconds >= 2592000 THEN 1 ELSE 0 END) AS cold_keys,
  sum(CASE WHEN k.idle_seconds >= 2592000 THEN k.bytes ELSE 0 END) AS cold_bytes, sum(k.bytes) AS bytes
FROM fleet_keys k
WHERE k.idle_seconds IS NOT NULL AND k.date = (SELECT max(s.date) FROM fleet_snapshots s)
GROUP BY k.pattern ORDER BY cold_bytes DESC, k.pattern LIMIT 20`,
  },
  "cluster-slots": {
    title: "the heaviest hash slots, and how many times the mean of all 16,384 that is",
    params: LIMIT,
    sql: `SELECT h.slot, h.node, h.keys, h.bytes, round(16384 * CAST(h.bytes AS DOUBLE) / t.bytes, 1) AS times_mean
FROM (SELECT k.cluster, k.slot, min(k.node) AS node, count(*) AS keys, sum(k.bytes) AS bytes FROM fleet_keys k
      WHERE k.date = (SELECT max(s.date) FROM fleet_snapshots s) GROUP BY k.cluster, k.slot) h
JOIN (SELECT k.cluster, sum(k.bytes) AS bytes FROM fleet_keys k
      WHERE k.date = (SELECT max(s.date) FROM fleet_snapshots s) GROUP BY k.cluster) t ON t.cluster = h.cluster
ORDER BY h.bytes DESC, h.slot LIMIT 20`,
  },
  "cluster-hash-tags": {
    title: "the hash tags with the most memory",
    params: LIMIT,
    sql: `SELECT k.hash_tag, k.slot, count(*) AS keys, sum(k.bytes) AS bytes
FROM fleet_keys k
WHERE k.hash_tag IS NOT NULL AND k.date = (SELECT max(s.date) FROM fleet_snapshots s)
GROUP BY k.hash_tag, k.slot ORDER BY sum(k.bytes) DESC, k.hash_tag LIMIT 20`,
  },
  "cluster-growth": {
    title: "what grew from the first date to the last, by pattern",
    params: LIMIT,
    sql: `SELECT r.pattern, sum(CASE WHEN r.date = d.last_date THEN r.bytes ELSE -r.bytes END) AS grown_bytes,
  sum(CASE WHEN r.date = d.last_date THEN r.keys ELSE -r.keys END) AS grown_keys
FROM fleet_rollup r
JOIN (SELECT min(s.date) AS first_date, max(s.date) AS last_date FROM fleet_snapshots s) d
  ON r.date = d.first_date OR r.date = d.last_date
WHERE d.first_date < d.last_date
GROUP BY r.pattern ORDER BY grown_bytes DESC, r.pattern LIMIT 20`,
  },
  "cluster-twice": {
    title: "patterns of keys that more than one node has: a replica beside its primary, or a slot that moves",
    params: LIMIT,
    sql: `SELECT t.pattern, count(*) AS names, sum(t.bytes) AS bytes
FROM (SELECT k.cluster, k.db, k.key, min(k.pattern) AS pattern, sum(k.bytes) AS bytes FROM fleet_keys k
      WHERE k.date = (SELECT max(s.date) FROM fleet_snapshots s)
      GROUP BY k.cluster, k.db, k.key HAVING count(DISTINCT k.node) > 1) t
GROUP BY t.pattern ORDER BY sum(t.bytes) DESC, t.pattern LIMIT 20`,
  },
} as const satisfies Record<string, NamedQuestion>;

/** The SQL of such a question with as many rows. */
export function withLimit(sql: string, rows: number): string {
  return sql.replace(LIMIT_CLAUSE, `LIMIT ${rows}`);
}

/** Names of the questions that a dataset can be asked. */
export const DATASET_QUESTIONS: readonly string[] = Object.keys(FLEET_QUESTIONS);
