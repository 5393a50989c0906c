import { MAX_YAML_BYTES } from "../yaml/limits.ts";
import { hint, readYaml } from "../yaml/read-yaml.ts";
import { POLICY_SCHEMA, type Policy, type PolicyRule } from "./policy.ts";
import { RULE_KINDS } from "./rules/index.ts";

/** No policy is longer. */
export const MAX_POLICY_BYTES = MAX_YAML_BYTES;

/**
 * A policy, of its text as YAML 1.2 (or JSON). `path` is what messages call it.
 * @throws {UsageError} with line, column, field and what is allowed, when it is none
 */
export function parsePolicy(text: string, path: string): Policy {
  const top = "a policy is a map with the fields version and rules";
  const { value, written, placeOf, fail } = readYaml(POLICY_SCHEMA, text, path, top);
  const rules = value.rules.map((one, i): PolicyRule => {
    const { rule, id, description, severity, ...fields } = one as Record<string, unknown> & { rule: string };
    return {
      id: (id as string | undefined) ?? rule,
      kind: RULE_KINDS.find((kind) => kind.id === rule)!,
      description: (description as string | undefined) ?? null,
      severity: (severity as PolicyRule["severity"] | undefined) ?? "error",
      fields,
      written: (written as { rules: Record<string, unknown>[] }).rules[i]!,
      ...placeOf(["rules", i]),
    };
  });
  for (const [i, { id }] of rules.entries()) {
    const first = rules.findIndex((one) => one.id === id);
    if (first < i)
      fail(
        rules[i]!,
        `rules[${i}].id: ${id} is the rule of line ${rules[first]!.line}, too: give each an id of its own`,
      );
  }
  const waivers = (value.waivers ?? []).map((one, i) => ({
    ...one,
    for: one.for ?? null,
    ...placeOf(["waivers", i]),
  }));
  for (const [i, { rule }] of waivers.entries()) {
    const ids = rules.map(({ id }) => id);
    if (!ids.includes(rule))
      fail(["waivers", i, "rule"], `waivers[${i}].rule: there is no rule ${rule}: ${hint(rule, ids)}`);
  }
  return { path, rules, waivers };
}
