import { chooseRules, diagnose } from "../../doctor/diagnose.ts";
import { SEVERITIES } from "../../doctor/rule.ts";
import { RULES } from "../../doctor/rules/index.ts";
import { THRESHOLDS, type ThresholdChoice } from "../../doctor/thresholds.ts";
import { UsageError } from "../../errors.ts";
import { counted } from "../../queries/words.ts";
import { choice, count, someOf } from "../../yaml/fields.ts";
import { isBeyond, ruleKind, violation } from "../rule.ts";

const IDS = RULES.map(({ id }) => id);

/** Findings of the doctor. */
export const doctor = ruleKind({
  id: "doctor",
  looksFor: "findings of the doctor that are as bad as a severity, or worse",
  fields: {
    fail_on: choice(
      SEVERITIES,
      "Findings of this severity and worse are looked at (default warning).",
    ).optional(),
    max_findings: count("So many of them at most (default 0).").optional(),
    rules: someOf(IDS, "Only these rules of the doctor.").optional(),
    disable: someOf(IDS, "All its rules but these.").optional(),
    thresholds: THRESHOLDS.describe("Other thresholds, by rule, as in docs/doctor.md.").optional(),
  },
  needs: ({ rules = [] }) =>
    RULES.some(({ id, needs }) => rules.includes(id) && needs.includes("rows")) ? ["rows"] : [],
  prefersRows: true,
  check({ scope, info }, fields, found) {
    const { fail_on: worst = "warning", max_findings: limit = 0, rules, disable } = fields;
    const { findings, skipped } = diagnose(scope, {
      rules: chooseRules(rules, disable),
      thresholds: (fields.thresholds ?? {}) as ThresholdChoice,
      info,
      largest: Number.POSITIVE_INFINITY,
    });
    const lacking = skipped.find(({ rule }) => rules?.includes(rule) === true);
    if (lacking !== undefined) throw new UsageError(`doctor: ${lacking.rule} did not look: ${lacking.why}`);
    const bad = findings.filter(({ severity }) => SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(worst));
    for (const { rule, severity, title, pattern, examples } of isBeyond("max_findings", bad.length, limit)
      ? bad
      : []) {
      const detail = `${rule}: ${title}`;
      found(
        violation({
          about: "finding",
          name: pattern ?? examples[0] ?? null,
          what: severity,
          field: "fail_on",
          detail,
          examples: () => examples.slice(0, 3),
        }),
      );
    }
    const blind = skipped.map(({ rule }) => rule).join(", ");
    return {
      measured: `${counted(bad.length, "finding")} of ${worst} or worse, of ${counted(findings.length, "finding")}`,
      notes: blind === "" ? [] : [`these rules of the doctor did not look: ${blind}`],
    };
  },
});
