import type { REPORT_VERSION } from "./version.ts";

/*
 * What a report says, as types alone: `schema.ts` says the same for programs that are no TypeScript, and a test holds
 * them together. Bytes are whole, shares are of one, times are ms since the epoch. Names are as tables show them: unsafe
 * characters as \xNN, long ones cut.
 */

/** Of an estimate from a sample: it is no more off than this in 95 of 100 samples; null: nobody can tell. */
type SamplingError = number | null | undefined;

/** What a group of keys counts and takes; `bytes` are MEMORY USAGE's, and a lower bound for so many of the keys. */
interface Amount {
  readonly keys: number;
  readonly bytes: number;
  readonly lower_bound_keys: number;
  readonly keys_error?: SamplingError;
  readonly bytes_error?: SamplingError;
}

/** What was read. */
interface SnapshotFacts {
  readonly snapshot: number;
  readonly path: string;
  readonly input: string;
  readonly file_bytes: number;
  readonly fingerprint: string;
  readonly magic: string;
  readonly rdb_version: number;
  /** Name and version of the server that wrote it. */
  readonly server: string;
  readonly created_at: number;
  readonly created_at_source: string;
  readonly analyzed_at: number;
  /** The rdbscope that made the inventory. */
  readonly tool_version: string;
  readonly checksum: string;
  readonly complete: boolean;
  readonly salvaged: boolean;
  readonly hashed_names: boolean;
  readonly key_rows: boolean;
}

/** The server that sizes are of. */
interface TargetFacts {
  readonly profile: string;
  /** False: there is no profile of this server, this is the nearest. */
  readonly exact: boolean;
  /** Version whose answers the model was compared with; null: derived, not measured. */
  readonly measured: string | null;
  readonly allocator: string;
  readonly changed_settings: readonly string[];
}

interface SampleFacts {
  readonly share: number;
  readonly drawn_keys: number;
  readonly drawn_from: number;
  readonly certain_keys: number | null;
  readonly certain_bytes: number | null;
}

export interface Totals extends Amount {
  readonly databases: number;
  readonly patterns: number;
  /** What the allocator holds. */
  readonly heap_bytes: number;
  readonly heap_bytes_error?: SamplingError;
  /** Names and elements themselves. */
  readonly payload_bytes: number;
  readonly payload_bytes_error?: SamplingError;
  readonly name_bytes: number;
  readonly serialized_bytes: number;
  readonly keys_without_ttl: number;
  readonly keys_without_ttl_error?: SamplingError;
  readonly expired: number;
  readonly expired_error?: SamplingError;
  readonly expired_bytes: number;
  readonly lower_bound_bytes: number;
}

/** What used_memory is made of after loading, and what it was when saved. */
export interface UsedMemory {
  /** Payload of the keys that a server loads. */
  readonly data_bytes: number;
  /** Some keys have expired, and their payload was taken to be as large as others'. */
  readonly data_is_estimate: boolean;
  /** Heap of these keys that is not payload. */
  readonly overhead_bytes: number;
  readonly table_bytes: number;
  readonly function_bytes: number;
  /** used_memory of the server without data. */
  readonly baseline_bytes: number;
  /** The sum of the five. */
  readonly estimated_bytes: number;
  readonly estimated_error?: SamplingError;
  readonly saved_bytes: number | null;
  readonly comparable: boolean;
  /** `saved_bytes - estimated_bytes`. */
  readonly unexplained_bytes: number | null;
}

/** A type or an encoding. */
export interface Group extends Amount {
  readonly name: string;
  readonly bytes_share: number;
  readonly heap_bytes: number;
  readonly payload_bytes: number;
  readonly overhead_bytes: number;
  readonly max_bytes: number;
  readonly elements: number | null;
}

export interface PatternGroup extends Amount {
  readonly pattern: string;
  readonly types: string;
  readonly encodings: string;
  readonly bytes_share: number;
  readonly avg_bytes: number;
  readonly p50_bytes: number | null;
  readonly p99_bytes: number | null;
  readonly max_bytes: number;
  readonly payload_bytes: number;
  readonly overhead_bytes: number;
  readonly keys_without_ttl: number;
  readonly expired: number;
}

/** The first rows of a list, and what the others add up to. */
export interface Listed<R> {
  readonly rows: readonly R[];
  readonly rest: { readonly rows: number; readonly keys: number; readonly bytes: number };
}

/** Memory by database, pattern and type. */
export interface Tree {
  readonly patterns: readonly string[];
  readonly types: readonly string[];
  /** Database, indexes in `patterns` and in `types`, keys and bytes; the most bytes first. */
  readonly leaves: readonly (readonly [number, number, number, number, number])[];
  readonly rest: { readonly leaves: number; readonly keys: number; readonly bytes: number };
}

/** Keys by a measure, in classes that double, whose ends are right within 2%; empty where the inventory cannot tell. */
export interface Histogram {
  readonly types: readonly string[];
  /** Both ends are in a class; keys are of each of `types`, the sum is of the values of all these. */
  readonly classes: readonly {
    readonly min: number;
    readonly max: number;
    readonly keys: readonly number[];
    readonly sum: number;
  }[];
}

export interface Span extends Amount {
  readonly name: string;
  readonly min_seconds: number | null;
  readonly max_seconds: number | null;
}

/** When keys expire that have not: the first step begins behind the snapshot's time. */
export interface Timeline {
  readonly step_hours: number;
  readonly starts_at: number;
  readonly steps: readonly { readonly keys: number; readonly bytes: number }[];
  readonly later: { readonly keys: number; readonly bytes: number };
}

export interface Pareto {
  readonly is_exact: boolean;
  /** So many of the largest keys hold so many bytes. */
  readonly curve: readonly (readonly [number, number])[];
  readonly holders: readonly {
    readonly bytes_share: number;
    readonly bytes: number;
    readonly keys: number;
    readonly min_keys: number;
    readonly max_keys: number;
    readonly keys_share: number;
    readonly smallest_bytes: number;
    readonly patterns: number;
  }[];
}

export interface Slots {
  /** Whether the server is known to be a node of a cluster. */
  readonly clustered: boolean;
  /** Of each of the 16,384 slots. */
  readonly bytes: readonly number[];
  readonly keys: readonly number[];
  readonly used: number;
  readonly mean_bytes: number;
  readonly max_bytes: number;
  readonly max_over_mean: number;
  readonly top_slot_share: number;
  readonly top_percent_share: number;
}

export interface TopKey {
  readonly key: string;
  readonly db: number;
  readonly type: string;
  readonly encoding: string;
  readonly pattern: string;
  readonly bytes: number;
  readonly lower_bound: boolean;
  readonly elements: number | null;
  readonly largest_element_bytes: number;
  readonly expires_at: number | null;
  readonly record_offset: number;
  /** normal, review, big or dangerous, by its type's thresholds. */
  readonly class: string;
}

export interface ReportFinding {
  readonly rule: string;
  readonly severity: "critical" | "warning" | "info";
  readonly title: string;
  readonly pattern: string | null;
  readonly estimated: boolean;
  readonly evidence: readonly string[];
  readonly examples: readonly string[];
  /** By what MEMORY USAGE of the keys falls. */
  readonly saving_bytes: number | null;
  /** By what used_memory falls. */
  readonly saving_heap_bytes: number | null;
  readonly unclaimed_because: string | null;
  readonly advice: readonly string[];
  readonly docs: string;
}

export interface ReportFindings {
  readonly counts: { readonly critical: number; readonly warning: number; readonly info: number };
  readonly told: readonly ReportFinding[];
  readonly left: readonly { readonly rule: string; readonly findings: number }[];
  readonly looked: readonly string[];
  readonly skipped: readonly { readonly rule: string; readonly why: string }[];
}

export interface Paragraph {
  readonly title: string;
  readonly text: string;
}

/** All that a report says of one snapshot. */
export interface SnapshotReport {
  readonly snapshot: SnapshotFacts;
  readonly target: TargetFacts;
  readonly sample: SampleFacts | null;
  /** Which keys it is about, in words; empty: all. */
  readonly filters: string;
  /** What a reader has to know: damage, samples, lower bounds. */
  readonly notes: readonly string[];
  /** The report in plain words. */
  readonly opening: readonly Paragraph[];
  readonly totals: Totals;
  /** Null where only a part of the keys is looked at. */
  readonly used_memory: UsedMemory | null;
  readonly findings: ReportFindings;
  readonly tree: Tree;
  readonly types: Listed<Group>;
  readonly encodings: Listed<Group>;
  readonly patterns: Listed<PatternGroup>;
  readonly sizes: Histogram;
  readonly elements: Histogram;
  readonly ttl: readonly Span[];
  readonly timeline: Timeline | null;
  readonly pareto: Pareto;
  readonly slots: Slots | null;
  readonly top_keys: readonly TopKey[];
}

export interface Overview {
  readonly snapshot: number;
  readonly path: string;
  readonly server: string;
  readonly created_at: number;
  readonly keys: number;
  readonly bytes: number;
  readonly lower_bound_keys: number;
  readonly is_estimate: boolean;
  /** Whether it is among `reports`. */
  readonly in_detail: boolean;
}

export interface Change {
  readonly group: string;
  readonly status: "new" | "vanished" | "changed" | "same";
  readonly old_keys: number;
  readonly new_keys: number;
  readonly old_bytes: number;
  readonly new_bytes: number;
  readonly bytes_change: number;
  readonly lower_bound_keys: number;
}

/** Changes of groups, the largest first; `rest` is what those that are not listed add up to. */
export interface ListedChanges {
  readonly rows: readonly Change[];
  readonly rest: { readonly rows: number; readonly bytes_change: number };
}

/** What became of the snapshots of a baseline, all of each side together. */
export interface Changes {
  readonly baseline: string;
  readonly old_created_at: number;
  readonly new_created_at: number;
  /** In what the two differ though sizes depend on it; empty: they can be compared. */
  readonly differ_in: readonly string[];
  readonly totals: readonly {
    readonly measure: string;
    readonly old: number;
    readonly new: number;
    readonly change: number;
  }[];
  readonly patterns: ListedChanges;
  readonly types: ListedChanges;
  readonly encodings: ListedChanges;
}

/** Everything a report says, in one object: what `report --format json` writes and the page is drawn from. */
export interface Report {
  readonly report_version: typeof REPORT_VERSION;
  /** The rdbscope that made the report. */
  readonly tool_version: string;
  readonly source: string;
  readonly snapshots: readonly Overview[];
  readonly reports: readonly SnapshotReport[];
  /** Null without a baseline. */
  readonly changes: Changes | null;
}
