import type { CheckReport, RuleResult, SnapshotCheck } from "../../check/check.ts";
import { safeLine } from "../text.ts";
import { bodyOf, logSafe, remarksOf, sentenceOf, statusWord, unusedWaiver } from "./words.ts";

/**
 * What a policy said, as JUnit XML: a suite a snapshot, a test case a rule. A rule that is waived or could not be looked at
 * is skipped, as JUnit has no other word for it; a warning passes, with its violations in system-out.
 */
export function* renderJunit(report: CheckReport): Iterable<string> {
  const all = report.snapshots.flatMap(({ results }) => results);
  yield '<?xml version="1.0" encoding="UTF-8"?>';
  yield `<testsuites name="rdbscope check" ${countsOf(all, false)} time="0">`;
  for (const one of report.snapshots) yield* suite(report, one);
  yield "</testsuites>";
}

function* suite(
  { policy, checked_at: now, unused_waivers: unused }: CheckReport,
  { path, snapshot, results, notes }: SnapshotCheck,
) {
  const timestamp = new Date(now).toISOString().slice(0, 19);
  const name = safeLine(snapshot > 1 ? `${path} (snapshot ${snapshot})` : path);
  yield `  <testsuite name="${xml(name)}" ${countsOf(results, true)} time="0" timestamp="${timestamp}" hostname="localhost">`;
  for (const result of results) {
    const body = itemsOf(bodyOf(result));
    yield `    <testcase classname="${xml(safeLine(policy))}" name="${xml(result.id)}" time="0">`;
    const word = statusWord(result);
    if (word === "FAILED")
      yield `      <failure type="${xml(result.rule)}" message="${xml(messageOf(result))}">${xml(body)}</failure>`;
    else if (word === "WARNING")
      yield `      <system-out>${xml(`warning: ${messageOf(result)}\n${body}`)}</system-out>`;
    else if (word !== "PASSED")
      yield `      <skipped>${xml([word.toLowerCase(), ...remarksOf(result)].join(": "))}</skipped>`;
    yield "    </testcase>";
  }
  const told = [...notes.map(safeLine), ...unused.map(unusedWaiver)];
  if (told.length > 0) yield `    <system-out>${xml(itemsOf(told))}</system-out>`;
  yield "  </testsuite>";
}

function messageOf(result: RuleResult): string {
  const [first] = result.violations;
  return first === undefined ? safeLine(result.measured) : sentenceOf(first);
}

function countsOf(results: readonly RuleResult[], skips: boolean): string {
  const words = results.map(statusWord);
  const count = (...of: readonly string[]) => words.filter((word) => of.includes(word)).length;
  const skipped = skips ? ` skipped="${count("WAIVED", "SKIPPED")}"` : "";
  return `tests="${words.length}" failures="${count("FAILED")}" errors="0"${skipped}`;
}

/** Lines that begin with a dash: what begins one is a command to some logs. */
function itemsOf(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join("\n");
}

/** Text as it stands in XML, between quotes too; it has no controls any more but line ends of ours. */
function xml(text: string): string {
  return logSafe(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&apos;");
}
