import type { Diagnosed, Diagnosis } from "../doctor/diagnose.ts";
import { type Rule, SEVERITIES } from "../doctor/rule.ts";
import { column, type Row, type Section } from "../queries/answer.ts";
import { counted } from "../queries/words.ts";
import type { Layout } from "./index.ts";
import { toJson } from "./json.ts";
import { markdownText } from "./markdown.ts";
import { safeLine, safeText, wrapped } from "./text.ts";
import { humanBytes } from "./units.ts";

/** What the doctor says of one snapshot, and which that is. */
export interface DoctorReport {
  readonly snapshot: number;
  readonly path: string;
  readonly diagnosis: Diagnosis;
  readonly notes: readonly string[];
}

const INDENT = "   ";
const NOUNS = { critical: "critical finding", warning: "warning", info: "note" } as const;

/** Findings as plain sentences. */
export function* renderDoctor(report: DoctorReport, { style, width }: Layout): Iterable<string> {
  const { findings } = report.diagnosis;
  yield* wrapped(safeLine(headline(report)), width).map(style.heading);
  for (const [i, one] of findings.entries()) {
    yield "";
    const paint = one.severity === "info" ? style.heading : style.warning;
    yield* wrapped(safeLine(`${i + 1}. ${one.severity.toUpperCase()} ${one.title}`), width).map(paint);
    for (const line of bodyOf(one)) yield* wrapped(safeLine(INDENT + line), width);
    yield* wrapped(safeLine(`${INDENT}See ${one.docs}`), width).map(style.faint);
  }
  const ending = endingOf(report);
  if (ending.length > 0) yield "";
  for (const note of ending) yield* wrapped(safeLine(`note: ${note}`), width).map(style.faint);
}

function bodyOf(one: Diagnosed): string[] {
  return [
    one.evidence.join(" "),
    ...(one.examples.length === 0 ? [] : [`For example: ${one.examples.map(safeText).join(", ")}`]),
    ...(one.saving_bytes === null ? [] : [savingText(one)]),
    ...one.advice.map((line) => `- ${line}`),
  ];
}

function savingText({ saving_bytes: bytes, saving_heap_bytes: heap }: Diagnosed): string {
  const used = heap === null || heap === bytes ? "" : ` (${humanBytes(heap)} of used_memory)`;
  return `Saves ${humanBytes(bytes ?? 0)}${used}.`;
}

/** The doctor's whole opinion in a line. */
function headline({ path, diagnosis }: DoctorReport): string {
  const { findings, looked } = diagnosis;
  if (findings.length === 0)
    return `${path}: nothing is wrong as far as ${counted(looked.length, "rule")} can see`;
  const counts = SEVERITIES.map((severity) => ({
    noun: NOUNS[severity],
    count: findings.filter((one) => one.severity === severity).length,
  })).filter(({ count }) => count > 0);
  return `${path}: ${counts.map(({ noun, count }) => counted(count, noun)).join(", ")}`;
}

function endingOf({ diagnosis: { left, skipped }, notes }: DoctorReport): string[] {
  const reasons = new Map<string, string[]>();
  for (const { rule, why } of skipped) reasons.set(why, [...(reasons.get(why) ?? []), rule]);
  return [
    ...left.map(({ rule, findings }) => `${counted(findings, "more finding")} of ${rule}: -l shows more`),
    ...[...reasons].map(([why, rules]) => `did not look: ${rules.join(", ")} (${why})`),
    ...notes,
  ];
}

/** The same as a Markdown document. */
export function* doctorMarkdown(report: DoctorReport): Iterable<string> {
  yield `## ${markdownText(headline(report))}`;
  for (const one of report.diagnosis.findings) {
    yield "";
    yield `### ${markdownText(`${one.severity}: ${one.title}`)}`;
    yield "";
    yield markdownText(one.evidence.join(" "));
    if (one.examples.length > 0) {
      yield "";
      yield `For example: ${one.examples.map((key) => markdownText(safeText(key))).join(", ")}`;
    }
    if (one.saving_bytes !== null) {
      yield "";
      yield `**${markdownText(savingText(one))}**`;
    }
    yield "";
    for (const line of one.advice) yield `- ${markdownText(line)}`;
    yield `- see \`${one.docs}\``;
  }
  for (const note of endingOf(report)) {
    yield "";
    yield `Note: ${markdownText(note)}`;
  }
}

/** The whole report as one JSON object. */
export function doctorJson({ snapshot, path, diagnosis, notes }: DoctorReport): string {
  const { findings, left, looked, skipped } = diagnosis;
  return toJson({ snapshot, path, healthy: findings.length === 0, findings, left, looked, skipped, notes });
}

const COLUMNS = [
  "severity",
  "rule",
  "title",
  "pattern",
  "saving_bytes",
  "saving_heap_bytes",
  "evidence",
  "examples",
  "advice",
  "docs",
].map((name) => column(name, name, "text"));

/** A row a finding: its lists are joined with spaces, keys with commas. */
export function doctorSection(report: DoctorReport): Section {
  const rows = report.diagnosis.findings.map(
    ({ evidence, examples, advice, figures: _, ...one }): Row => ({
      ...one,
      evidence: evidence.join(" "),
      examples: examples.map(safeText).join(", "),
      advice: advice.join(" "),
    }),
  );
  return { name: "doctor", title: headline(report), columns: COLUMNS, rows, notes: endingOf(report) };
}

/** All rules there are, as sentences. */
export function* renderRules(rules: readonly Rule[], { style, width }: Layout): Iterable<string> {
  for (const row of rulesSection(rules).rows) {
    yield* wrapped(`${row.rule}: ${row.looks_for}`, width).map(style.heading);
    if (row.needs !== "") yield* wrapped(`${INDENT}needs: ${row.needs}`, width);
    yield* wrapped(`${INDENT}thresholds: ${row.thresholds}`, width);
  }
}

/** The same as a table. */
export function rulesSection(rules: readonly Rule[]): Section {
  return {
    name: "rules",
    title: "Rules",
    columns: [
      column("rule", "Rule", "text"),
      column("looks_for", "Looks for", "text"),
      column("needs", "Needs", "text"),
      column("thresholds", "Thresholds", "text"),
    ],
    rows: rules.map(({ id, looksFor, needs, thresholds }) => ({
      rule: id,
      looks_for: looksFor,
      needs: needs.join(", "),
      thresholds: Object.entries(thresholds)
        .map(([name, value]) => `${name}=${typeof value === "number" ? value : value.join(", ")}`)
        .join(" "),
    })),
  };
}
