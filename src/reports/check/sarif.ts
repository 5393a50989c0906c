import { createHash } from "node:crypto";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { CheckReport, RuleResult, SnapshotCheck } from "../../check/check.ts";
import type { Violation } from "../../check/rule.ts";
import { VERSION } from "../../io/version.ts";
import { safeLine } from "../text.ts";
import { logSafeJson, othersOf, remarksOf, sentenceOf, subjectOf, unusedWaiver } from "./words.ts";

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

/** What a policy said, as SARIF 2.1.0: a result a violation, at the line of the rule in the policy. */
export function* renderSarif(report: CheckReport): Iterable<string> {
  const rules = report.snapshots[0]!.results;
  const several = report.snapshots.length > 1;
  yield logSafeJson({
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "rdbscope",
            version: VERSION,
            semanticVersion: VERSION,
            rules: rules.map(descriptor),
          },
        },
        columnKind: "utf16CodeUnits",
        invocations: [
          { executionSuccessful: true, toolExecutionNotifications: notesOf(report).map(notification) },
        ],
        results: report.snapshots.flatMap((one) =>
          one.results.flatMap((result, i) => resultsOf(report, one, result, i, several)),
        ),
      },
    ],
  });
}

/** What is to be known of the check, and of no rule. */
function notesOf({ snapshots, unused_waivers: unused }: CheckReport): string[] {
  return [
    ...snapshots.flatMap(({ path: file, notes }) => notes.map((one) => `${file}: ${one}`)),
    ...unused.map(unusedWaiver),
  ];
}

function notification(text: string) {
  return { level: "note", message: { text: message(safeLine(text)) } };
}

function descriptor({ id, rule, description, severity }: RuleResult) {
  return {
    id,
    name: rule,
    shortDescription: { text: message(safeLine(description ?? `a rule of the kind ${rule}`)) },
    defaultConfiguration: { level: severity },
  };
}

function resultsOf(
  report: CheckReport,
  check: SnapshotCheck,
  result: RuleResult,
  ruleIndex: number,
  several: boolean,
) {
  if (result.status !== "failed") return [];
  const before = several ? `${safeLine(check.path)}: ` : "";
  const remarks = remarksOf(result).map((text) => ` (${text})`);
  const common = { ruleId: result.id, ruleIndex, level: result.severity };
  const about = { snapshot: safeLine(check.path), snapshot_id: check.snapshot };
  const told = result.violations.map((one, i) => ({
    ...common,
    message: { text: message(`${before}${sentenceOf(one)}${i === 0 ? remarks.join("") : ""}`) },
    locations: [location(report, result, subjectOf(one))],
    partialFingerprints: fingerprints(check, [result.id, one.about, hexOf(one.name), one.db, one.field]),
    properties: {
      ...about,
      about: one.about,
      field: one.field,
      value: one.value,
      limit: one.limit,
      unit: one.unit,
    },
  }));
  const others = othersOf(result);
  if (others === "") return told;
  const rest = {
    ...common,
    message: { text: message(before + others) },
    locations: [location(report, result, "others")],
    partialFingerprints: fingerprints(check, [result.id, "others"]),
    properties: { ...about, violations: result.violation_count },
  };
  return [...told, rest];
}

function location({ policy }: CheckReport, { line, column }: RuleResult, name: string) {
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(policy) },
      region: { startLine: line, startColumn: column },
    },
    logicalLocations: [{ name, kind: "resource" }],
  };
}

/**
 * The same for the same violation in later runs, whatever its value then, and another in each snapshot. GitHub looks at the
 * second alone, which it would else make of the policy's line: all violations of a rule would be one.
 */
function fingerprints({ snapshot }: SnapshotCheck, parts: readonly unknown[]): Record<string, string> {
  const hash = createHash("sha256")
    .update(JSON.stringify([snapshot, ...parts]))
    .digest("hex");
  return { "violation/v1": hash, primaryLocationLineHash: hash };
}

/** A name as JSON has it without loss. */
function hexOf(name: Violation["name"]): string | null {
  return Buffer.isBuffer(name) ? name.toString("hex") : name;
}

function uriOf(file: string): string {
  if (path.isAbsolute(file)) return pathToFileURL(file).href;
  return path.normalize(file).split(path.sep).map(encodeURIComponent).join("/");
}

/** Text in which nothing is a link (SARIF 2.1.0, 3.11.6) or a place for an argument (3.11.5). */
function message(text: string): string {
  return text
    .replace(/[[\]]/g, "\\$&")
    .replace(/\{(?=\d+\})/g, "{{")
    .replace(/(?<=\{\{\d+)\}/g, "}}");
}
