import { limit, type NamedQuestion } from "./question.ts";

/** What the snapshots are. */
export const SNAPSHOT_QUESTIONS = {
  snapshots: {
    title: "the snapshots of the inventory, and the servers they are of",
    sql: `SELECT snapshot, path, server, server_version, rdb_version, created_at, file_bytes, keys, expired_keys, used_mem AS used_bytes,
  checksum, profile, salvaged
FROM snapshots ORDER BY snapshot`,
  },
  "server-fields": {
    title: "what the server wrote about itself",
    sql: "SELECT name, value FROM aux_fields WHERE snapshot = :snapshot ORDER BY rowid",
  },
  libraries: {
    title: "function libraries and data that modules keep outside of keys",
    sql: `SELECT 'function library' AS what, name, serialized_bytes FROM functions WHERE snapshot = :snapshot
UNION ALL SELECT 'module data', module, serialized_bytes FROM module_aux WHERE snapshot = :snapshot
ORDER BY serialized_bytes DESC, name`,
  },
  "lost-ranges": {
    title: "what a salvaged inventory lacks, and between which keys it stood",
    params: { limit: limit(100) },
    sql: `SELECT start_offset, end_offset - start_offset AS bytes, key_before, key_after, message
FROM lost_ranges WHERE snapshot = :snapshot ORDER BY start_offset LIMIT :limit`,
    whenEmpty: "nothing of the snapshot was lost",
  },
  warnings: {
    title: "what a reader of the figures should know",
    sql: "SELECT code, byte_offset, message FROM warnings WHERE snapshot = :snapshot ORDER BY rowid",
    whenEmpty: "there are no warnings",
  },
} as const satisfies Record<string, NamedQuestion>;
