-- Spark SQL 3.4 or later, with the dataset in s3a://BUCKET/fleet. New partitions: ALTER TABLE rdb_keys RECOVER PARTITIONS,
-- and the same of the other two.

CREATE TABLE rdb_keys (
  db BIGINT, key BINARY, type STRING, encoding STRING, bytes BIGINT, heap_bytes BIGINT,
  serialized_bytes BIGINT, payload_bytes BIGINT, elements BIGINT, largest_element_bytes BIGINT,
  expires_at TIMESTAMP, expired BOOLEAN, idle_seconds BIGINT, freq INT, slot INT, pattern STRING,
  record_offset BIGINT, module STRING, accuracy STRING, cluster STRING, date STRING, node STRING
) USING parquet PARTITIONED BY (cluster, date, node) LOCATION 's3a://BUCKET/fleet/keys';

ALTER TABLE rdb_keys RECOVER PARTITIONS;

CREATE TABLE rdb_rollup (
  db BIGINT, type STRING, encoding STRING, pattern STRING, size_class INT, class_min_bytes BIGINT,
  class_max_bytes BIGINT, weight DOUBLE, keys BIGINT, keys_without_ttl BIGINT, expired BIGINT, bytes BIGINT,
  heap_bytes BIGINT, expired_bytes BIGINT, expired_heap_bytes BIGINT, serialized_bytes BIGINT,
  payload_bytes BIGINT, name_bytes BIGINT, elements BIGINT, lower_bound_keys BIGINT, lower_bound_bytes BIGINT,
  damaged_keys BIGINT, bytes_squares DOUBLE, heap_squares DOUBLE, payload_squares DOUBLE, max_bytes BIGINT,
  max_elements BIGINT, cluster STRING, date STRING, node STRING
) USING parquet PARTITIONED BY (cluster, date, node) LOCATION 's3a://BUCKET/fleet/rollup';

ALTER TABLE rdb_rollup RECOVER PARTITIONS;

CREATE TABLE rdb_snapshots (
  path STRING, input STRING, file_bytes BIGINT, fingerprint STRING, magic STRING, rdb_version BIGINT,
  server STRING, server_version STRING, created_at TIMESTAMP, created_at_source STRING, used_mem BIGINT,
  checksum STRING, profile STRING, profile_exact BOOLEAN, profile_measured BOOLEAN, allocator STRING,
  settings STRING, filters STRING, pattern_settings STRING, keys BIGINT, expired_keys BIGINT,
  stored_rows BIGINT, complete BOOLEAN, salvaged BOOLEAN, tool_version STRING, hashed_names STRING,
  sample_share DOUBLE, sample_seed BIGINT, sample_certain_bytes BIGINT, sample_certain_keys BIGINT,
  sample_drawn_keys BIGINT, sample_drawn_from BIGINT, sample_weight DOUBLE, key_bytes BIGINT,
  table_bytes BIGINT, function_bytes BIGINT, baseline_bytes BIGINT, estimated_bytes BIGINT,
  unexplained_bytes BIGINT, cluster STRING, date STRING, node STRING
) USING parquet PARTITIONED BY (cluster, date, node) LOCATION 's3a://BUCKET/fleet/snapshots';

ALTER TABLE rdb_snapshots RECOVER PARTITIONS;

CREATE VIEW fleet_snapshots AS SELECT
  cluster, date, node, path, unix_millis(created_at) AS created_at, server, server_version, keys,
  expired_keys, stored_rows, used_mem, estimated_bytes
FROM rdb_snapshots;

CREATE VIEW fleet_rollup AS SELECT
  cluster, date, node, db, type, encoding, pattern, keys, keys_without_ttl, expired, bytes, heap_bytes,
  expired_bytes, serialized_bytes, payload_bytes, name_bytes, elements
FROM rdb_rollup;

CREATE VIEW fleet_keys AS SELECT
  cluster, date, node, db, key, CAST(key AS STRING) AS key_text,
  nullif(regexp_extract(CAST(key AS STRING), '^[^{]*[{]([^}]+)[}]', 1), '') AS hash_tag, type, encoding,
  pattern, bytes, heap_bytes, serialized_bytes, payload_bytes, elements, largest_element_bytes,
  unix_millis(expires_at) AS expires_at, idle_seconds, freq, slot, record_offset
FROM rdb_keys;
