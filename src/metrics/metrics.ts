import type { Inventory } from "../inventory/open.ts";
import type { MemoryConfig } from "../memory/index.ts";
import type { QuestionFilters } from "../queries/filters.ts";
import { memory } from "../queries/memory.ts";
import { hasKeyRows, type Scope, scopeParams, tallySource } from "../queries/scope.ts";
import { snapshots } from "../queries/snapshots.ts";
import { SPANS } from "../queries/spans.ts";
import { ttl } from "../queries/ttl.ts";
import { boundedLabel } from "./bounded.ts";
import type { Labels, Metric, Sample } from "./metric.ts";

/** Databases, and pairs of a type and an encoding, that have series of their own; a real server hardly has more. */
const MOST_DATABASES = 32;
const MOST_KINDS = 48;
/** Patterns that have, where nobody says otherwise. */
export const MOST_PATTERNS = 20;

/** What metrics are asked besides a snapshot. */
export interface MetricsOptions {
  /** Patterns that have series of their own; all others are one. */
  readonly patterns?: number | undefined;
  /** Bytes that the server may take (default: what the snapshot was sized with, if that is a limit). */
  readonly maxmemory?: number | undefined;
}

/** The metrics of one snapshot of an inventory. @throws {UsageError} when there is no such snapshot */
export function metrics(
  inventory: Inventory,
  options: MetricsOptions & { readonly snapshot?: number; readonly filters?: QuestionFilters } = {},
): Metric[] {
  const { snapshot, filters = {} } = options;
  const [row] = snapshots(inventory, snapshot);
  return metricsOf({ inventory, snapshot: row!, filters }, options);
}

/** The same of a scope; metrics that have no samples are left out. */
export function metricsOf(scope: Scope, options: MetricsOptions): Metric[] {
  const all = [...snapshotMetrics(scope, options), ...kindMetrics(scope), ...patternMetrics(scope, options)];
  return [...all, ...ttlMetrics(scope)].filter(({ samples }) => samples.length > 0);
}

function gauge(name: string, help: string, value: number | null | undefined, labels: Labels = {}): Metric {
  return {
    name: `rdbscope_${name}`,
    help,
    samples: value === null || value === undefined ? [] : [{ labels, value }],
  };
}

function snapshotMetrics(scope: Scope, { maxmemory }: MetricsOptions): Metric[] {
  const { snapshot } = scope;
  const used = memory(scope);
  const { path, profile, allocator, server, server_version: version, input } = snapshot;
  const limit = maxmemory ?? (JSON.parse(snapshot.settings) as Partial<MemoryConfig>).maxmemory ?? 0;
  return [
    gauge("snapshot_info", "What the snapshot is, and which server its keys are sized for; always 1.", 1, {
      path,
      input,
      ...(server !== null && { server_kind: server }),
      ...(version !== null && { server_version: version }),
      profile,
      allocator,
    }),
    gauge(
      "snapshot_created_timestamp_seconds",
      "When the snapshot was made, or where it does not say, the time of its file.",
      snapshot.created_at / 1000,
    ),
    gauge("snapshot_analyzed_timestamp_seconds", "When it was analyzed.", snapshot.analyzed_at / 1000),
    gauge("snapshot_size_bytes", "Size of the snapshot, unpacked.", snapshot.file_bytes),
    gauge(
      "snapshot_checksum_mismatch",
      "1 when its checksum is wrong, else 0.",
      Number(snapshot.checksum === "mismatch"),
    ),
    gauge(
      "snapshot_salvaged",
      "1 when it is damaged and was read as far as that goes, else 0.",
      snapshot.salvaged,
    ),
    gauge(
      "sample_ratio",
      "Share of the keys that was read: below 1 all sums are estimates.",
      snapshot.sample_share ?? 1,
    ),
    gauge(
      "used_memory_estimated_bytes",
      "What used_memory of a server that has just loaded the snapshot would be.",
      used?.estimated_bytes,
    ),
    gauge("used_memory_saved_bytes", "used_memory of the server when it saved the snapshot.", used?.used_mem),
    gauge("maxmemory_bytes", "What used_memory may become.", limit > 0 ? limit : undefined),
  ];
}

/** Keys of one database, type and encoding. */
interface KindRow {
  readonly db: number;
  readonly type: string;
  readonly encoding: string;
  readonly max_bytes: number;
  readonly keys: number;
  readonly bytes: number;
}

/** Sums of the rollup by database, type and encoding: a metric each. */
const KIND_SUMS = [
  ["keys", "keys", "Keys."],
  ["bytes", "memory_bytes", "Memory of the keys, as MEMORY USAGE with SAMPLES 0 tells it."],
  ["heap_bytes", "heap_bytes", "What the allocator holds for the keys, which used_memory is made of."],
  ["payload_bytes", "payload_bytes", "The data itself: names and elements."],
  ["elements", "elements", "Elements of lists, sets, hashes, sorted sets and streams."],
  ["keys_without_ttl", "keys_without_ttl", "Keys that never expire."],
  ["expired", "expired_keys", "Keys whose time had run out when the snapshot was made."],
  ["lower_bound_keys", "lower_bound_keys", "Keys whose memory is no less than what is told."],
] as const;

function kindMetrics(scope: Scope): Metric[] {
  const sums = KIND_SUMS.map(([column]) => `sum(${column}) AS ${column}`).join(", ");
  const rows = scope.inventory.all<KindRow>(
    `SELECT db, type, encoding, ${sums}, max(max_bytes) AS max_bytes FROM ${tallySource(scope)} GROUP BY db, type, encoding`,
    scopeParams(scope),
  );
  const weight = ({ bytes }: KindRow) => bytes;
  const database = boundedLabel(rows, ({ db }) => String(db), weight, MOST_DATABASES);
  const kind = boundedLabel(
    rows,
    ({ type, encoding }) => JSON.stringify([type, encoding]),
    weight,
    MOST_KINDS,
  );
  const labels = (row: KindRow): Labels => {
    const isOwn = kind(row) !== null;
    return { db: database(row), type: isOwn ? row.type : null, encoding: isOwn ? row.encoding : null };
  };
  const all = (column: "keys" | "bytes") => Math.round(rows.reduce((sum, row) => sum + row[column], 0));
  return [
    gauge("dataset_keys", "Keys of all databases.", all("keys")),
    gauge(
      "dataset_memory_bytes",
      "Memory of all keys, as MEMORY USAGE with SAMPLES 0 tells it.",
      all("bytes"),
    ),
    ...KIND_SUMS.map(([column, name, help]) => summed(name, help, rows, labels, column)),
    {
      name: "rdbscope_largest_key_bytes",
      help: "Memory of the largest key, by type.",
      samples: collected(rows, (row) => ({ type: labels(row).type ?? null }), "max_bytes", Math.max),
    },
  ];
}

const PATTERN_SUMS = [
  ["keys", "pattern_keys", "Keys by pattern of their names."],
  [
    "bytes",
    "pattern_memory_bytes",
    "Memory of the keys by pattern, as MEMORY USAGE with SAMPLES 0 tells it.",
  ],
  ["heap_bytes", "pattern_heap_bytes", "What the allocator holds for the keys, by pattern."],
  ["keys_without_ttl", "pattern_keys_without_ttl", "Keys that never expire, by pattern."],
] as const;

interface PatternRow {
  readonly pattern: string;
  readonly bytes: number;
  readonly max_bytes: number;
}

function patternMetrics(scope: Scope, { patterns = MOST_PATTERNS }: MetricsOptions): Metric[] {
  const sums = PATTERN_SUMS.map(([column]) => `sum(${column}) AS ${column}`).join(", ");
  const rows = scope.inventory.all<PatternRow>(
    `SELECT pattern, ${sums}, max(max_bytes) AS max_bytes FROM ${tallySource(scope)} GROUP BY pattern ORDER BY bytes DESC, pattern`,
    scopeParams(scope),
  );
  const own = boundedLabel(
    rows,
    ({ pattern }) => pattern,
    ({ bytes }) => bytes,
    patterns,
  );
  const labels = (row: PatternRow): Labels => ({ pattern: own(row) });
  return [
    gauge("patterns", "Patterns of names that there are.", rows.length),
    ...PATTERN_SUMS.map(([column, name, help]) => summed(name, help, rows, labels, column)),
    {
      name: "rdbscope_pattern_largest_key_bytes",
      help: "Memory of the largest key, by pattern.",
      samples: collected(rows, labels, "max_bytes", Math.max),
    },
  ];
}

/** What spans of time are called as labels. */
const TTL_LABELS = new Map([
  ["expired", "expired"],
  ...SPANS.map(({ name, column }) => [name, column] as const),
  ["no TTL", "none"],
]);

/** By the time that is left; of some types alone only key rows tell it. */
function ttlMetrics(scope: Scope): Metric[] {
  if (scope.filters.types !== undefined && !hasKeyRows(scope)) return [];
  const rows = ttl(scope);
  const labels = (row: (typeof rows)[number]): Labels => ({ ttl: TTL_LABELS.get(row.ttl)! });
  return [
    summed("ttl_keys", "Keys by the time they had left when the snapshot was made.", rows, labels, "keys"),
    summed("ttl_memory_bytes", "Memory of the keys by the time they had left.", rows, labels, "bytes"),
  ];
}

function summed<T extends object>(
  name: string,
  help: string,
  rows: readonly T[],
  labels: (row: T) => Labels,
  column: string,
): Metric {
  return { name: `rdbscope_${name}`, help, samples: collected(rows, labels, column, (a, b) => a + b) };
}

/** A sample for each set of labels, in the order in which they come up. */
function collected<T extends object>(
  rows: readonly T[],
  labelsOf: (row: T) => Labels,
  column: string,
  join: (a: number, b: number) => number,
): Sample[] {
  const found = new Map<string, Sample>();
  for (const row of rows) {
    const labels = labelsOf(row);
    const value = (row as Readonly<Record<string, number>>)[column] ?? 0;
    const identity = JSON.stringify(labels);
    const before = found.get(identity);
    found.set(identity, { labels, value: before === undefined ? value : join(before.value, value) });
  }
  return [...found.values()].map(({ labels, value }) => ({ labels, value: Math.round(value) }));
}
