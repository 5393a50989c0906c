-- Trino, Hive connector, with the dataset in s3://BUCKET/fleet and a schema that is chosen (USE hive.fleet). ROLLUP is a reserved
-- word there: hence the names of the tables. New partitions: the three CALLs.

CREATE TABLE rdb_keys (
  db bigint, key varbinary, type varchar, encoding varchar, bytes bigint, heap_bytes bigint,
  serialized_bytes bigint, payload_bytes bigint, elements bigint, largest_element_bytes bigint,
  expires_at timestamp(3), expired boolean, idle_seconds bigint, freq integer, slot integer, pattern varchar,
  record_offset bigint, module varchar, accuracy varchar, cluster varchar, date varchar, node varchar
) WITH (
  external_location = 's3://BUCKET/fleet/keys', format = 'PARQUET', partitioned_by = ARRAY['cluster', 'date', 'node']
);

CALL system.sync_partition_metadata('fleet', 'rdb_keys', 'FULL');

CREATE TABLE rdb_rollup (
  db bigint, type varchar, encoding varchar, pattern varchar, size_class integer, class_min_bytes bigint,
  class_max_bytes bigint, weight double, keys bigint, keys_without_ttl bigint, expired bigint, bytes bigint,
  heap_bytes bigint, expired_bytes bigint, expired_heap_bytes bigint, serialized_bytes bigint,
  payload_bytes bigint, name_bytes bigint, elements bigint, lower_bound_keys bigint, lower_bound_bytes bigint,
  damaged_keys bigint, bytes_squares double, heap_squares double, payload_squares double, max_bytes bigint,
  max_elements bigint, cluster varchar, date varchar, node varchar
) WITH (
  external_location = 's3://BUCKET/fleet/rollup', format = 'PARQUET', partitioned_by = ARRAY['cluster', 'date', 'node']
);

CALL system.sync_partition_metadata('fleet', 'rdb_rollup', 'FULL');

CREATE TABLE rdb_snapshots (
  path varchar, input varchar, file_bytes bigint, fingerprint varchar, magic varchar, rdb_version bigint,
  server varchar, server_version varchar, created_at timestamp(3), created_at_source varchar, used_mem bigint,
  checksum varchar, profile varchar, profile_exact boolean, profile_measured boolean, allocator varchar,
  settings varchar, filters varchar, pattern_settings varchar, keys bigint, expired_keys bigint,
  stored_rows bigint, complete boolean, salvaged boolean, tool_version varchar, hashed_names varchar,
  sample_share double, sample_seed bigint, sample_certain_bytes bigint, sample_certain_keys bigint,
  sample_drawn_keys bigint, sample_drawn_from bigint, sample_weight double, key_bytes bigint,
  table_bytes bigint, function_bytes bigint, baseline_bytes bigint, estimated_bytes bigint,
  unexplained_bytes bigint, cluster varchar, date varchar, node varchar
) WITH (
  external_location = 's3://BUCKET/fleet/snapshots', format = 'PARQUET', partitioned_by = ARRAY['cluster', 'date', 'node']
);

CALL system.sync_partition_metadata('fleet', 'rdb_snapshots', 'FULL');

CREATE VIEW fleet_snapshots AS SELECT
  cluster, date, node, path, CAST(to_unixtime(created_at) * 1000 AS bigint) AS created_at, server,
  server_version, keys, expired_keys, stored_rows, used_mem, estimated_bytes
FROM rdb_snapshots;

CREATE VIEW fleet_rollup AS SELECT
  cluster, date, node, db, type, encoding, pattern, keys, keys_without_ttl, expired, bytes, heap_bytes,
  expired_bytes, serialized_bytes, payload_bytes, name_bytes, elements
FROM rdb_rollup;

CREATE VIEW fleet_keys AS SELECT
  cluster, date, node, db, key, from_utf8(key) AS key_text,
  regexp_extract(from_utf8(key), '^[^{]*[{]([^}]+)[}]', 1) AS hash_tag, type, encoding, pattern, bytes,
  heap_bytes, serialized_bytes, payload_bytes, elements, largest_element_bytes,
  CAST(to_unixtime(expires_at) * 1000 AS bigint) AS expires_at, idle_seconds, freq, slot, record_offset
FROM rdb_keys;
