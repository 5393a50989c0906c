import * as z from "zod";
import { UsageError } from "../errors.ts";
import { nearName } from "../near-names.ts";
import type { Thresholds } from "./rule.ts";
import { RULES } from "./rules/index.ts";

/** Thresholds that somebody set, by rule. What is not given stays as it is. */
export type ThresholdChoice = Readonly<Record<string, Thresholds>>;

const valueLike = (value: number | readonly string[]) =>
  typeof value === "number" ? z.number().nonnegative() : z.array(z.string().min(1).toLowerCase());

/** Thresholds by rule, each as its default is: a number or a list of words. */
export const THRESHOLDS = z
  .strictObject(
    Object.fromEntries(
      RULES.map(({ id, thresholds }) => [
        id,
        z
          .strictObject(
            Object.fromEntries(Object.entries(thresholds).map(([name, v]) => [name, valueLike(v)])),
          )
          .partial(),
      ]),
    ),
  )
  .partial();

/**
 * Thresholds as JSON: `{"big-keys": {"bytes": 500000}}`. `path` is what messages call the text.
 * @throws {UsageError} for what is no JSON, a rule or threshold that there is not, and a value that cannot be
 */
export function parseThresholds(text: string, path: string): ThresholdChoice {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${path} is no JSON: ${(error as Error).message.replace(/\s+/g, " ")}`);
  }
  const result = THRESHOLDS.safeParse(value);
  if (result.success) return result.data as ThresholdChoice;
  throw new UsageError(`${path}: ${issueText(result.error.issues[0]!)}`);
}

function issueText(issue: z.core.$ZodIssue): string {
  const where = issue.path.join(".");
  if (issue.code !== "unrecognized_keys") return `${where === "" ? "the file" : where}: ${issue.message}`;
  const [name] = issue.keys as [string];
  const rule = RULES.find(({ id }) => id === issue.path[0]);
  const known = rule === undefined ? RULES.map(({ id }) => id) : Object.keys(rule.thresholds);
  const what = rule === undefined ? `unknown rule ${name}` : `${rule.id} has no threshold ${name}`;
  const near = nearName(name, known);
  return `${what}: ${near === undefined ? `known are ${known.join(", ")}` : `did you mean ${near}?`}`;
}
