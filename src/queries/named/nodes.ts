import type { NamedQuestion } from "./question.ts";

/** What is asked of the snapshots of an inventory as nodes of a fleet. */
export const NODE_QUESTIONS = {
  nodes: {
    title: "all nodes, the fullest first: keys, memory, slots, and how many times the mean that is",
    sql: `SELECT snapshot, node, keys, bytes, used_memory AS used_bytes, used_memory_share AS used_share, over_mean, slots, same_as, relation
FROM nodes ORDER BY used_memory DESC, bytes DESC, snapshot`,
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
