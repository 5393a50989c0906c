-- ClickHouse 25 or later. In a bucket: s3('https://BUCKET.s3.amazonaws.com/fleet/keys/…', 'Parquet') in the place of file('fleet/keys/…').

CREATE VIEW fleet_snapshots AS SELECT
  f.cluster AS cluster, toString(f.date) AS date, f.node AS node, f.path AS path,
  toUnixTimestamp64Milli(f.created_at) AS created_at, f.server AS server, f.server_version AS server_version,
  f.keys AS keys, f.expired_keys AS expired_keys, f.stored_rows AS stored_rows, f.used_mem AS used_mem,
  f.estimated_bytes AS estimated_bytes
FROM file('fleet/snapshots/cluster=*/date=*/node=*/*.parquet', Parquet) AS f;

CREATE VIEW fleet_rollup AS SELECT
  f.cluster AS cluster, toString(f.date) AS date, f.node AS node, f.db AS db, f.type AS type,
  f.encoding AS encoding, f.pattern AS pattern, f.keys AS keys, f.keys_without_ttl AS keys_without_ttl,
  f.expired AS expired, f.bytes AS bytes, f.heap_bytes AS heap_bytes, f.expired_bytes AS expired_bytes,
  f.serialized_bytes AS serialized_bytes, f.payload_bytes AS payload_bytes, f.name_bytes AS name_bytes,
  f.elements AS elements
FROM file('fleet/rollup/cluster=*/date=*/node=*/*.parquet', Parquet) AS f;

CREATE VIEW fleet_keys AS SELECT
  f.cluster AS cluster, toString(f.date) AS date, f.node AS node, f.db AS db, f.key AS key,
  if(isValidUTF8(f.key), f.key, NULL) AS key_text,
  nullIf(extract(f.key, '^[^{]*[{]([^}]+)[}]'), '') AS hash_tag, f.type AS type, f.encoding AS encoding,
  f.pattern AS pattern, f.bytes AS bytes, f.heap_bytes AS heap_bytes, f.serialized_bytes AS serialized_bytes,
  f.payload_bytes AS payload_bytes, f.elements AS elements, f.largest_element_bytes AS largest_element_bytes,
  toUnixTimestamp64Milli(f.expires_at) AS expires_at, f.idle_seconds AS idle_seconds, f.freq AS freq,
  f.slot AS slot, f.record_offset AS record_offset
FROM file('fleet/keys/cluster=*/date=*/node=*/*.parquet', Parquet) AS f;
