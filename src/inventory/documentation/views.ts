import { COMMON, type TableDoc } from "./columns.ts";
import { FLEET_VIEW_DOCS } from "./fleet-views.ts";

const {
  snapshot,
  db,
  type,
  encoding,
  bytes,
  heap_bytes,
  serialized_bytes,
  payload_bytes,
  largest_element_bytes,
  expires_at,
  slot,
  pattern,
  record_offset,
  used_mem,
  keys,
  weight,
  bytes_squares,
  node,
  slot_ranges,
} = COMMON;

/** What is known of a snapshot. */
export const SNAPSHOT_FACTS = {
  path: ["text", "File as it was given."],
  input: [
    "text",
    "What the snapshot was wrapped in, outermost first: `gzip`, `zstd`, `lz4`, `vcs`, `diskless`, `aof`; `rdb`: in nothing.",
  ],
  file_bytes: ["bytes", "Size of the bare snapshot; offsets count in it."],
  fingerprint: ["text", "Tells whether a file is still the one that was analyzed."],
  magic: ["text", "`REDIS` or `VALKEY` and the RDB version, as `REDIS0011`."],
  rdb_version: ["number", "RDB version, 1-15; VALKEY 80, 81."],
  server: ["text", "`redis` or `valkey`; NULL when the snapshot does not say."],
  server_version: ["text", "Version as INFO gives it; NULL when the snapshot does not say."],
  created_at: ["ms since epoch", "When the snapshot was made."],
  created_at_source: ["text", "`snapshot` (its own ctime) or `file` (the file’s time, for want of one)."],
  analyzed_at: ["ms since epoch", "When it was analyzed."],
  used_mem,
  checksum: [
    "text",
    "`ok`, `absent` (switched off), `mismatch`, or `unread`: a salvaged snapshot that ends before it.",
  ],
  profile: ["text", "Server whose memory model gave the sizes, such as `redis-7.2`."],
  profile_exact: [
    "0 or 1",
    "1 when the profile is the server’s own (or was chosen by hand); 0 when the nearest one stands in.",
  ],
  profile_measured: [
    "0 or 1",
    "1 when the profile was compared with a real server; 0 when it is derived from the server’s sources, not measured.",
  ],
  allocator: ["text", "Allocator the sizes are of, such as `jemalloc`."],
  settings: [
    "JSON",
    "All settings used, named after the server’s directives: `hashMaxListpackEntries` is hash-max-listpack-entries.",
  ],
  filters: ["JSON", "Filters given to `analyze`; `{}` = all keys."],
  pattern_settings: ["JSON", "`--template`, `--separators` and `--depth` given to `analyze`; `{}` = none."],
  keys: ["count", "Keys read and counted."],
  expired_keys: ["count", "Keys whose expiry was at or before `created_at`."],
  stored_rows: ["count", "Rows in `keys`; 0 with `--keys none`."],
  complete: ["0 or 1", "1 when all of the file was read; 0 when it was salvaged."],
  salvaged: [
    "0 or 1",
    "1 when a damaged file was read as far as it went, with `--salvage`: see `lost_ranges` and `warnings`.",
  ],
  tool_version: ["text", "rdbscope that wrote it."],
  hashed_names: [
    "text",
    "NULL: names are as they are. Else they are hashed (`--hash-keys`); the same text, the same secret.",
  ],
  sample_share: [
    "share",
    "NULL, as all that follow: every record was read. Else it is a [sample](sampling.md): the share that `--sample` asked for.",
  ],
  sample_seed: ["number", "`--sample-seed`: the same one draws the same names."],
  sample_certain_bytes: ["bytes", "Records of so many bytes in the snapshot or more were all read."],
  sample_certain_keys: ["count", "How many these are; exact."],
  sample_drawn_keys: ["count", "Smaller records that were drawn."],
  sample_drawn_from: [
    "count",
    "Out of how many; exact. With `sample_certain_keys`, all keys of the snapshot.",
  ],
  sample_weight: [
    "keys a key",
    "Keys that each drawn one stands for: `sample_drawn_from / sample_drawn_keys`.",
  ],
} as const satisfies TableDoc["columns"];

/** What a row of the rollup sums up. */
export const ROLLUP_SUMS = {
  weight,
  keys,
  keys_without_ttl: ["count", "Keys that never expire."],
  expired: ["count", "Keys whose expiry was at or before the snapshot’s time."],
  bytes,
  heap_bytes,
  expired_bytes: ["bytes", "`bytes` of the expired keys."],
  expired_heap_bytes: ["bytes", "`heap_bytes` of the expired keys."],
  serialized_bytes,
  payload_bytes,
  name_bytes: ["bytes", "Key names."],
  elements: ["count", "LLEN, SCARD, HLEN, ZCARD, XLEN."],
  lower_bound_keys: ["count", "Keys whose `accuracy` is `lower bound` or `damaged`."],
  lower_bound_bytes: ["bytes", "`bytes` of these keys."],
  damaged_keys: ["count", "Keys whose `accuracy` is `damaged`."],
  bytes_squares,
  heap_squares: ["bytes²", "The same of `heap_bytes`."],
  payload_squares: ["bytes²", "The same of `payload_bytes`."],
  max_bytes: ["bytes", "`bytes` of the largest key."],
  max_elements: ["count", "Elements of the key with the most."],
} as const satisfies TableDoc["columns"];

/** What everybody asks: names in the place of ids. */
export const VIEW_DOCS = {
  keys: {
    meaning: "A row a key, with friendly names. Empty with `--keys none`.",
    columns: {
      snapshot,
      db,
      key: ["text or blob", "Key name: TEXT when it is UTF-8 without NUL, else BLOB. Nothing is lost."],
      type,
      encoding,
      bytes,
      heap_bytes,
      serialized_bytes,
      payload_bytes,
      elements: ["count", "LLEN, SCARD, HLEN, ZCARD, XLEN; NULL for strings."],
      largest_element_bytes,
      expires_at,
      expired: ["0 or 1", "1 when the expiry is at or before the snapshot’s own time."],
      idle_seconds: ["seconds", "Idle time saved with the key (LRU); NULL when the snapshot has none."],
      freq: [
        "0-255",
        "Logarithmic access counter saved with the key (LFU); NULL when the snapshot has none.",
      ],
      slot,
      pattern,
      record_offset,
      module: ["text", "Module type name; NULL for core types."],
      accuracy: [
        "text",
        "`exact`, `expected` (the server is random here), `lower bound` (a module’s private heap is not known) or `damaged`.",
      ],
      weight: [
        "keys a key",
        "How many keys of the snapshot it stands for: 1, or more where it was drawn into a [sample](sampling.md).",
      ],
    },
  },
  snapshots: {
    meaning: "A row a snapshot.",
    columns: {
      snapshot,
      ...SNAPSHOT_FACTS,
    },
  },
  memory: {
    meaning:
      "What used_memory would be on a server that has just loaded the snapshot, and what it was when the snapshot was saved: a row a snapshot. Keys that were expired are left out, as a server would. With filters given to `analyze` only the keys stored are in it.",
    columns: {
      snapshot,
      key_bytes: ["bytes", "`heap_bytes` of all keys that a server would load."],
      table_bytes: ["bytes", "The tables of all databases, as in `databases`."],
      function_bytes: [
        "bytes",
        "Function libraries, estimated from their code: what Lua compiles is not in used_memory.",
      ],
      baseline_bytes: ["bytes", "used_memory of this server with no data and default settings."],
      estimated_bytes: ["bytes", "The sum of these four."],
      used_mem,
      unexplained_bytes: [
        "bytes",
        "`used_mem` without `estimated_bytes`: buffers, grown values, scripts, modules; negative when the estimate is more.",
      ],
    },
  },
  rollup: {
    meaning:
      "A row a (snapshot, db, type, encoding, pattern, size class): answers most questions without a row a key.",
    columns: {
      snapshot,
      db,
      type,
      encoding,
      pattern,
      size_class: ["id", "Row of `size_classes`."],
      class_min_bytes: ["bytes", "Smallest `bytes` of the class."],
      class_max_bytes: ["bytes", "Largest `bytes` of the class; NULL for the last."],
      ...ROLLUP_SUMS,
    },
  },
  expiry: {
    meaning:
      "Keys with a TTL by when it ends: a row a (snapshot, db, pattern, bucket). Buckets are counted from the snapshot’s own time, so that those with `ends_at <= created_at` hold what had expired: an hour long within 45 days of it, a day within 5 years, 30 days beyond.",
    columns: {
      snapshot,
      db,
      pattern,
      starts_at: ["ms since epoch", "The bucket has the expiries after this time …"],
      ends_at: [
        "ms since epoch",
        "… and up to this one. Buckets of what is more than 200 years away have everything beyond.",
      ],
      weight,
      keys,
      bytes,
      lower_bound_keys: ["count", "Keys among them whose sizes are lower bounds."],
      bytes_squares,
    },
  },
  evidence: {
    meaning:
      "What was noticed of values besides their size, for the [doctor](doctor.md): a row a (snapshot, db, pattern, type, evidence). Values are sized again with a raised setting only when they are just beyond it: up to twice the limit (integers in sets: eight times).",
    columns: {
      snapshot,
      db,
      pattern,
      type: ["text", "What TYPE answers."],
      evidence: [
        "text",
        "A setting, such as `hash-max-listpack-entries`, that would pack these values if it were raised; or `compressible`, `json`, `formatted-integer`: what strings hold.",
      ],
      raised_to: ["number", "What the setting was raised to; NULL: it is no setting."],
      keys: ["count", "Keys, but for expired and damaged ones."],
      bytes,
      heap_bytes: ["bytes", "What the allocator holds for the keys."],
      saving_bytes: [
        "bytes",
        "What `bytes` would fall by: packed, as the snapshot compresses it, or as an integer; 0 for `json`.",
      ],
      saving_heap_bytes: ["bytes", "What `heap_bytes` would fall by."],
      payload_bytes: ["bytes", "Elements or value, uncompressed, without names of keys."],
      stored_bytes: [
        "bytes",
        "Compressed strings as the snapshot has them; 0 where they are not compressed.",
      ],
      example_offset: ["byte offset", "`record_offset` of the last of the keys."],
    },
  },
  sketches: {
    meaning:
      "Distributions: a row a bucket, by type (then `pattern` is NULL) or by pattern (then `type` is NULL).",
    columns: {
      snapshot,
      type: ["text", "Type the bucket belongs to; NULL in rows by pattern."],
      pattern: ["text", "Pattern the bucket belongs to; NULL in rows by type."],
      measure: ["text", "`bytes` or `elements`."],
      bucket: [
        "number",
        "Bucket _b_ counts the values in (1.02^(b-1), 1.02^b]; bucket 0 the values 0 and 1.",
      ],
      keys,
      value_sum: ["bytes or count", "Sum of the values counted, exactly."],
    },
  },
  access: {
    meaning:
      "How keys are used, where the snapshot tells: a row a (snapshot, db, pattern, class). Servers save LFU counters under `maxmemory-policy` allkeys-lfu and volatile-lfu, idle times under allkeys-lru and volatile-lru.",
    columns: {
      snapshot,
      db,
      pattern,
      measure: ["text", "`freq` or `idle_seconds`."],
      at_least: [
        "0-255 or seconds",
        "The LFU counter; of idle times the lower bound of their class: 0, 1 min, 10 min, 1 h, 6 h, 1 d, 7 d, 30 d, 90 d, 180 d, 365 d.",
      ],
      keys,
      bytes,
    },
  },
  ...FLEET_VIEW_DOCS,
  nodes: {
    meaning:
      "A row a snapshot, as a node of a fleet. Shares and means are of all snapshots of the inventory: see `same_data` for those that hold the same.",
    columns: {
      snapshot,
      node,
      path: SNAPSHOT_FACTS.path,
      created_at: SNAPSHOT_FACTS.created_at,
      keys,
      bytes,
      used_memory: [
        "bytes",
        "used_memory predicted after loading, `estimated_bytes` of `memory`; NULL where filters left keys out.",
      ],
      used_memory_share: ["share", "Of `used_memory` of all nodes."],
      over_mean: ["ratio", "`used_memory` over the mean of all nodes: 1 is as much as the others."],
      slots: ["count", "Hash slots that it has keys in; NULL of a sample, which has not seen all."],
      slot_ranges,
      same_as: ["id", "First snapshot that holds the same data; NULL: none does."],
      relation: ["text", "As in `same_data`."],
    },
  },
  slot_owners: {
    meaning:
      "A row for each of the 16,384 hash slots, with the snapshots that have keys in it: of samples, drawn ones.",
    columns: {
      slot,
      owners: [
        "count",
        "Snapshots that have keys in the slot; in a cluster without replicas 1, or 0 where it is empty.",
      ],
      snapshots: ["text", "These, with commas between; NULL: none."],
      keys,
      bytes,
    },
  },
  same_data: {
    meaning:
      "A row a pair of snapshots that hold the same data, by replication id and offset (`repl-id`, `repl-offset` of `aux_fields`), so that totals count it twice.",
    columns: {
      snapshot,
      same_as: ["id", "An earlier snapshot."],
      relation: [
        "text",
        "`same file`; `same offset`: a primary and its replica, or a copy; `minutes apart`: the same replication id, saved within 15 minutes: a primary and its replica, or one server twice; `same slots`: no replication id, but keys in the very same part of a cluster’s slots, saved within 15 minutes; `series`: the same server at another time.",
      ],
      offset_distance: [
        "bytes",
        "Bytes of replication between the two; NULL where one of them does not say.",
      ],
      seconds_apart: ["seconds", "Between the times they were made at."],
    },
  },
} as const satisfies Record<string, TableDoc>;
