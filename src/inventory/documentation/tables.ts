import { COMMON, type TableDoc } from "./columns.ts";

const {
  snapshot,
  db,
  type,
  encoding,
  bytes,
  heap_bytes,
  serialized_bytes,
  largest_element_bytes,
  expires_at,
  slot,
  pattern,
  record_offset,
  keys,
} = COMMON;

/** Tables that are asked as they are. */
export const TABLE_DOCS = {
  slots: {
    meaning: "A row a hash slot that holds keys.",
    columns: {
      snapshot,
      slot,
      keys,
      bytes,
    },
  },
  big_keys: {
    meaning: "The 100 biggest keys of each type, by bytes and by elements.",
    columns: {
      snapshot,
      ranked_by: ["text", "`bytes` or `elements`."],
      type,
      rank: ["number", "1 is the biggest of its type."],
      db,
      key: ["text or blob", "Key name, as in `keys`; names over 4096 bytes are cut here."],
      encoding,
      bytes,
      elements: ["count", "Elements; NULL for strings."],
      largest_element_bytes,
      largest_element: [
        "text or blob",
        "Name (field, member, value) of the largest element as far as it was kept; NULL when it was not.",
      ],
      expires_at,
      pattern,
      record_offset,
      accuracy: ["text", "As in `keys`."],
    },
  },
  hot_keys: {
    meaning: "The 100 keys of each ranking, when the snapshot has LFU counters or idle times.",
    columns: {
      snapshot,
      ranked_by: ["text", "`freq` (most used), `recent` (shortest idle time) or `idle` (longest)."],
      rank: ["number", "1 is the first."],
      db,
      key: ["text or blob", "Key name, as in `keys`; names over 4096 bytes are cut here."],
      type,
      freq: ["0-255", "Logarithmic access counter; NULL when the snapshot has none."],
      idle_seconds: ["seconds", "Idle time; NULL when the snapshot has none."],
      bytes,
      pattern,
      record_offset,
      accuracy: ["text", "As in `keys`."],
    },
  },
  databases: {
    meaning: "A row a database.",
    columns: {
      snapshot,
      db,
      keys,
      keys_with_ttl: ["count", "Keys that expire."],
      bytes,
      heap_bytes,
      declared_keys: ["count", "Keys that the snapshot announces (RESIZEDB); NULL when it does not."],
      declared_expires: ["count", "Keys with a TTL that the snapshot announces; NULL when it does not."],
      loaded_keys: ["count", "Keys that a server would load: all but those that were expired."],
      loaded_expires: ["count", "Keys with a TTL that a server would load."],
      loaded_heap_bytes: ["bytes", "`heap_bytes` of the keys that a server would load."],
      table_bytes: [
        "bytes",
        "What the tables of the database take after loading: bucket arrays of keys and expires, first of all.",
      ],
    },
  },
  functions: {
    meaning: "A row a function library.",
    columns: {
      snapshot,
      name: ["text", "Name of the library."],
      engine: ["text", "Engine, such as `LUA`."],
      serialized_bytes,
      record_offset,
    },
  },
  module_aux: {
    meaning: "A row a piece of data that modules saved outside of keys.",
    columns: {
      snapshot,
      module: ["text", "Module type name."],
      serialized_bytes,
      record_offset,
    },
  },
  aux_fields: {
    meaning: "What the server wrote about itself.",
    columns: {
      snapshot,
      name: ["text", "Name, such as `redis-ver` or `used-mem`."],
      value: ["text", "Value, as written."],
    },
  },
  lost_ranges: {
    meaning:
      "Bytes of a damaged snapshot that `analyze --salvage` passed over, in their order: a row a range. What stood there is missing in all figures.",
    columns: {
      snapshot,
      start_offset: ["byte offset", "First byte that is lost."],
      end_offset: [
        "byte offset",
        "The byte behind the last one; the same as `start_offset` where the snapshot was cut off between two records.",
      ],
      code: ["text", "What was wrong, such as `UNEXPECTED_EOF`."],
      message: [
        "text",
        "The same in a sentence, with the byte at which it was noticed: that may be far behind `start_offset`, as a wrong length leads away.",
      ],
      records_after: [
        "count",
        "Whole records in a row behind the range that were looked at before they were believed; 0 at the end of the file.",
      ],
      db: [
        "number",
        "Database that the keys behind the range are taken to be of, where its number is lost; NULL where it is not.",
      ],
      key_before: [
        "text or blob",
        "The last key before the range (its first 4,096 bytes); NULL where there is none, and where only the name of a key could not be read.",
      ],
      key_after: ["text or blob", "The first key behind it; NULL where there is none."],
    },
  },
  warnings: {
    meaning: "What a reader of the figures should know.",
    columns: {
      snapshot,
      code: ["text", "Kind of warning, such as `CHECKSUM_MISMATCH`."],
      byte_offset: ["byte offset", "Where in the snapshot; NULL when it is about no place."],
      message: ["text", "One sentence."],
    },
  },
  failed_files: {
    meaning:
      "Files that were given with the others and are missing, as they could not be read: a row a file.",
    columns: {
      snapshot: ["id", "Number that is kept for it, and which it gets when `analyze --resume` can read it."],
      path: ["text", "File as it was given."],
      code: [
        "text",
        "What is wrong, such as `UNEXPECTED_EOF`; `CANNOT_READ`: it could not be read at all; `REFUSED`: a folder, or what is no snapshot otherwise.",
      ],
      byte_offset: ["byte offset", "Where in the snapshot; NULL when it is about no place."],
      message: ["text", "The same in a sentence."],
    },
  },
} as const satisfies Record<string, TableDoc>;
