import { limit, type NamedQuestion, type } from "./question.ts";

/** What is asked of all snapshots of an inventory together. */
export const FLEET_QUESTIONS = {
  nodes: {
    title: "all nodes, the fullest first: keys, memory, slots, and how many times the mean that is",
    sql: `SELECT snapshot, node, keys, bytes, used_memory AS used_bytes, used_memory_share AS used_share, over_mean, slots, same_as, relation
FROM nodes ORDER BY used_memory DESC, bytes DESC, snapshot`,
  },
  "fleet-types": {
    title: "keys and memory by type, of all snapshots together",
    sql: `SELECT type, count(DISTINCT snapshot) AS nodes, sum(keys) AS keys, sum(bytes) AS bytes,
  sum(bytes) * 1.0 / sum(sum(bytes)) OVER () AS bytes_share, max(max_bytes) AS max_bytes
FROM rollup GROUP BY type ORDER BY bytes DESC, type`,
  },
  "fleet-encodings": {
    title: "keys, memory and how much of it is data, by type and encoding, of all snapshots together",
    sql: `SELECT type, encoding, count(DISTINCT snapshot) AS nodes, sum(keys) AS keys, sum(bytes) AS bytes,
  sum(bytes) * 1.0 / sum(sum(bytes)) OVER () AS bytes_share, sum(payload_bytes) * 1.0 / sum(bytes) AS payload_share
FROM rollup GROUP BY type, encoding ORDER BY bytes DESC, type, encoding`,
  },
  "fleet-patterns": {
    title:
      "the patterns with the most memory, of all snapshots together, and the largest share that one node has",
    params: { limit: limit(20), type },
    sql: `SELECT pattern, count(*) AS nodes, sum(keys) AS keys, sum(bytes) AS bytes,
  sum(bytes) * 1.0 / sum(sum(bytes)) OVER () AS bytes_share, max(bytes) * 1.0 / sum(bytes) AS largest_node_share
FROM (SELECT snapshot, pattern, sum(keys) AS keys, sum(bytes) AS bytes FROM rollup
  WHERE :type IS NULL OR type = :type GROUP BY snapshot, pattern)
GROUP BY pattern ORDER BY bytes DESC, pattern LIMIT :limit`,
  },
  "fleet-ttl": {
    title: "the patterns with the most memory that never expires, of all snapshots together",
    params: { limit: limit(20) },
    sql: `SELECT pattern, sum(keys_without_ttl) AS keys, sum(keys) AS all_keys, sum(bytes) AS all_bytes
FROM rollup GROUP BY pattern HAVING sum(keys_without_ttl) > 0
ORDER BY sum(bytes) * 1.0 * sum(keys_without_ttl) / sum(keys) DESC, pattern LIMIT :limit`,
  },
  "fleet-top-keys": {
    title: "the biggest keys of all snapshots, and the nodes they are on",
    params: { limit: limit(20), type },
    sql: `SELECT k.bytes, k.type, k.elements, n.node, k.db, k.key
FROM big_keys k JOIN nodes n ON n.snapshot = k.snapshot
WHERE k.ranked_by = 'bytes' AND (:type IS NULL OR k.type = :type)
ORDER BY k.bytes DESC, k.snapshot, k.record_offset LIMIT :limit`,
  },
  "slot-owners": {
    title: "how many hash slots have keys in no snapshot, in one, and in several",
    sql: `SELECT owners, count(*) AS slots, sum(keys) AS keys, sum(bytes) AS bytes, min(slot) AS first_slot, max(slot) AS last_slot
FROM slot_owners GROUP BY owners ORDER BY owners`,
  },
  "same-data": {
    title: "snapshots that hold the same data, as a primary and its replica, which totals count twice",
    sql: `SELECT d.snapshot, n.node, d.same_as, o.node AS same_node, d.relation, d.offset_distance, d.seconds_apart
FROM same_data d JOIN nodes n ON n.snapshot = d.snapshot JOIN nodes o ON o.snapshot = d.same_as ORDER BY d.snapshot, d.same_as`,
    whenEmpty: "no two snapshots hold the same data, as far as replication ids and slots tell",
  },
  "failed-files": {
    title: "files that were given and are missing, and why",
    sql: "SELECT snapshot, path, code, byte_offset, message FROM failed_files ORDER BY snapshot",
    whenEmpty: "no file is missing",
  },
} as const satisfies Record<string, NamedQuestion>;
