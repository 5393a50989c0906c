import * as z from "zod";
import { REPORT_VERSION } from "./version.ts";

const count = z.number().meta({ description: "Keys, elements or other things counted" });
const bytes = z.number().meta({ description: "Bytes" });
const share = z.number().meta({ description: "Share of one" });
const time = z.number().meta({ description: "Milliseconds since the epoch" });
const name = z
  .string()
  .meta({ description: "A name as tables show it: unsafe characters as \\xNN, long ones cut in the middle" });
const error = z.number().nullable().optional().meta({
  description:
    "Of an estimate from a sample: no more off than this in 95 of 100 samples; null: nobody can tell",
});

/** What a group of keys counts and takes; `bytes` are MEMORY USAGE's, and a lower bound for so many of the keys. */
const AMOUNT = { keys: count, bytes, lower_bound_keys: count, keys_error: error, bytes_error: error };

const SNAPSHOT = z
  .object({
    snapshot: z.number().meta({ description: "Its id in the inventory" }),
    path: name,
    input: z.string(),
    file_bytes: bytes,
    fingerprint: z.string(),
    magic: z.string(),
    rdb_version: z.number(),
    server: z.string().meta({ description: "Name and version of the server that wrote it" }),
    created_at: time,
    created_at_source: z.string(),
    analyzed_at: time,
    tool_version: z.string().meta({ description: "The rdbscope that made the inventory" }),
    checksum: z.string(),
    complete: z.boolean(),
    salvaged: z.boolean(),
    hashed_names: z.boolean(),
    key_rows: z.boolean().meta({ description: "Whether the inventory holds a row a key" }),
  })
  .meta({ description: "What was read" });

const TARGET = z
  .object({
    profile: z.string(),
    exact: z
      .boolean()
      .meta({ description: "False: there is no profile of this server, this is the nearest" }),
    measured: z.string().nullable().meta({
      description: "Version whose answers the model was compared with; null: derived, not measured",
    }),
    allocator: z.string(),
    changed_settings: z.array(z.string()),
  })
  .meta({ description: "The server that sizes are of" });

const SAMPLE = z.object({
  share,
  drawn_keys: count,
  drawn_from: count,
  certain_keys: count.nullable(),
  certain_bytes: bytes.nullable(),
});

const TOTALS = z.object({
  ...AMOUNT,
  databases: count,
  patterns: count,
  heap_bytes: bytes.meta({ description: "What the allocator holds" }),
  heap_bytes_error: error,
  payload_bytes: bytes.meta({ description: "Names and elements themselves" }),
  payload_bytes_error: error,
  name_bytes: bytes,
  serialized_bytes: bytes,
  keys_without_ttl: count,
  keys_without_ttl_error: error,
  expired: count,
  expired_error: error,
  expired_bytes: bytes,
  lower_bound_bytes: bytes,
});

const USED_MEMORY = z
  .object({
    data_bytes: bytes.meta({ description: "Payload of the keys that a server loads" }),
    data_is_estimate: z
      .boolean()
      .meta({ description: "Some keys have expired, and their payload was taken to be as large as others'" }),
    overhead_bytes: bytes.meta({ description: "Heap of these keys that is not payload" }),
    table_bytes: bytes,
    function_bytes: bytes,
    baseline_bytes: bytes.meta({ description: "used_memory of the server without data" }),
    estimated_bytes: bytes.meta({ description: "The sum of the five" }),
    estimated_error: error,
    saved_bytes: bytes.nullable().meta({ description: "used_memory when saved, as the snapshot says" }),
    comparable: z.boolean(),
    unexplained_bytes: bytes.nullable().meta({ description: "saved_bytes - estimated_bytes" }),
  })
  .meta({ description: "What used_memory is made of after loading, and what it was when saved" });

const GROUP = z.object({
  name,
  ...AMOUNT,
  bytes_share: share,
  heap_bytes: bytes,
  payload_bytes: bytes,
  overhead_bytes: bytes,
  max_bytes: bytes,
  elements: count.nullable(),
});

const PATTERN = z.object({
  pattern: name,
  types: z.string(),
  encodings: z.string(),
  ...AMOUNT,
  bytes_share: share,
  avg_bytes: bytes,
  p50_bytes: bytes.nullable(),
  p99_bytes: bytes.nullable(),
  max_bytes: bytes,
  payload_bytes: bytes,
  overhead_bytes: bytes,
  keys_without_ttl: count,
  expired: count,
});

const TREE = z
  .object({
    patterns: z.array(name),
    types: z.array(name),
    leaves: z
      .array(
        z.tuple([
          z.number().meta({ description: "Database" }),
          z.number().meta({ description: "Index in `patterns`" }),
          z.number().meta({ description: "Index in `types`" }),
          count,
          bytes,
        ]),
      )
      .meta({ description: "Keys and bytes of each database, pattern and type, the most bytes first" }),
    rest: z.object({ leaves: count, keys: count, bytes }).meta({ description: "What is not in `leaves`" }),
  })
  .meta({ description: "Memory by database, pattern and type" });

const HISTOGRAM = z
  .object({
    types: z.array(name),
    classes: z.array(
      z.object({
        min: z.number(),
        max: z.number().meta({ description: "Both are in the class" }),
        keys: z.array(count).meta({ description: "Of each of `types`" }),
        sum: z.number().meta({ description: "Of the values of all these keys" }),
      }),
    ),
  })
  .meta({ description: "Keys by a measure, in classes that double; empty where the inventory cannot tell" });

const SPAN = z.object({
  name: z.string(),
  min_seconds: z.number().nullable(),
  max_seconds: z.number().nullable(),
  ...AMOUNT,
});

const TIMELINE = z
  .object({
    step_hours: z.number(),
    starts_at: time.meta({ description: "The snapshot's time: the first step begins behind it" }),
    steps: z.array(z.object({ keys: count, bytes })),
    later: z.object({ keys: count, bytes }),
  })
  .meta({ description: "When keys expire that have not" });

const PARETO = z.object({
  is_exact: z.boolean(),
  curve: z
    .array(z.tuple([count, bytes]))
    .meta({ description: "So many of the largest keys hold so many bytes" }),
  holders: z.array(
    z.object({
      bytes_share: share,
      bytes,
      keys: count,
      min_keys: count,
      max_keys: count,
      keys_share: share,
      smallest_bytes: bytes,
      patterns: count,
    }),
  ),
});

const SLOTS = z.object({
  clustered: z.boolean().meta({ description: "Whether the server is known to be a node of a cluster" }),
  bytes: z.array(bytes).meta({ description: "Of each of the 16,384 slots" }),
  keys: z.array(count),
  used: count,
  mean_bytes: bytes,
  max_bytes: bytes,
  max_over_mean: z.number(),
  top_slot_share: share,
  top_percent_share: share,
});

const TOP_KEY = z.object({
  key: name,
  db: z.number(),
  type: name,
  encoding: z.string(),
  pattern: name,
  bytes,
  lower_bound: z.boolean(),
  elements: count.nullable(),
  largest_element_bytes: bytes,
  expires_at: time.nullable(),
  record_offset: z.number(),
  class: z.string().meta({ description: "normal, review, big or dangerous, by its type's thresholds" }),
});

const FINDING = z.object({
  rule: z.string(),
  severity: z.enum(["critical", "warning", "info"]),
  title: name,
  pattern: name.nullable(),
  estimated: z.boolean(),
  evidence: z.array(name),
  examples: z.array(name),
  saving_bytes: bytes.nullable().meta({ description: "By what MEMORY USAGE of the keys falls" }),
  saving_heap_bytes: bytes.nullable().meta({ description: "By what used_memory falls" }),
  unclaimed_because: z.string().nullable(),
  advice: z.array(name),
  docs: z.string(),
});

const FINDINGS = z.object({
  counts: z.object({ critical: count, warning: count, info: count }),
  told: z.array(FINDING),
  left: z.array(z.object({ rule: z.string(), findings: count })),
  looked: z.array(z.string()),
  skipped: z.array(z.object({ rule: z.string(), why: z.string() })),
});

const PARAGRAPH = z.object({ title: z.string(), text: name });

/** A list that was cut, and what was left out of it. */
const listOf = <T extends z.ZodType>(row: T) =>
  z.object({ rows: z.array(row), rest: z.object({ rows: count, keys: count, bytes }) });

const SNAPSHOT_REPORT = z.object({
  snapshot: SNAPSHOT,
  target: TARGET,
  sample: SAMPLE.nullable(),
  filters: z.string().meta({ description: "Which keys it is about, in words; empty: all" }),
  notes: z.array(name).meta({ description: "What a reader has to know: damage, samples, lower bounds" }),
  opening: z.array(PARAGRAPH).meta({ description: "The report in plain words" }),
  totals: TOTALS,
  used_memory: USED_MEMORY.nullable().meta({
    description: "Null where only a part of the keys is looked at",
  }),
  findings: FINDINGS,
  tree: TREE,
  types: listOf(GROUP),
  encodings: listOf(GROUP),
  patterns: listOf(PATTERN),
  sizes: HISTOGRAM,
  elements: HISTOGRAM,
  ttl: z.array(SPAN),
  timeline: TIMELINE.nullable(),
  pareto: PARETO,
  slots: SLOTS.nullable(),
  top_keys: z.array(TOP_KEY),
});

const OVERVIEW = z.object({
  snapshot: z.number(),
  path: name,
  server: z.string(),
  created_at: time,
  keys: count,
  bytes,
  lower_bound_keys: count,
  is_estimate: z.boolean(),
  in_detail: z.boolean().meta({ description: "Whether it is among `reports`" }),
});

const CHANGE = z.object({
  group: name,
  status: z.enum(["new", "vanished", "changed", "same"]),
  old_keys: count,
  new_keys: count,
  old_bytes: bytes,
  new_bytes: bytes,
  bytes_change: bytes,
  lower_bound_keys: count,
});

/** Changes of groups, the largest first; `rest` is what those that are not listed add up to. */
const CHANGES_OF = z.object({
  rows: z.array(CHANGE),
  rest: z.object({ rows: count, bytes_change: bytes }),
});

const CHANGES = z
  .object({
    baseline: name,
    old_created_at: time,
    new_created_at: time,
    differ_in: z
      .array(name)
      .meta({ description: "In what the two differ though sizes depend on it; empty: they can be compared" }),
    totals: z.array(z.object({ measure: z.string(), old: z.number(), new: z.number(), change: z.number() })),
    patterns: CHANGES_OF,
    types: CHANGES_OF,
    encodings: CHANGES_OF,
  })
  .meta({ description: "What became of the snapshots of a baseline, all of each side together" });

/** Everything a report says, in one object: what `report --format json` writes and the page is drawn from. */
export const REPORT = z
  .object({
    report_version: z.literal(REPORT_VERSION),
    tool_version: z.string().meta({ description: "The rdbscope that made the report" }),
    source: name,
    snapshots: z.array(OVERVIEW),
    reports: z.array(SNAPSHOT_REPORT),
    changes: CHANGES.nullable().meta({ description: "Null without a baseline" }),
  })
  .meta({ title: "rdbscope report", description: "Where the memory of Redis and Valkey snapshots is" });
