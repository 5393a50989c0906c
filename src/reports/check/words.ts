import type {
  CheckReport,
  RuleResult,
  SnapshotCheck,
  UnusedBecause,
  UnusedWaiver,
} from "../../check/check.ts";
import type { Waiver } from "../../check/policy.ts";
import type { Unit, Violation } from "../../check/rule.ts";
import { counted, thousands } from "../../queries/words.ts";
import { toJson } from "../json.ts";
import { safeLine, shortText } from "../text.ts";
import { humanBytes, humanShare } from "../units.ts";

/** What reports on policies say, each a line of safe text. */

const NUMBERS: Readonly<Record<Unit, (value: number) => string>> = {
  bytes: humanBytes,
  count: thousands,
  share: humanShare,
};

/**
 * CI services obey `##[command]` and `##vso[command]` wherever they stand in a line of a log: no name of a key shall.
 */
export function logSafe(text: string): string {
  return text.replace(/##(?=\w*\[)/g, "#\\x23");
}

/** GitHub obeys `::command::` where a line of a log begins with it. */
export function lineSafe(text: string): string {
  return logSafe(text).replace(/^(\s*):/, "$1\\x3A");
}

/** JSON in one line that is such a log, too: a program reads the same from it. */
export function logSafeJson(value: unknown): string {
  return toJson(value).replace(/#(?=\w*\[)/g, "\\u0023");
}

/** What has no name and is no choice of keys. */
const UNNAMED: Readonly<Record<string, string>> = { row: "a row", server: "the server" };

/** What a violation is about: "all keys", "keys of type hash", "session:*", "database 0", "the server". */
export function subjectOf({ about, name, chosen, db }: Violation): string {
  if (name === null) return UNNAMED[about] ?? safeLine(chosen);
  const text = shortText(name);
  const shown = text === "" ? '""' : text;
  if (about === "db") return `database ${shown}`;
  return about === "key" && db !== null && db > 0 ? `${shown} (database ${db})` : shown;
}

/** A value, with as many digits as it takes to tell it from its limit. */
function toldApart(unit: Unit, value: number, limit: number | null): string {
  const rounded = NUMBERS[unit](value);
  if (limit === null || rounded !== NUMBERS[unit](limit)) return rounded;
  const exact = (number: number, digits: number) => {
    const [size, sign] = unit === "share" ? [number * 100, "%"] : [number, unit === "bytes" ? " bytes" : ""];
    return (
      size.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }) + sign
    );
  };
  let digits = unit === "share" ? 2 : 0;
  while (digits < 15 && exact(value, digits) === exact(limit, digits)) digits++;
  return exact(value, digits);
}

/** What is wrong with it: "376.20K of memory, max_bytes is 100K (stream of 600 elements)". */
export function faultOf({ what, value, unit, field, limit, limit_text, detail }: Violation): string {
  const told = value === 1 ? what.replace(/\b(key|element)s\b/, "$1") : what;
  const parts = [value === null ? told : `${toldApart(unit, value, limit)} ${told}`];
  if (limit !== null) parts.push(`${field} is ${limit_text ?? NUMBERS[unit](limit)}`);
  return safeLine(`${parts.join(", ")}${detail === "" ? "" : ` (${detail})`}`);
}

/** Some keys of it besides itself. */
export function exampleNames({ name, examples }: Violation): (string | Buffer)[] {
  return examples.filter((one) => one !== name);
}

/** The same in words; empty where none is known. */
function examplesOf(violation: Violation): string {
  const others = exampleNames(violation);
  return others.length === 0 ? "" : `for example: ${others.map(shortText).join(", ")}`;
}

/** A violation in one line. */
export function sentenceOf(one: Violation): string {
  const examples = examplesOf(one);
  return `${subjectOf(one)}: ${faultOf(one)}${examples === "" ? "" : `; ${examples}`}`;
}

/** How many violations are not told; empty: none. */
export function othersOf({ violations, violation_count: all }: RuleResult): string {
  const more = all - violations.length;
  return more === 0 ? "" : `… and ${thousands(more)} other${more === 1 ? "" : "s"}`;
}

/** What there is to say of a rule besides its violations. */
export function remarksOf({
  waived_count: waived,
  expired_waivers: expired,
  notes,
  estimated,
}: RuleResult): string[] {
  return [
    ...(estimated ? ["estimated from a sample"] : []),
    ...(waived > 0 ? [`waived: ${counted(waived, "violation")}`] : []),
    ...expired.map((one) => `the waiver ${ofWaiver(one)} expired on ${one.until}: ${one.reason}`),
    ...notes,
  ].map(safeLine);
}

function ofWaiver({ for: globs, line }: Waiver): string {
  return `${globs === null ? "" : `for ${globs.join(", ")} `}(line ${line})`;
}

const UNUSED: Readonly<Record<UnusedBecause, string>> = {
  "no violation": "is not needed: nothing there is wrong any more",
  "no match": "fits none of its violations",
  "another waiver": "is not needed: another one holds for the same",
  skipped: "was not looked at: the rule was skipped",
};

/** A waiver that nothing needs. */
export function unusedWaiver(one: UnusedWaiver): string {
  return safeLine(`the waiver of ${one.rule} ${ofWaiver(one)} ${UNUSED[one.because]}`);
}

/** What a rule is called where people read: FAILED, WARNING, … */
export function statusWord({ status, severity }: RuleResult): string {
  return (status === "failed" && severity === "warning" ? "warning" : status).toUpperCase();
}

/** How a snapshot fared: "dump.rdb: 2 rules failed, 5 passed". */
export function headline({ path, results }: SnapshotCheck): string {
  const words = ["FAILED", "WARNING", "WAIVED", "SKIPPED", "PASSED"];
  const found = results.map(statusWord);
  const parts = words.flatMap((word) => {
    const count = found.filter((one) => one === word).length;
    if (count === 0) return [];
    return [word === "WARNING" ? counted(count, "warning") : `${thousands(count)} ${word.toLowerCase()}`];
  });
  return safeLine(`${path}: ${parts.join(", ")}, of ${counted(results.length, "rule")}`);
}

/** Everything that is to be told of a rule that does not hold, a line each. */
export function bodyOf(result: RuleResult): string[] {
  const others = othersOf(result);
  return [
    ...(result.description === null ? [] : [safeLine(result.description)]),
    ...result.violations.map(sentenceOf),
    ...(others === "" ? [] : [others]),
    ...remarksOf(result),
  ];
}

/** Where a rule stands. */
export function placeOf({ policy }: Pick<CheckReport, "policy">, { line }: RuleResult): string {
  return safeLine(`${policy}:${line}`);
}
