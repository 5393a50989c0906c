import { db, limit, type NamedQuestion, pattern, type } from "./question.ts";

/** Keys themselves; most need a row a key. */
export const KEY_QUESTIONS = {
  "top-keys": {
    title: "the biggest keys by memory",
    params: { limit: limit(20), db, type, pattern },
    sql: `SELECT bytes, db, key, type, encoding, elements, expires_at, pattern
FROM keys
WHERE snapshot = :snapshot AND (:db IS NULL OR db = :db) AND (:type IS NULL OR type = :type)
  AND (:pattern IS NULL OR pattern = :pattern)
ORDER BY bytes DESC, record_offset LIMIT :limit`,
  },
  "most-elements": {
    title: "the keys with the most elements, of the 100 with most of each type",
    params: { limit: limit(20), type },
    sql: `SELECT elements, db, key, type, encoding, bytes, expires_at
FROM big_keys WHERE snapshot = :snapshot AND ranked_by = 'elements' AND (:type IS NULL OR type = :type)
ORDER BY elements DESC, record_offset LIMIT :limit`,
  },
  "largest-elements": {
    title: "the largest single elements, of the 100 biggest keys of each type",
    params: { limit: limit(20) },
    sql: `SELECT largest_element_bytes, type, elements, bytes, db, key, max(largest_element) AS largest_element
FROM big_keys WHERE snapshot = :snapshot AND elements IS NOT NULL
GROUP BY record_offset ORDER BY largest_element_bytes DESC, record_offset LIMIT :limit`,
  },
  "oversized-keys": {
    title:
      "every string over a size, and every other key over a number of elements (streams: ten times that)",
    params: {
      bytes: { type: "bytes", default: "1M", meaning: "bytes of a string at least" },
      elements: { type: "number", default: "10000", meaning: "elements of another key at least" },
      limit: limit(100),
    },
    sql: `SELECT db, key, type, bytes, elements, expires_at
FROM keys
WHERE snapshot = :snapshot AND CASE type WHEN 'string' THEN bytes >= :bytes
  WHEN 'stream' THEN elements >= :elements * 10 ELSE elements >= :elements END
ORDER BY bytes DESC, record_offset LIMIT :limit`,
  },
  "keys-like": {
    title: "keys whose name matches a GLOB of SQLite's, biggest first",
    params: {
      glob: { type: "text", meaning: "such as 'user:*'; without the backslashes of Redis" },
      limit: limit(100),
    },
    sql: `SELECT db, key, type, bytes, elements, expires_at
FROM keys WHERE snapshot = :snapshot AND key GLOB :glob ORDER BY bytes DESC, record_offset LIMIT :limit`,
  },
  key: {
    title: "everything that is known of a key",
    params: { key: { type: "key", meaning: "its name; in quotes as redis-cli has them if it is no text" } },
    sql: `SELECT db, key, type, encoding, bytes, heap_bytes, serialized_bytes, payload_bytes, elements, largest_element_bytes,
  expires_at, idle_seconds, freq, slot, pattern, record_offset, accuracy
FROM keys WHERE snapshot = :snapshot AND key = :key`,
  },
  accuracy: {
    title: "for how many keys sizes are exact, expected, lower bounds, or damaged, by type",
    sql: `SELECT accuracy, type, count(*) AS keys, sum(bytes) AS bytes
FROM keys WHERE snapshot = :snapshot GROUP BY accuracy, type ORDER BY keys DESC, accuracy, type`,
  },
} as const satisfies Record<string, NamedQuestion>;
