import { db, limit, type NamedQuestion, type } from "./question.ts";

/** Where the memory is. */
export const MEMORY_QUESTIONS = {
  "used-memory": {
    title: "what used_memory is made of after loading, and what keys do not explain of the one saved",
    sql: `SELECT key_bytes, table_bytes, function_bytes, baseline_bytes, estimated_bytes,
  used_mem AS saved_bytes, unexplained_bytes
FROM memory WHERE snapshot = :snapshot`,
  },
  databases: {
    title: "keys and memory of each database",
    sql: `SELECT db, keys, keys_with_ttl, bytes, bytes * 1.0 / sum(bytes) OVER () AS bytes_share, table_bytes
FROM databases WHERE snapshot = :snapshot ORDER BY bytes DESC, db`,
  },
  types: {
    title: "keys and memory by type",
    params: { db },
    sql: `SELECT type, sum(keys) AS keys, sum(bytes) AS bytes, sum(bytes) * 1.0 / sum(sum(bytes)) OVER () AS bytes_share,
  sum(bytes) * 1.0 / sum(keys) AS average_bytes, max(max_bytes) AS max_bytes, nullif(sum(elements), 0) AS elements
FROM rollup WHERE snapshot = :snapshot AND (:db IS NULL OR db = :db)
GROUP BY type ORDER BY bytes DESC, type`,
  },
  encodings: {
    title: "keys, memory and how much of it is data, by type and encoding",
    params: { db },
    sql: `SELECT type, encoding, sum(keys) AS keys, sum(bytes) AS bytes, sum(bytes) * 1.0 / sum(sum(bytes)) OVER () AS bytes_share,
  sum(payload_bytes) * 1.0 / sum(bytes) AS payload_share
FROM rollup WHERE snapshot = :snapshot AND (:db IS NULL OR db = :db)
GROUP BY type, encoding ORDER BY bytes DESC, type, encoding`,
  },
  "size-classes": {
    title: "keys and memory by size of the key",
    params: { db, type },
    sql: `SELECT class_min_bytes AS from_bytes, class_max_bytes AS to_bytes, sum(keys) AS keys, sum(bytes) AS bytes,
  sum(bytes) * 1.0 / sum(sum(bytes)) OVER () AS bytes_share
FROM rollup
WHERE snapshot = :snapshot AND (:db IS NULL OR db = :db) AND (:type IS NULL OR type = :type)
GROUP BY size_class ORDER BY size_class`,
  },
  "settings-savings": {
    title: "what would be saved by raising a limit such as hash-max-listpack-entries, by pattern",
    params: { limit: limit(20) },
    sql: `SELECT evidence AS setting, raised_to, pattern, sum(keys) AS keys, sum(bytes) AS bytes, sum(saving_bytes) AS saving_bytes
FROM evidence WHERE snapshot = :snapshot AND raised_to IS NOT NULL
GROUP BY evidence, raised_to, pattern ORDER BY saving_bytes DESC, pattern LIMIT :limit`,
    whenEmpty: "no value is just beyond a limit that would pack it",
  },
  "string-savings": {
    title: "strings that compress, hold JSON, or are integers with formatting, by pattern",
    params: { limit: limit(20) },
    sql: `SELECT evidence AS strings, pattern, sum(keys) AS keys, sum(bytes) AS bytes, sum(saving_bytes) AS saving_bytes
FROM evidence WHERE snapshot = :snapshot AND raised_to IS NULL
GROUP BY evidence, pattern ORDER BY saving_bytes DESC, bytes DESC, pattern LIMIT :limit`,
  },
  slots: {
    title: "the hash slots with the most memory, and how many times the mean of all 16,384 that is",
    params: { limit: limit(20) },
    sql: `SELECT slot, keys, bytes, round(bytes * 16384.0 / sum(bytes) OVER (), 1) AS times_mean
FROM slots WHERE snapshot = :snapshot ORDER BY bytes DESC, slot LIMIT :limit`,
  },
} as const satisfies Record<string, NamedQuestion>;
