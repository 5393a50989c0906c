import { chooseRules, diagnose } from "../doctor/diagnose.ts";
import type { Scope } from "../queries/scope.ts";
import { shownLine, shownName } from "./names.ts";
import type { ReportFindings } from "./types.ts";

/** What the doctor sees, with its own rules and thresholds: the `largest` findings of each rule. */
export function findingsOf(scope: Scope, largest: number): ReportFindings {
  const options = { rules: chooseRules(undefined), thresholds: {}, info: undefined, largest };
  const { findings, counts, left, looked, skipped } = diagnose(scope, options);
  return {
    counts: { ...counts },
    told: findings.map((one) => ({
      rule: one.rule,
      severity: one.severity,
      title: shownLine(one.title),
      pattern: one.pattern === null ? null : shownName(one.pattern),
      estimated: one.estimated,
      evidence: one.evidence.map(shownLine),
      examples: one.examples.map(shownName),
      saving_bytes: one.saving_bytes,
      saving_heap_bytes: one.saving_heap_bytes,
      unclaimed_because: one.unclaimed_because,
      advice: one.advice.map(shownLine),
      docs: one.docs,
    })),
    left: [...left],
    looked: [...looked],
    skipped: skipped.map(({ rule, why }) => ({ rule, why: shownLine(why) })),
  };
}
