/** `PRAGMA application_id` of an inventory: "RDBS". */
export const APPLICATION_ID = 0x52444253;

/** `PRAGMA user_version`: grows when a table or view changes in a way that SQL users notice. */
export const SCHEMA_VERSION = 4;

/** Bytes of an inventory's pages: rows are some 70 bytes, and large pages keep the table shallow. */
export const PAGE_BYTES = 16384;

const SNAPSHOT_ID_BITS = 42;

/**
 * A key row's id is `(snapshot - 1) * 2^42 + record_offset`: ordered as the snapshot is, unique over several
 * snapshots, and the way back to the record. Below 2^53 always, as ids are doubles where they are made.
 */
export const SNAPSHOT_ID_SHIFT = 2 ** SNAPSHOT_ID_BITS;

/** Snapshots that one inventory may hold: the ids of more would not be exact. */
export const MAX_SNAPSHOTS = 2 ** (53 - SNAPSHOT_ID_BITS);

/** Upper bounds of the size classes, in bytes; the last class has none. */
export const SIZE_CLASS_BOUNDS = [
  64, 128, 256, 512, 1024, 2048, 5120, 10240, 20480, 51200, 102400, 204800, 512000, 1048576, 10485760,
  104857600,
] as const;

/** Growth of a sketch bucket: values of one bucket differ by at most 2%, so its middle is right within 1%. */
export const SKETCH_GAMMA = 1.02;

/** Lower bounds of the classes of idle times, in seconds. */
export const IDLE_BOUNDS = [
  0, 60, 600, 3600, 21600, 86400, 604800, 2592000, 7776000, 15552000, 31536000,
] as const;

/** Columns of `key_rows` behind its id, in the order in which the row writer gives them. */
export const KEY_COLUMNS = [
  "db INTEGER NOT NULL",
  "key ANY NOT NULL",
  "kind_id INTEGER NOT NULL REFERENCES kinds",
  "pattern_id INTEGER NOT NULL REFERENCES pattern_ids",
  "bytes INTEGER NOT NULL",
  "heap_bytes INTEGER NOT NULL",
  "serialized_bytes INTEGER NOT NULL",
  "payload_bytes INTEGER NOT NULL",
  "elements INTEGER",
  "largest_element_bytes INTEGER NOT NULL",
  "expires_at INTEGER",
  "idle_seconds INTEGER",
  "freq INTEGER",
  "slot INTEGER NOT NULL",
  "accuracy INTEGER NOT NULL",
] as const;

/** References are for people and tools that draw them: nothing enforces them while an inventory is made. */
const TABLES = `
CREATE TABLE key_rows (id INTEGER PRIMARY KEY, ${KEY_COLUMNS.join(", ")}) STRICT;
CREATE TABLE snapshot_rows (
  id INTEGER PRIMARY KEY, path TEXT NOT NULL, input TEXT NOT NULL, file_bytes INTEGER NOT NULL, fingerprint TEXT NOT NULL,
  magic TEXT NOT NULL, rdb_version INTEGER NOT NULL, server TEXT, server_version TEXT,
  created_at INTEGER NOT NULL, created_at_source TEXT NOT NULL, analyzed_at INTEGER NOT NULL,
  used_mem INTEGER, checksum TEXT NOT NULL, profile TEXT NOT NULL, profile_exact INTEGER NOT NULL,
  profile_measured INTEGER NOT NULL, allocator TEXT NOT NULL, settings TEXT NOT NULL, filters TEXT NOT NULL,
  pattern_settings TEXT NOT NULL, keys INTEGER NOT NULL,
  expired_keys INTEGER NOT NULL, stored_rows INTEGER NOT NULL, complete INTEGER NOT NULL,
  salvaged INTEGER NOT NULL, tool_version TEXT NOT NULL, hashed_names TEXT, sample_share REAL, sample_seed INTEGER,
  sample_certain_bytes INTEGER, sample_certain_keys INTEGER, sample_drawn_keys INTEGER, sample_drawn_from INTEGER,
  sample_weight REAL
) STRICT;
CREATE TABLE kinds (id INTEGER PRIMARY KEY, type TEXT NOT NULL, encoding TEXT NOT NULL, module TEXT) STRICT;
CREATE TABLE pattern_ids (id INTEGER PRIMARY KEY, pattern TEXT NOT NULL) STRICT;
CREATE TABLE size_classes (id INTEGER PRIMARY KEY, min_bytes INTEGER NOT NULL, max_bytes INTEGER) STRICT;
CREATE TABLE rollup_rows (
  snapshot INTEGER NOT NULL, db INTEGER NOT NULL, kind_id INTEGER NOT NULL REFERENCES kinds, pattern_id INTEGER NOT NULL REFERENCES pattern_ids,
  size_class INTEGER NOT NULL REFERENCES size_classes, weight REAL NOT NULL, keys ANY NOT NULL, keys_without_ttl ANY NOT NULL,
  expired ANY NOT NULL, bytes ANY NOT NULL, heap_bytes ANY NOT NULL,
  expired_bytes ANY NOT NULL, expired_heap_bytes ANY NOT NULL, serialized_bytes ANY NOT NULL,
  payload_bytes ANY NOT NULL, name_bytes ANY NOT NULL, elements ANY NOT NULL,
  lower_bound_keys ANY NOT NULL, lower_bound_bytes ANY NOT NULL, damaged_keys ANY NOT NULL,
  bytes_squares REAL NOT NULL, heap_squares REAL NOT NULL, payload_squares REAL NOT NULL,
  max_bytes INTEGER NOT NULL, max_elements INTEGER NOT NULL
) STRICT;
CREATE TABLE expiry_rows (
  snapshot INTEGER NOT NULL, db INTEGER NOT NULL, pattern_id INTEGER NOT NULL REFERENCES pattern_ids, starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL, weight REAL NOT NULL, keys ANY NOT NULL, bytes ANY NOT NULL, lower_bound_keys ANY NOT NULL,
  bytes_squares REAL NOT NULL
) STRICT;
CREATE TABLE sketch_rows (
  snapshot INTEGER NOT NULL, type TEXT, pattern_id INTEGER REFERENCES pattern_ids, measure TEXT NOT NULL, bucket INTEGER NOT NULL,
  keys ANY NOT NULL, value_sum ANY NOT NULL
) STRICT;
CREATE TABLE access_rows (
  snapshot INTEGER NOT NULL, db INTEGER NOT NULL, pattern_id INTEGER NOT NULL REFERENCES pattern_ids, measure TEXT NOT NULL,
  at_least INTEGER NOT NULL, keys ANY NOT NULL, bytes ANY NOT NULL
) STRICT;
CREATE TABLE evidence_rows (
  snapshot INTEGER NOT NULL, db INTEGER NOT NULL, pattern_id INTEGER NOT NULL REFERENCES pattern_ids, type TEXT NOT NULL,
  evidence TEXT NOT NULL, raised_to INTEGER, keys ANY NOT NULL, bytes ANY NOT NULL, heap_bytes ANY NOT NULL,
  saving_bytes ANY NOT NULL, saving_heap_bytes ANY NOT NULL, payload_bytes ANY NOT NULL,
  stored_bytes ANY NOT NULL, example_offset INTEGER NOT NULL
) STRICT;
CREATE TABLE slots (
  snapshot INTEGER NOT NULL, slot INTEGER NOT NULL, keys ANY NOT NULL, bytes ANY NOT NULL
) STRICT;
CREATE TABLE big_keys (
  snapshot INTEGER NOT NULL, ranked_by TEXT NOT NULL, type TEXT NOT NULL, rank INTEGER NOT NULL,
  db INTEGER NOT NULL, key ANY NOT NULL, encoding TEXT NOT NULL, bytes INTEGER NOT NULL, elements INTEGER,
  largest_element_bytes INTEGER NOT NULL, largest_element ANY, expires_at INTEGER, pattern TEXT NOT NULL,
  record_offset INTEGER NOT NULL, accuracy TEXT NOT NULL
) STRICT;
CREATE TABLE hot_keys (
  snapshot INTEGER NOT NULL, ranked_by TEXT NOT NULL, rank INTEGER NOT NULL, db INTEGER NOT NULL, key ANY NOT NULL,
  type TEXT NOT NULL, freq INTEGER, idle_seconds INTEGER, bytes INTEGER NOT NULL, pattern TEXT NOT NULL,
  record_offset INTEGER NOT NULL, accuracy TEXT NOT NULL
) STRICT;
CREATE TABLE databases (
  snapshot INTEGER NOT NULL, db INTEGER NOT NULL, keys INTEGER NOT NULL, keys_with_ttl INTEGER NOT NULL,
  bytes INTEGER NOT NULL, heap_bytes INTEGER NOT NULL, declared_keys INTEGER, declared_expires INTEGER,
  loaded_keys INTEGER NOT NULL, loaded_expires INTEGER NOT NULL, loaded_heap_bytes INTEGER NOT NULL,
  table_bytes INTEGER NOT NULL
) STRICT;
CREATE TABLE memory_rows (
  snapshot INTEGER NOT NULL, key_bytes INTEGER NOT NULL, table_bytes INTEGER NOT NULL,
  function_bytes INTEGER NOT NULL, baseline_bytes INTEGER NOT NULL
) STRICT;
CREATE TABLE functions (
  snapshot INTEGER NOT NULL, name TEXT NOT NULL, engine TEXT NOT NULL, serialized_bytes INTEGER NOT NULL,
  record_offset INTEGER NOT NULL
) STRICT;
CREATE TABLE module_aux (
  snapshot INTEGER NOT NULL, module TEXT NOT NULL, serialized_bytes INTEGER NOT NULL, record_offset INTEGER NOT NULL
) STRICT;
CREATE TABLE aux_fields (snapshot INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL) STRICT;
CREATE TABLE lost_ranges (
  snapshot INTEGER NOT NULL, start_offset INTEGER NOT NULL, end_offset INTEGER NOT NULL, code TEXT NOT NULL,
  message TEXT NOT NULL, records_after INTEGER NOT NULL, db INTEGER, key_before ANY, key_after ANY
) STRICT;
CREATE TABLE warnings (
  snapshot INTEGER NOT NULL, code TEXT NOT NULL, byte_offset INTEGER, message TEXT NOT NULL
) STRICT;
CREATE TABLE failed_files (
  snapshot INTEGER NOT NULL, path TEXT NOT NULL, code TEXT NOT NULL, byte_offset INTEGER, message TEXT NOT NULL
) STRICT;
CREATE TABLE node_rows (
  snapshot INTEGER NOT NULL, node TEXT NOT NULL, file_node TEXT NOT NULL, file_fingerprint TEXT, slots INTEGER NOT NULL, slot_ranges TEXT NOT NULL
) STRICT;
`;

/** Names of `accuracy` in `key_rows`. */
export const ACCURACY = ["exact", "expected", "lower bound", "damaged"] as const;

/**
 * SQL of the view `keys` over `rows`, which has the columns of the table `key_rows`: whoever has conditions that those can tell
 * puts them there, where they are looked at before anything is looked up.
 */
export function keysSql(rows: string): string {
  return `SELECT
  (k.id >> ${SNAPSHOT_ID_BITS}) + 1 AS snapshot, k.db AS db, k.key AS key, kinds.type AS type, kinds.encoding AS encoding,
  k.bytes AS bytes, k.heap_bytes AS heap_bytes, k.serialized_bytes AS serialized_bytes,
  k.payload_bytes AS payload_bytes, k.elements AS elements, k.largest_element_bytes AS largest_element_bytes,
  k.expires_at AS expires_at, k.expires_at IS NOT NULL AND k.expires_at <=
    (SELECT created_at FROM snapshot_rows WHERE id = (k.id >> ${SNAPSHOT_ID_BITS}) + 1) AS expired,
  k.idle_seconds AS idle_seconds, k.freq AS freq, k.slot AS slot, p.pattern AS pattern,
  k.id & ${SNAPSHOT_ID_SHIFT - 1} AS record_offset, kinds.module AS module,
  CASE k.accuracy ${ACCURACY.map((name, i) => `WHEN ${i} THEN '${name}'`).join(" ")} END AS accuracy,
  coalesce((SELECT iif(k.serialized_bytes >= sample_certain_bytes, 1, sample_weight) FROM snapshot_rows
    WHERE id = (k.id >> ${SNAPSHOT_ID_BITS}) + 1), 1) AS weight
FROM ${rows} k
LEFT JOIN pattern_ids p ON p.id = k.pattern_id
LEFT JOIN kinds ON kinds.id = k.kind_id`;
}

/**
 * Views with names in the place of ids; no functions of our own, so that any SQLite selects them. `keys` looks a row's pattern up
 * first, as that is what most filters are about, and the snapshot's time only where a key expires and somebody asks.
 */
const VIEWS = `
CREATE VIEW snapshots AS SELECT
  id AS snapshot, path, input, file_bytes, fingerprint, magic, rdb_version, server, server_version, created_at,
  created_at_source, analyzed_at, used_mem, checksum, profile, profile_exact, profile_measured, allocator, settings,
  filters, pattern_settings, keys, expired_keys, stored_rows, complete, salvaged, tool_version, hashed_names,
  sample_share, sample_seed, sample_certain_bytes, sample_certain_keys, sample_drawn_keys, sample_drawn_from, sample_weight
FROM snapshot_rows;
CREATE VIEW memory AS SELECT
  snapshot, key_bytes, table_bytes, function_bytes, baseline_bytes, estimated_bytes, used_mem,
  used_mem - estimated_bytes AS unexplained_bytes
FROM (SELECT *, key_bytes + table_bytes + function_bytes + baseline_bytes AS estimated_bytes FROM memory_rows)
LEFT JOIN snapshot_rows s ON s.id = snapshot;
CREATE VIEW keys AS ${keysSql("key_rows")};
CREATE VIEW rollup AS SELECT
  r.snapshot AS snapshot, r.db AS db, kinds.type AS type, kinds.encoding AS encoding, p.pattern AS pattern,
  r.size_class AS size_class, c.min_bytes AS class_min_bytes, c.max_bytes AS class_max_bytes, r.weight AS weight, r.keys AS keys,
  r.keys_without_ttl AS keys_without_ttl, r.expired AS expired, r.bytes AS bytes, r.heap_bytes AS heap_bytes,
  r.expired_bytes AS expired_bytes, r.expired_heap_bytes AS expired_heap_bytes,
  r.serialized_bytes AS serialized_bytes, r.payload_bytes AS payload_bytes,
  r.name_bytes AS name_bytes, r.elements AS elements,
  r.lower_bound_keys AS lower_bound_keys, r.lower_bound_bytes AS lower_bound_bytes, r.damaged_keys AS damaged_keys,
  r.bytes_squares AS bytes_squares, r.heap_squares AS heap_squares, r.payload_squares AS payload_squares,
  r.max_bytes AS max_bytes, r.max_elements AS max_elements
FROM rollup_rows r
LEFT JOIN kinds ON kinds.id = r.kind_id
LEFT JOIN pattern_ids p ON p.id = r.pattern_id
LEFT JOIN size_classes c ON c.id = r.size_class;
CREATE VIEW expiry AS SELECT
  e.snapshot AS snapshot, e.db AS db, p.pattern AS pattern, e.starts_at AS starts_at, e.ends_at AS ends_at,
  e.weight AS weight, e.keys AS keys, e.bytes AS bytes, e.lower_bound_keys AS lower_bound_keys,
  e.bytes_squares AS bytes_squares
FROM expiry_rows e LEFT JOIN pattern_ids p ON p.id = e.pattern_id;
CREATE VIEW evidence AS SELECT
  e.snapshot AS snapshot, e.db AS db, p.pattern AS pattern, e.type AS type, e.evidence AS evidence,
  e.raised_to AS raised_to, e.keys AS keys, e.bytes AS bytes, e.heap_bytes AS heap_bytes,
  e.saving_bytes AS saving_bytes, e.saving_heap_bytes AS saving_heap_bytes, e.payload_bytes AS payload_bytes,
  e.stored_bytes AS stored_bytes, e.example_offset AS example_offset
FROM evidence_rows e LEFT JOIN pattern_ids p ON p.id = e.pattern_id;
CREATE VIEW sketches AS SELECT
  s.snapshot AS snapshot, s.type AS type, p.pattern AS pattern, s.measure AS measure, s.bucket AS bucket,
  s.keys AS keys, s.value_sum AS value_sum
FROM sketch_rows s LEFT JOIN pattern_ids p ON p.id = s.pattern_id;
CREATE VIEW access AS SELECT
  a.snapshot AS snapshot, a.db AS db, p.pattern AS pattern, a.measure AS measure, a.at_least AS at_least,
  a.keys AS keys, a.bytes AS bytes
FROM access_rows a LEFT JOIN pattern_ids p ON p.id = a.pattern_id;
`;

/** Milliseconds within which a primary and its replica are taken to be saved, where one wants to save both. */
const NEAR_MS = 15 * 60_000;
/** A standalone server of so many keys has some in each slot, or nearly: who has not is a node of a cluster. */
const CLUSTERED = "slots < 16000 AND keys > 163840";

/** What is asked of all snapshots of an inventory together. */
const NODE_VIEWS = `
CREATE VIEW same_data AS
WITH node AS (SELECT s.id AS id, s.created_at AS created_at, s.fingerprint AS fingerprint, s.keys AS keys,
  (SELECT value FROM aux_fields WHERE snapshot = s.id AND name = 'repl-id') AS repl_id,
  (SELECT CAST(value AS INTEGER) FROM aux_fields WHERE snapshot = s.id AND name = 'repl-offset') AS repl_offset,
  n.slots AS slots, n.slot_ranges AS slot_ranges
  FROM snapshot_rows s LEFT JOIN node_rows n ON n.snapshot = s.id),
pair AS (SELECT a.id AS snapshot, b.id AS same_as, abs(a.repl_offset - b.repl_offset) AS offset_distance,
  abs(a.created_at - b.created_at) AS distance_ms, a.fingerprint = b.fingerprint AND a.keys > 0 AS same_file,
  a.repl_id = b.repl_id AS same_id, a.slots AS slots, min(a.keys, b.keys) AS keys
  FROM node a JOIN node b ON b.id < a.id AND (a.fingerprint = b.fingerprint OR a.repl_id = b.repl_id
    OR (a.repl_id IS NULL AND b.repl_id IS NULL AND a.slots = b.slots AND a.slot_ranges = b.slot_ranges)))
SELECT snapshot, same_as, relation, offset_distance, distance_ms / 1000 AS seconds_apart
FROM (SELECT *, CASE WHEN same_file THEN 'same file'
    WHEN same_id AND offset_distance = 0 THEN 'same offset'
    WHEN same_id AND distance_ms <= ${NEAR_MS} THEN 'minutes apart'
    WHEN same_id THEN 'series'
    WHEN ${CLUSTERED} AND distance_ms <= ${NEAR_MS} THEN 'same slots' END AS relation FROM pair)
WHERE relation IS NOT NULL;
CREATE VIEW nodes AS SELECT
  snapshot, node, path, created_at, keys, bytes, used_memory, used_memory * 1.0 / sum(used_memory) OVER () AS used_memory_share,
  used_memory * 1.0 / avg(used_memory) OVER () AS over_mean, slots, slot_ranges, same_as, relation
FROM (SELECT s.id AS snapshot, n.node AS node, s.path AS path, s.created_at AS created_at, s.keys AS keys,
    coalesce((SELECT sum(bytes) FROM databases WHERE snapshot = s.id), 0) AS bytes,
    iif(s.filters = '{}', m.key_bytes + m.table_bytes + m.function_bytes + m.baseline_bytes, NULL) AS used_memory,
    iif(s.sample_share IS NULL, n.slots, NULL) AS slots, iif(s.sample_share IS NULL, n.slot_ranges, NULL) AS slot_ranges,
    d.same_as AS same_as, d.relation AS relation
  FROM snapshot_rows s LEFT JOIN node_rows n ON n.snapshot = s.id LEFT JOIN memory_rows m ON m.snapshot = s.id
  LEFT JOIN (SELECT snapshot, same_as, relation, min(same_as + iif(relation = 'series', ${MAX_SNAPSHOTS}, 0))
    FROM same_data GROUP BY snapshot) d ON d.snapshot = s.id);
CREATE VIEW slot_owners AS
WITH RECURSIVE every(slot) AS (SELECT 0 UNION ALL SELECT slot + 1 FROM every WHERE slot < 16383)
SELECT every.slot AS slot, count(o.snapshot) AS owners, group_concat(o.snapshot) AS snapshots,
  coalesce(sum(o.keys), 0) AS keys, coalesce(sum(o.bytes), 0) AS bytes
FROM every LEFT JOIN (SELECT * FROM slots ORDER BY slot, snapshot) o ON o.slot = every.slot GROUP BY every.slot;
`;

/** The hash tag of `name`, as keyHashSlot() finds it (cluster.c): NULL where there is none, or an empty one. */
function hashTagSql(name: string): string {
  const rest = `substr(${name}, instr(${name}, '{') + 1)`;
  return `CASE WHEN instr(${name}, '{') > 0 AND instr(${rest}, '}') > 1 THEN substr(${rest}, 1, instr(${rest}, '}') - 1) END`;
}

/**
 * Views that have the same columns in datasets, whatever engine reads them: docs/fleet.md. Rows of a snapshot are next to each other:
 * `fleet_keys` reads them snapshot by snapshot.
 */
const FLEET_VIEWS = `
CREATE VIEW fleet_snapshots AS SELECT
  'default' AS cluster, date(s.created_at / 1000, 'unixepoch') AS date, n.file_node AS node, s.path AS path,
  s.created_at AS created_at, s.server AS server, s.server_version AS server_version, s.keys AS keys,
  s.expired_keys AS expired_keys, s.stored_rows AS stored_rows, s.used_mem AS used_mem,
  m.key_bytes + m.table_bytes + m.function_bytes + m.baseline_bytes AS estimated_bytes
FROM snapshot_rows s LEFT JOIN node_rows n ON n.snapshot = s.id LEFT JOIN memory_rows m ON m.snapshot = s.id;
CREATE VIEW fleet_rollup AS SELECT
  'default' AS cluster, date(s.created_at / 1000, 'unixepoch') AS date, n.file_node AS node, r.db AS db,
  kinds.type AS type, kinds.encoding AS encoding, p.pattern AS pattern, r.keys AS keys,
  r.keys_without_ttl AS keys_without_ttl, r.expired AS expired, r.bytes AS bytes, r.heap_bytes AS heap_bytes,
  r.expired_bytes AS expired_bytes, r.serialized_bytes AS serialized_bytes, r.payload_bytes AS payload_bytes,
  r.name_bytes AS name_bytes, r.elements AS elements
FROM snapshot_rows s JOIN rollup_rows r ON r.snapshot = s.id
LEFT JOIN node_rows n ON n.snapshot = s.id
LEFT JOIN kinds ON kinds.id = r.kind_id
LEFT JOIN pattern_ids p ON p.id = r.pattern_id;
CREATE VIEW fleet_keys AS SELECT
  'default' AS cluster, date(s.created_at / 1000, 'unixepoch') AS date, n.file_node AS node, k.db AS db, k.key AS key,
  iif(typeof(k.key) = 'text', k.key, NULL) AS key_text,
  iif(typeof(k.key) = 'text', ${hashTagSql("k.key")}, NULL) AS hash_tag,
  kinds.type AS type, kinds.encoding AS encoding, p.pattern AS pattern, k.bytes AS bytes, k.heap_bytes AS heap_bytes,
  k.serialized_bytes AS serialized_bytes, k.payload_bytes AS payload_bytes, k.elements AS elements,
  k.largest_element_bytes AS largest_element_bytes, k.expires_at AS expires_at, k.idle_seconds AS idle_seconds,
  k.freq AS freq, k.slot AS slot, k.id & ${SNAPSHOT_ID_SHIFT - 1} AS record_offset
FROM snapshot_rows s LEFT JOIN node_rows n ON n.snapshot = s.id
CROSS JOIN key_rows k ON k.id >= (s.id - 1) << ${SNAPSHOT_ID_BITS} AND k.id < s.id << ${SNAPSHOT_ID_BITS}
LEFT JOIN pattern_ids p ON p.id = k.pattern_id
LEFT JOIN kinds ON kinds.id = k.kind_id;
`;

/** Everything that makes an empty inventory. */
export const SCHEMA_SQL = `${TABLES}${VIEWS}${NODE_VIEWS}${FLEET_VIEWS}`;
