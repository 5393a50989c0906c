import type { Scope } from "../queries/scope.ts";
import type { Info, InfoField } from "./info.ts";

/** How bad a finding is, the worst first. */
export const SEVERITIES = ["critical", "warning", "info"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** One thing that a rule saw in a snapshot. */
export interface Finding {
  readonly severity: Severity;
  /** In plain words, without a full stop; names in it are as the snapshot has them. */
  readonly title: string;
  /** The pattern it is about; null: a key, or all of the snapshot. */
  readonly pattern: string | null;
  /** Sentences with the numbers that it rests on. */
  readonly evidence: readonly string[];
  /**
   * The same numbers for machines; bytes, counts, shares of one, as the names say: `bytes` are MEMORY USAGE's,
   * `heap_bytes` what the allocator holds. Findings that are about more memory are told earlier.
   */
  readonly figures: Readonly<Record<string, string | number | null>>;
  /** Keys that show it; null: the doctor looks for some, as any of the pattern do. */
  readonly examples: readonly (string | Buffer)[] | null;
  /** By how much MEMORY USAGE of the keys falls when the advice is taken, as the memory model says; null: not claimed. */
  readonly saving_bytes: number | null;
  /** The same of what the allocator holds, which is what used_memory falls by. */
  readonly saving_heap_bytes: number | null;
  /** Why no saving is claimed, where the advice makes one expect it. A clause without a full stop. */
  readonly unclaimed_because: string | null;
  /** What to do: sentences with the exact command or setting. */
  readonly advice: readonly string[];
}

/** What a rule cannot do without: a row a key, a saved INFO text, or that the scope is the whole snapshot. */
export type Need = "rows" | "info" | "whole" | "evidence";

/** Limits that a rule goes by, each a number or a list of words. All can be set. */
export type Thresholds = Readonly<Record<string, number | readonly string[]>>;

/** What a rule looks at besides the snapshot. `info` is empty unless the rule needs it. */
export interface Rule<T extends Thresholds = Thresholds> {
  /** Its name, and its section in docs/doctor.md. */
  readonly id: string;
  /** What it looks for, in a few words. */
  readonly looksFor: string;
  readonly needs: readonly Need[];
  /** Of those that need INFO: fields without which the rule would see nothing, and so does not look. */
  readonly infoFields?: readonly InfoField[];
  readonly thresholds: T;
  /** It tells of single keys or of INFO: nothing of it is an estimate where the inventory is a sample. */
  readonly isExact?: boolean;
  find(scope: Scope, thresholds: T, info: Info): Finding[];
}

/** A rule as the registry holds it. */
export function rule<const T extends Thresholds>(one: Rule<Settable<T>> & { readonly thresholds: T }): Rule {
  return one as unknown as Rule;
}

/** The same names with any values. */
type Settable<T extends Thresholds> = {
  readonly [Name in keyof T]: T[Name] extends number ? number : readonly string[];
};

/** A finding with what most do not have left out. */
export function finding(
  one: Pick<Finding, "severity" | "title" | "evidence" | "advice"> & Partial<Finding>,
): Finding {
  return {
    pattern: null,
    figures: {},
    examples: null,
    saving_bytes: null,
    saving_heap_bytes: null,
    unclaimed_because: null,
    ...one,
  };
}
