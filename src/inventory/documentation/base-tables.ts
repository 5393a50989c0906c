import { COMMON, type TableDoc } from "./columns.ts";
import { ROLLUP_SUMS, SNAPSHOT_FACTS } from "./views.ts";

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
  keys,
  weight,
  bytes_squares,
  pattern_id,
  node,
  slot_ranges,
} = COMMON;

/** What the views are made of. */
export const BASE_TABLE_DOCS = {
  key_rows: {
    meaning: "What `keys` is made of.",
    columns: {
      id: ["id", "`(snapshot - 1) * 2^42 + record_offset`."],
      db,
      key: ["text or blob", "Key name: TEXT when it is UTF-8 without NUL, else BLOB. Nothing is lost."],
      kind_id: ["id", "Row of `kinds`."],
      pattern_id,
      bytes,
      heap_bytes,
      serialized_bytes,
      payload_bytes,
      elements: ["count", "As in `keys`."],
      largest_element_bytes,
      expires_at,
      idle_seconds: ["seconds", "Idle time saved with the key (LRU); NULL when the snapshot has none."],
      freq: [
        "0-255",
        "Logarithmic access counter saved with the key (LFU); NULL when the snapshot has none.",
      ],
      slot,
      accuracy: ["0-3", "0 exact, 1 expected, 2 lower bound, 3 damaged."],
    },
  },
  snapshot_rows: {
    meaning: "What `snapshots` is made of.",
    columns: {
      id: ["id", "The snapshot."],
      ...SNAPSHOT_FACTS,
    },
  },
  node_rows: {
    meaning: "What `nodes` is made of.",
    columns: {
      snapshot,
      node,
      file_node: [
        "text",
        "The file’s name alone without its endings, as a partition of a dataset is called: the same on every day. With folders where several files of one day are called so.",
      ],
      file_fingerprint: [
        "text",
        "Tells whether a file is the one that was given, in whatever it is wrapped; NULL for what cannot be read twice.",
      ],
      slots: ["count", "Hash slots that it has keys in."],
      slot_ranges,
    },
  },
  memory_rows: {
    meaning: "What `memory` is made of.",
    columns: {
      snapshot,
      key_bytes: ["bytes", "As in `memory`."],
      table_bytes: ["bytes", "As in `memory`."],
      function_bytes: ["bytes", "As in `memory`."],
      baseline_bytes: ["bytes", "As in `memory`."],
    },
  },
  kinds: {
    meaning: "Every type with every encoding.",
    columns: {
      id: ["id", "The kind."],
      type,
      encoding,
      module: ["text", "Module type name; NULL for core types."],
    },
  },
  pattern_ids: {
    meaning: "Names of patterns; several ids may have the same.",
    columns: {
      id: ["id", "The pattern."],
      pattern,
    },
  },
  size_classes: {
    meaning: "Classes of `bytes`.",
    columns: {
      id: ["id", "The class."],
      min_bytes: ["bytes", "Smallest of the class."],
      max_bytes: ["bytes", "Largest of the class; NULL for the last."],
    },
  },
  rollup_rows: {
    meaning: "What `rollup` is made of.",
    columns: {
      snapshot,
      db,
      kind_id: ["id", "Row of `kinds`."],
      pattern_id,
      size_class: ["id", "Row of `size_classes`."],
      ...ROLLUP_SUMS,
    },
  },
  expiry_rows: {
    meaning: "What `expiry` is made of.",
    columns: {
      snapshot,
      db,
      pattern_id,
      starts_at: ["ms since epoch", "As in `expiry`."],
      ends_at: ["ms since epoch", "As in `expiry`."],
      weight,
      keys,
      bytes,
      lower_bound_keys: ["count", "As in `expiry`."],
      bytes_squares,
    },
  },
  evidence_rows: {
    meaning: "What `evidence` is made of.",
    columns: {
      snapshot,
      db,
      pattern_id,
      type: ["text", "As in `evidence`."],
      evidence: ["text", "As in `evidence`."],
      raised_to: ["number", "As in `evidence`."],
      keys: ["count", "As in `evidence`."],
      bytes: ["bytes", "As in `evidence`."],
      heap_bytes: ["bytes", "As in `evidence`."],
      saving_bytes: ["bytes", "As in `evidence`."],
      saving_heap_bytes: ["bytes", "As in `evidence`."],
      payload_bytes: ["bytes", "As in `evidence`."],
      stored_bytes: ["bytes", "As in `evidence`."],
      example_offset: ["byte offset", "As in `evidence`."],
    },
  },
  sketch_rows: {
    meaning: "What `sketches` is made of.",
    columns: {
      snapshot,
      type: ["text", "As in `sketches`."],
      pattern_id: ["id", "Row of `pattern_ids`; NULL in rows by type."],
      measure: ["text", "`bytes` or `elements`."],
      bucket: ["number", "As in `sketches`."],
      keys,
      value_sum: ["bytes or count", "As in `sketches`."],
    },
  },
  access_rows: {
    meaning: "What `access` is made of.",
    columns: {
      snapshot,
      db,
      pattern_id,
      measure: ["text", "`freq` or `idle_seconds`."],
      at_least: ["0-255 or seconds", "As in `access`."],
      keys,
      bytes,
    },
  },
} as const satisfies Record<string, TableDoc>;
