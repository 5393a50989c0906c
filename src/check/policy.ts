import * as z from "zod";
import { globs, words } from "../yaml/fields.ts";
import type { Place } from "../yaml/read-yaml.ts";
import { LEVELS, type Level, type RuleKind } from "./rule.ts";
import { RULE_KINDS } from "./rules/index.ts";

export type { Place } from "../yaml/read-yaml.ts";

/** The form of policies that this version reads. */
export const POLICY_VERSION = 1;

const KINDS = RULE_KINDS.map(({ id }) => id);
const ID = "a name of letters, digits, dots and dashes";
const DATE = "a date such as 2026-12-31";

const COMMON = {
  id: z
    .string(ID)
    .regex(/^[\w.-]{1,100}$/, ID)
    .optional()
    .describe("What reports and waivers call the rule (default: the kind of rule)."),
  description: words("What the rule is for: reports show it.").optional(),
  severity: z
    .enum(LEVELS, `one of ${LEVELS.join(", ")}`)
    .optional()
    .describe("error (default): the check fails; warning: it is only told."),
};

const RULES = RULE_KINDS.map((kind) =>
  z
    .strictObject({
      rule: z.literal(kind.id).describe(`Looks for ${kind.looksFor}.`),
      ...COMMON,
      ...kind.fields,
    })
    .superRefine((fields: Record<string, unknown>, context) => {
      for (const [name, least] of Object.entries(fields)) {
        const most = fields[name.replace(/^min_/, "max_")];
        if (typeof least === "number" && typeof most === "number" && least > most)
          context.addIssue({ code: "custom", message: `${name} is above ${name.replace(/^min_/, "max_")}` });
      }
      const { oneOf } = kind;
      if (oneOf === undefined || oneOf.some((name) => fields[name] !== undefined)) return;
      context.addIssue({ code: "custom", message: `${kind.id} needs one of ${oneOf.join(", ")}` });
    }),
);
type AnyRule = (typeof RULES)[number];

const WAIVER = z.strictObject({
  rule: z.string(ID).min(1, ID).describe("The id of the rule."),
  for: globs(
    "Only violations about these: globs over the name of the key, pattern, type … (default: all).",
  ).optional(),
  until: z
    .string(DATE)
    .regex(/^\d{4}-\d\d-\d\d$/, DATE)
    .refine((text) => !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text), DATE)
    .describe("The last day on which it holds (UTC)."),
  reason: words("Why this is tolerated so long."),
});

/** A policy as it is written. */
export const POLICY_SCHEMA = z.strictObject({
  version: z.literal(POLICY_VERSION, `${POLICY_VERSION}`).describe("The form of the policy."),
  rules: z
    .array(
      z.discriminatedUnion("rule", RULES as unknown as [AnyRule, ...AnyRule[]], {
        error: ({ code }) => (code === "invalid_union" ? `one of ${KINDS.join(", ")}` : "a map of fields"),
      }),
      "a list of rules",
    )
    .min(1, "a list of rules"),
  waivers: z
    .array(WAIVER, "a list of waivers")
    .optional()
    .describe("Violations that are tolerated for a while."),
});

/** A rule of a policy. */
export interface PolicyRule extends Place {
  readonly id: string;
  readonly kind: RuleKind;
  readonly description: string | null;
  readonly severity: Level;
  /** As the kind declares them, read. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The same as they are written. */
  readonly written: Readonly<Record<string, unknown>>;
}

/** Something that is tolerated for a while. */
export interface Waiver extends Place {
  /** Id of the rule. */
  readonly rule: string;
  /** Globs over names; null: all violations of the rule. */
  readonly for: readonly string[] | null;
  /** The last day, as ISO 8601 has it. */
  readonly until: string;
  readonly reason: string;
}

/** What a snapshot has to be like. */
export interface Policy {
  /** The file, as messages call it. */
  readonly path: string;
  readonly rules: readonly PolicyRule[];
  readonly waivers: readonly Waiver[];
}

/** JSON Schema (draft 7) of policies, for editors. */
export function policyJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(POLICY_SCHEMA, { target: "draft-7", io: "input" });
  return { $schema, title: "Policy of rdbscope check", ...schema };
}
