import type { CheckReport } from "../../check/check.ts";
import type { Place } from "../../check/policy.ts";
import { safeLine } from "../text.ts";
import { bodyOf, headline, lineSafe, logSafe, statusWord, unusedWaiver } from "./words.ts";

/** The command of GitHub's workflow logs that each status is told by; none where all is well. */
const COMMANDS: Readonly<Record<string, string>> = { FAILED: "error", WARNING: "warning", WAIVED: "notice" };

/**
 * What a policy said, as GitHub's workflow commands: an annotation a rule, at its line of the policy. What all is well with is
 * told in one plain line.
 */
export function* renderGithub(report: CheckReport): Iterable<string> {
  for (const one of report.snapshots) {
    yield lineSafe(headline(one));
    for (const note of one.notes) yield logSafe(safeLine(`note: ${note}`));
    for (const result of one.results) {
      const command = COMMANDS[statusWord(result)];
      if (command === undefined) continue;
      const lines = [`${one.path}: ${result.measured}`, ...bodyOf(result)].map(safeLine);
      yield annotation(command, report.policy, result, `rdbscope: ${result.id}`, lines);
    }
  }
  for (const waiver of report.unused_waivers)
    yield annotation("notice", report.policy, waiver, `rdbscope: ${waiver.rule}`, [unusedWaiver(waiver)]);
}

function annotation(
  command: string,
  file: string,
  { line, column }: Place,
  title: string,
  lines: readonly string[],
) {
  const properties = { file: safeLine(file), line, col: column, title: safeLine(title) };
  const given = Object.entries(properties).map(([name, value]) => `${name}=${property(String(value))}`);
  return `::${command} ${given.join(",")}::${message(lines.map(logSafe).join("\n"))}`;
}

/** What a message may not have as it is. */
function message(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

/** The same of a property. */
function property(text: string): string {
  return message(logSafe(text)).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
