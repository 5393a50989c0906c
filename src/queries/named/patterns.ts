import { db, limit, type NamedQuestion, type } from "./question.ts";

/** What key-name patterns hold. */
export const PATTERN_QUESTIONS = {
  "top-patterns": {
    title: "the patterns with the most memory",
    params: { limit: limit(20), db, type },
    sql: `SELECT pattern, sum(keys) AS keys, sum(bytes) AS bytes, sum(bytes) * 1.0 / sum(sum(bytes)) OVER () AS bytes_share,
  sum(bytes) / sum(keys) AS average_bytes, max(max_bytes) AS max_bytes,
  sum(keys_without_ttl) * 1.0 / sum(keys) AS no_ttl_share
FROM rollup
WHERE snapshot = :snapshot AND (:db IS NULL OR db = :db) AND (:type IS NULL OR type = :type)
GROUP BY pattern ORDER BY bytes DESC, pattern LIMIT :limit`,
  },
  prefixes: {
    title: "keys and memory by the first segment of the pattern",
    params: {
      separator: { type: "text", default: ":", meaning: "what ends the segment" },
      limit: limit(20),
    },
    sql: `SELECT substr(pattern, 1, instr(pattern || :separator, :separator) - 1) AS prefix, count(DISTINCT pattern) AS patterns,
  sum(keys) AS keys, sum(bytes) AS bytes, sum(bytes) * 1.0 / sum(sum(bytes)) OVER () AS bytes_share
FROM rollup WHERE snapshot = :snapshot
GROUP BY prefix ORDER BY bytes DESC, prefix LIMIT :limit`,
  },
  overhead: {
    title: "the patterns with the most memory that is not data",
    params: { limit: limit(20) },
    sql: `SELECT pattern, sum(keys) AS keys, sum(bytes) AS bytes, sum(payload_bytes) AS payload_bytes,
  sum(bytes) - sum(payload_bytes) AS overhead_bytes, sum(payload_bytes) * 1.0 / sum(bytes) AS payload_share
FROM rollup WHERE snapshot = :snapshot
GROUP BY pattern ORDER BY overhead_bytes DESC, pattern LIMIT :limit`,
  },
  "long-names": {
    title: "the patterns with the most bytes of key names",
    params: { limit: limit(20) },
    sql: `SELECT pattern, sum(keys) AS keys, sum(name_bytes) AS name_bytes, round(sum(name_bytes) * 1.0 / sum(keys), 1) AS average_name,
  sum(name_bytes) * 1.0 / sum(bytes) AS bytes_share
FROM rollup WHERE snapshot = :snapshot
GROUP BY pattern ORDER BY name_bytes DESC, pattern LIMIT :limit`,
  },
  "many-small-keys": {
    title: "patterns of many keys that are small on average: candidates for buckets in hashes",
    params: {
      min_keys: { type: "number", default: "10000", meaning: "keys at least" },
      max_average: { type: "bytes", default: "200", meaning: "bytes of a key on average at most" },
      limit: limit(20),
    },
    sql: `SELECT pattern, sum(keys) AS keys, sum(bytes) AS bytes, sum(bytes) / sum(keys) AS average_bytes
FROM rollup WHERE snapshot = :snapshot
GROUP BY pattern HAVING sum(keys) >= :min_keys AND sum(bytes) / sum(keys) <= :max_average
ORDER BY keys DESC, pattern LIMIT :limit`,
  },
  "mixed-types": {
    title: "patterns whose keys are of several types",
    params: { limit: limit(20) },
    sql: `SELECT pattern, group_concat(DISTINCT type) AS types, sum(keys) AS keys, sum(bytes) AS bytes
FROM rollup WHERE snapshot = :snapshot
GROUP BY pattern HAVING count(DISTINCT type) > 1 ORDER BY bytes DESC, pattern LIMIT :limit`,
  },
} as const satisfies Record<string, NamedQuestion>;
