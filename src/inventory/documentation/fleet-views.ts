import { COMMON, type TableDoc } from "./columns.ts";

const {
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
} = COMMON;

/** Which snapshot of a cluster a row is of. */
const PARTITION = {
  cluster: ["text", "`--cluster` of a dataset; `default` in inventories."],
  date: ["text", "Day (UTC) on which the snapshot was made, as `2026-11-01`."],
  node: [
    "text",
    "The snapshot’s file without its endings, with folders where several of one day are called so; or `--node` of a dataset.",
  ],
} as const satisfies TableDoc["columns"];

/** Views that inventories and datasets both have, with the same columns: docs/fleet.md. */
export const FLEET_VIEW_DOCS = {
  fleet_snapshots: {
    meaning: "A row a snapshot, as [datasets](fleet.md) have it too.",
    columns: {
      ...PARTITION,
      path: ["text", "File as it was given."],
      created_at: ["ms since epoch", "When the snapshot was made."],
      server: ["text", "`redis` or `valkey`; NULL when the snapshot does not say."],
      server_version: ["text", "Version as INFO gives it; NULL when the snapshot does not say."],
      keys,
      expired_keys: ["count", "Keys whose expiry was at or before `created_at`."],
      stored_rows: ["count", "Rows in `fleet_keys`; 0 with `--keys none`."],
      used_mem,
      estimated_bytes: ["bytes", "used_memory after loading, estimated: see `memory`."],
    },
  },
  fleet_rollup: {
    meaning: "The rollup, as [datasets](fleet.md) have it too: `rollup` says what a row is.",
    columns: {
      ...PARTITION,
      db,
      type,
      encoding,
      pattern,
      keys,
      keys_without_ttl: ["count", "Keys that never expire."],
      expired: ["count", "Keys whose expiry was at or before the snapshot’s time."],
      bytes,
      heap_bytes,
      expired_bytes: ["bytes", "`bytes` of the expired keys."],
      serialized_bytes,
      payload_bytes,
      name_bytes: ["bytes", "Bytes of key names."],
      elements: ["count", "Elements of all keys but strings."],
    },
  },
  fleet_keys: {
    meaning:
      "A row a key, as [datasets](fleet.md) have it too; of a [sample](sampling.md) those that were drawn.",
    columns: {
      ...PARTITION,
      db,
      key: ["text or blob", "Key name; bytes in datasets."],
      key_text: ["text", "Key name; NULL where it is not UTF-8."],
      hash_tag: [
        "text",
        "What stands in the first braces of the name, if anything does: the slot is of this alone.",
      ],
      type,
      encoding,
      pattern,
      bytes,
      heap_bytes,
      serialized_bytes,
      payload_bytes,
      elements: ["count", "LLEN, SCARD, HLEN, ZCARD, XLEN; NULL for strings."],
      largest_element_bytes,
      expires_at,
      idle_seconds: ["seconds", "Idle time saved with the key (LRU); NULL when the snapshot has none."],
      freq: [
        "0-255",
        "Logarithmic access counter saved with the key (LFU); NULL when the snapshot has none.",
      ],
      slot,
      record_offset,
    },
  },
} as const satisfies Record<string, TableDoc>;
