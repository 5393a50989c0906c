import type { CheckReport, RuleResult } from "../../check/check.ts";
import type { Layout } from "../index.ts";
import { safeLine, wrapped } from "../text.ts";
import {
  headline,
  lineSafe,
  logSafe,
  othersOf,
  placeOf,
  remarksOf,
  sentenceOf,
  statusWord,
  unusedWaiver,
} from "./words.ts";

const INDENT = "  ";
const STATUS_WIDTH = "SKIPPED".length;

/** What a policy said, as lines for people. */
export function* renderCheckTable(report: CheckReport, { style, width }: Layout): Iterable<string> {
  const lines = (text: string, paint = (line: string) => line) =>
    wrapped(logSafe(text), width).map((line) => paint(lineSafe(line)));
  for (const [i, one] of report.snapshots.entries()) {
    if (i > 0) yield "";
    yield* lines(headline(one), style.heading);
    for (const note of one.notes) yield* lines(safeLine(`note: ${note}`), style.faint);
    for (const result of one.results) yield* resultLines(report, result);
  }
  for (const waiver of report.unused_waivers) yield* lines(`note: ${unusedWaiver(waiver)}`, style.faint);

  function* resultLines(whole: CheckReport, result: RuleResult): Iterable<string> {
    const isWrong = result.status === "failed";
    const measured = safeLine(result.measured);
    const first = `${statusWord(result).padEnd(STATUS_WIDTH)}  ${result.id}${measured === "" ? "" : `: ${measured}`}`;
    yield* lines(
      isWrong ? `${first}  (${placeOf(whole, result)})` : first,
      isWrong ? style.warning : undefined,
    );
    const details = isWrong && result.description !== null ? [safeLine(result.description)] : [];
    const others = othersOf(result);
    const violations = result.violations.map((one) => `- ${sentenceOf(one)}`);
    for (const text of [...details, ...violations, ...(others === "" ? [] : [others]), ...remarksOf(result)])
      yield* lines(INDENT.repeat(2) + text);
  }
}
