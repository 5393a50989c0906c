import { UsageError } from "../errors.ts";
import { nearName } from "../near-names.ts";
import { isUnfiltered, keyRowFilters } from "../queries/filters.ts";
import { hasKeyRows, type Scope } from "../queries/scope.ts";
import { type Estimated, Estimates } from "./estimates.ts";
import { examplesOf } from "./examples.ts";
import { type Info, lackingFields } from "./info.ts";
import { infoMisfit } from "./info-fit.ts";
import { type Finding, type Need, type Rule, SEVERITIES, type Severity } from "./rule.ts";
import { RULES } from "./rules/index.ts";
import type { ThresholdChoice } from "./thresholds.ts";

/** A finding, and the rule that made it. */
export interface Diagnosed extends Omit<Estimated, "examples"> {
  /** Keys that show it, if some are known. */
  readonly examples: readonly (string | Buffer)[];
  readonly rule: string;
  /** The rule's section of the documentation. */
  readonly docs: string;
}

/** What the doctor says of a snapshot. */
export interface Diagnosis {
  /** The worst first; of one severity those that save most, then those that are about most memory. */
  readonly findings: readonly Diagnosed[];
  /** How many there are, those that are left out included. */
  readonly counts: Readonly<Record<Severity, number>>;
  /** Findings of each rule that are left out, as they save and concern less. */
  readonly left: readonly { readonly rule: string; readonly findings: number }[];
  /** Rules that looked. */
  readonly looked: readonly string[];
  /** Rules that could not, and why. */
  readonly skipped: readonly { readonly rule: string; readonly why: string }[];
  /** How INFO differs from the snapshot, where it does not seem to be of its server and time. */
  readonly info_misfit: string | null;
}

export interface DoctorOptions {
  readonly rules: readonly Rule[];
  readonly thresholds: ThresholdChoice;
  readonly info: Info | undefined;
  /** Findings of one rule that are told. */
  readonly largest: number;
}

/**
 * The rules that are to look: `only` these, or all, but not `disabled` ones.
 * @throws {UsageError} for a rule that there is not
 */
export function chooseRules(only: readonly string[] | undefined, disabled: readonly string[] = []): Rule[] {
  for (const name of [...(only ?? []), ...disabled]) {
    if (RULES.some(({ id }) => id === name)) continue;
    const known = RULES.map(({ id }) => id);
    const near = nearName(name, known);
    const hint = near === undefined ? `known are ${known.join(", ")}` : `did you mean ${near}?`;
    throw new UsageError(`unknown rule ${name}: ${hint}`);
  }
  return RULES.filter(({ id }) => (only === undefined || only.includes(id)) && !disabled.includes(id));
}

/** Why a rule cannot do without something; undefined: it is there. */
const MISSING: Readonly<Record<Need, (scope: Scope, options: DoctorOptions) => string | undefined>> = {
  rows: (scope) =>
    hasKeyRows(scope) ? undefined : `needs a row a key: rdbscope analyze ${scope.snapshot.path} --keys all`,
  info: (_, { info }) => (info === undefined ? "needs a saved INFO text: --info FILE" : undefined),
  whole: ({ filters, snapshot }) =>
    isUnfiltered(filters) && snapshot.filters === "{}"
      ? undefined
      : "looks at whole snapshots only, and here are keys filtered",
  evidence: ({ filters }) => {
    const options = keyRowFilters(filters);
    return options.length === 0 ? undefined : `cannot tell for keys chosen by ${options.join(" and ")}`;
  },
};

/** Why a rule cannot look; undefined: it can. */
function missing({ needs, infoFields = [] }: Rule, scope: Scope, options: DoctorOptions): string | undefined {
  const why = needs.map((need) => MISSING[need](scope, options)).find((reason) => reason !== undefined);
  if (why !== undefined) return why;
  const lacking = lackingFields(options.info ?? new Map(), infoFields);
  return lacking.length === 0 ? undefined : `INFO has no ${lacking.join(", ")}`;
}

/** Lets every rule look at a snapshot. */
export function diagnose(scope: Scope, options: DoctorOptions): Diagnosis {
  const skipped: { rule: string; why: string }[] = [];
  const left: { rule: string; findings: number }[] = [];
  const looked: string[] = [];
  const findings: (Estimated & Pick<Diagnosed, "rule" | "docs">)[] = [];
  const counts = { critical: 0, warning: 0, info: 0 };
  const estimates = new Estimates(scope);
  for (const rule of options.rules) {
    const why = missing(rule, scope, options);
    if (why !== undefined) {
      skipped.push({ rule: rule.id, why });
      continue;
    }
    looked.push(rule.id);
    const thresholds = { ...rule.thresholds, ...options.thresholds[rule.id] };
    const ordered = inOrder(rule.find(scope, thresholds, options.info ?? new Map()));
    for (const { severity } of ordered) counts[severity]++;
    if (ordered.length > options.largest) {
      left.push({ rule: rule.id, findings: ordered.length - options.largest });
    }
    const docs = `docs/doctor.md#${rule.id}`;
    const told = ordered.slice(0, options.largest).map((one) => estimates.label(one, rule.isExact === true));
    findings.push(...told.map((one) => ({ rule: rule.id, ...one, docs })));
  }
  return {
    findings: withExamples(scope, inOrder(findings)),
    counts,
    left,
    looked,
    skipped,
    info_misfit: (options.info === undefined ? undefined : infoMisfit(scope, options.info)) ?? null,
  };
}

/** Findings about patterns with some keys of each, where any show it. */
function withExamples<F extends Finding>(scope: Scope, findings: readonly F[]) {
  const wanted = findings.flatMap(({ pattern, examples }) =>
    pattern === null || examples !== null ? [] : [pattern],
  );
  const found = examplesOf(scope, wanted);
  return findings.map((one) => ({
    ...one,
    examples: one.examples ?? (one.pattern === null ? [] : found.get(one.pattern)!),
  }));
}

/**
 * By severity, then by what is saved of used_memory, then by the memory it is about; what is equal stays as rules told it.
 */
function inOrder<F extends Finding>(findings: readonly F[]): F[] {
  const rank = ({ severity }: Finding) => SEVERITIES.indexOf(severity);
  const saving = ({ saving_heap_bytes: bytes }: Finding) => Math.max(0, bytes ?? 0);
  const concerned = ({ figures }: Finding) => Number(figures.heap_bytes ?? figures.bytes ?? 0);
  return [...findings].sort(
    (a, b) => rank(a) - rank(b) || saving(b) - saving(a) || concerned(b) - concerned(a),
  );
}
