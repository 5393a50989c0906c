import type { Report } from "../../report-data/types.ts";

/*
 * What the page of `serve` and its server tell each other, as JSON. Browsers read this too: it imports nothing that needs Node.
 */

/** What the page begins with. */
export interface Start {
  readonly report: Report;
  readonly questions: readonly Question[];
  readonly tables: readonly Table[];
  readonly limits: { readonly rows: number; readonly seconds: number };
}

/** A question that has a name. */
export interface Question {
  readonly name: string;
  readonly title: string;
  readonly sql: string;
  readonly params: readonly {
    readonly name: string;
    /** Null: all of them; undefined: it has to be given. */
    readonly default?: string | null;
    readonly meaning: string;
  }[];
}

/** A table or view that SQL may ask. */
export interface Table {
  readonly name: string;
  readonly meaning: string;
  readonly columns: readonly { readonly name: string; readonly unit: string; readonly meaning: string }[];
}

/** A statement: SQL or the name of a question, with `name=value` for each parameter. */
export interface Asked {
  readonly sql: string;
  readonly params?: readonly string[] | undefined;
}

/** A cell of a result: text is safe to be shown. */
export type Cell = string | number | null;

/** How a column's values are meant, as `ColumnKind` of questions has it. */
type Kind = "text" | "key" | "bytes" | "count" | "share" | "time" | "number" | "ratio" | "mark";

/** One table of a result. */
export interface ResultPart {
  readonly title: string;
  readonly columns: readonly { readonly name: string; readonly kind: Kind }[];
  readonly rows: readonly (readonly Cell[])[];
}

/** What a statement answers. */
export interface Result {
  readonly parts: readonly ResultPart[];
  readonly notes: readonly string[];
  /** What of the result is not there; null: all is. */
  readonly cut: string | null;
}

/** The same as CSV, with whole values. */
export interface CsvResult extends Pick<Result, "notes" | "cut"> {
  readonly csv: string;
}

/** A key that was searched for. */
export interface FoundKey {
  readonly snapshot: number;
  readonly offset: number;
  readonly db: number;
  readonly key: string;
  readonly type: string;
  readonly encoding: string;
  readonly bytes: number;
  readonly lower_bound: boolean;
  readonly elements: number | null;
  readonly expires_at: number | null;
  readonly pattern: string;
}

/** What a search found, the biggest first. */
export interface FoundKeys {
  readonly keys: readonly FoundKey[];
  /** Whether there are more than are listed. */
  readonly more: boolean;
  readonly notes: readonly string[];
}

/** Where every byte of a key goes: an `Explanation`, with names that are safe to be shown. */
export interface ExplainedKey {
  readonly path: string;
  readonly db: number;
  readonly key: string;
  readonly type: string;
  readonly encoding: string;
  readonly elements: number | null;
  readonly expires_at: number | null;
  readonly expired: number;
  readonly record_offset: number;
  readonly serialized_bytes: number;
  readonly payload_bytes: number;
  readonly bytes: number;
  readonly heap_bytes: number;
  readonly accuracy: string;
  readonly min_bytes: number;
  readonly max_bytes: number;
  readonly profile: string;
  readonly profile_measured: number;
  readonly allocator: string;
  readonly parts: readonly {
    readonly part: string;
    readonly count: number;
    readonly bytes: number;
    readonly heap_bytes: number;
    readonly source: string;
  }[];
}

/** The explanations of a key, one for each place that it was found at. */
export interface Explained {
  readonly found: readonly ExplainedKey[];
  readonly notes: readonly string[];
}
