/** The unit of a column's values (a name of `UNITS`), and what they mean: one line. */
export type ColumnDoc = readonly [unit: UnitName, meaning: string];

/** A table or view, with its columns in their order. */
export interface TableDoc {
  readonly meaning: string;
  readonly columns: Readonly<Record<string, ColumnDoc>>;
}

/** Units of columns, and the type that SQLite stores them as: ANY is TEXT or BLOB, whichever the value is. */
export const UNITS = {
  "0 or 1": "INTEGER",
  "0-16383": "INTEGER",
  "0-255": "INTEGER",
  "0-255 or seconds": "INTEGER",
  "0-3": "INTEGER",
  JSON: "TEXT",
  "byte offset": "INTEGER",
  bytes: "INTEGER",
  "bytes²": "REAL",
  "bytes or count": "INTEGER",
  count: "INTEGER",
  id: "INTEGER",
  "keys a key": "REAL",
  "ms since epoch": "INTEGER",
  number: "INTEGER",
  ratio: "REAL",
  seconds: "INTEGER",
  share: "REAL",
  text: "TEXT",
  "text or blob": "ANY",
} as const satisfies Record<string, "INTEGER" | "REAL" | "TEXT" | "ANY">;

type UnitName = keyof typeof UNITS;

/** Columns that mean the same wherever they are. */
export const COMMON = {
  snapshot: ["id", "Snapshot the row belongs to: 1, 2, … in the order of analysis."],
  db: ["number", "Database number."],
  type: [
    "text",
    "What TYPE answers: string, list, set, zset, hash, stream, array, …; a module’s own type name.",
  ],
  encoding: ["text", "What OBJECT ENCODING answers on the profile after loading."],
  bytes: ["bytes", "What MEMORY USAGE key SAMPLES 0 answers (a sum over keys where there are several)."],
  heap_bytes: [
    "bytes",
    "What the allocator holds for the key: all its own allocations, its dict entry and expires entry included, no share of bucket arrays.",
  ],
  serialized_bytes: ["bytes", "Bytes of the record in the snapshot file."],
  payload_bytes: [
    "bytes",
    "Raw data: key name and every element, uncompressed, integers as their digits; it may exceed `bytes`.",
  ],
  largest_element_bytes: ["bytes", "Longest element; a string’s STRLEN."],
  expires_at: [
    "ms since epoch",
    "When the key expires; NULL = never. Exact up to 2^53, the year 287396; later times are near.",
  ],
  slot: ["0-16383", "Cluster hash slot (CRC16, hash tags respected)."],
  pattern: ["text", "Key-name template such as `user:*:followers`."],
  record_offset: [
    "byte offset",
    "First byte of the record in the snapshot: its expiry, idle, freq or meta opcode, else its type byte.",
  ],
  used_mem: ["bytes", "used_memory that the server saved; NULL when it did not."],
  keys: ["count", "Keys."],
  weight: [
    "keys a key",
    "How many keys of the snapshot a key counted here stands for: 1, or more where it was drawn into a sample.",
  ],
  bytes_squares: [
    "bytes²",
    "Of drawn keys, the sum of squares of `bytes`, unweighted: what errors are computed of. 0 without a sample.",
  ],
  node: [
    "text",
    "What the node is called: the file’s name without its endings, with the folders above it as far as names are the same.",
  ],
  slot_ranges: [
    "text",
    "These slots as ranges, such as `0-5460,5462`; of more than 100 ranges, the first. A snapshot does not say who owns slots without keys.",
  ],
  pattern_id: ["id", "Row of `pattern_ids`."],
} as const satisfies TableDoc["columns"];
