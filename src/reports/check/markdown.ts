import type { CheckReport, RuleResult, SnapshotCheck } from "../../check/check.ts";
import { codeSpan, markdownText } from "../markdown.ts";
import { shortText } from "../text.ts";
import {
  exampleNames,
  faultOf,
  headline,
  lineSafe,
  othersOf,
  placeOf,
  remarksOf,
  statusWord,
  subjectOf,
  unusedWaiver,
} from "./words.ts";

const MARKS: Readonly<Record<string, string>> = {
  FAILED: "❌ failed",
  WARNING: "⚠️ warning",
  WAIVED: "🕓 waived",
  SKIPPED: "➖ skipped",
  PASSED: "✅ passed",
};

/** What a policy said, as a summary of a CI job. */
export function* renderCheckMarkdown(report: CheckReport): Iterable<string> {
  for (const line of markdownLines(report)) yield lineSafe(line);
}

function* markdownLines(report: CheckReport): Iterable<string> {
  yield `## rdbscope check: ${report.passed ? "passed" : "failed"}`;
  for (const one of report.snapshots) yield* snapshotLines(report, one);
  for (const waiver of report.unused_waivers) {
    yield "";
    yield `Note: ${markdownText(unusedWaiver(waiver))}`;
  }
}

function* snapshotLines(report: CheckReport, one: SnapshotCheck): Iterable<string> {
  yield "";
  yield `### ${markdownText(headline(one))}`;
  for (const note of one.notes) {
    yield "";
    yield `Note: ${markdownText(note)}`;
  }
  yield "";
  yield row(["Result", "Rule", "Measured", "Policy"]);
  yield row(["---", "---", "---", "---"]);
  for (const result of one.results) {
    yield row([
      MARKS[statusWord(result)]!,
      markdownText(result.id),
      markdownText(result.measured),
      markdownText(placeOf(report, result)),
    ]);
  }
  for (const result of one.results) if (result.status === "failed") yield* violationLines(result);
}

function* violationLines(result: RuleResult): Iterable<string> {
  yield "";
  yield `#### ${markdownText(`${statusWord(result)}: ${result.id}`)}`;
  if (result.description !== null) {
    yield "";
    yield markdownText(result.description);
  }
  yield "";
  yield row(["What", "Why"]);
  yield row(["---", "---"]);
  for (const one of result.violations) {
    const subject = one.name === null ? markdownText(subjectOf(one)) : codeSpan(subjectOf(one));
    const names = exampleNames(one).map((name) => codeSpan(shortText(name)));
    const examples = names.length === 0 ? "" : `; for example: ${names.join(", ")}`;
    yield row([subject, markdownText(faultOf(one)) + examples]);
  }
  const others = othersOf(result);
  if (others !== "") yield row([markdownText(others), ""]);
  for (const remark of remarksOf(result)) {
    yield "";
    yield markdownText(remark);
  }
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
