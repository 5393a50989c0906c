import type { CheckReport, RuleResult, SnapshotCheck } from "../../check/check.ts";
import { markdownText } from "../markdown.ts";
import {
  examplesOf,
  faultOf,
  headline,
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
  for (const note of one.notes) {
    yield "";
    yield `Note: ${markdownText(note)}`;
  }
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
    const examples = examplesOf(one);
    yield row(
      [subjectOf(one), examples === "" ? faultOf(one) : `${faultOf(one)}; ${examples}`].map(markdownText),
    );
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
