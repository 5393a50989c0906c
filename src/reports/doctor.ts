import type { Diagnosed, Diagnosis } from "../doctor/diagnose.ts";
import { type Rule, SEVERITIES } from "../doctor/rule.ts";
import { column, type Row, type Section } from "../queries/answer.ts";
import { counted, thousands } from "../queries/words.ts";
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
const NOUNS = { critical: "critical finding", warning: "warning", info: "info finding" } as const;

/** Findings as plain sentences. */
export function* renderDoctor(report: DoctorReport, { style, width }: Layout): Iterable<string> {
  const { findings } = report.diagnosis;
  yield* wrapped(safeLine(headline(report)), width).map(style.heading);
  for (const line of beginningOf(report)) yield* wrapped(safeLine(line), width).map(style.warning);
  for (const [i, one] of findings.entries()) {
    yield "";
    const paint = one.severity === "info" ? style.heading : style.warning;
    yield* wrapped(safeLine(`${i + 1}. ${one.severity.toUpperCase()} ${titleOf(one)}`), width).map(paint);
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
    ...savingLines(one),
    ...one.advice.map((line) => `- ${line}`),
  ];
}

function titleOf({ title, estimated }: Diagnosed): string {
  return estimated ? `(estimate) ${title}` : title;
}

/** What it saves, or why that is not said; nothing where nobody expects a saving. */
function savingLines(one: Diagnosed): string[] {
  const { saving_bytes: bytes, saving_heap_bytes: heap, unclaimed_because: why, estimated } = one;
  if (why !== null) return [`No saving is claimed: ${why}.`];
  if (bytes === null || heap === null) return [];
  const usage = humanBytes(heap) === humanBytes(bytes) ? "" : ` (MEMORY USAGE falls by ${humanBytes(bytes)})`;
  return [`Saves ${estimated ? "about " : ""}${humanBytes(heap)} of used_memory${usage}.`];
}

/** The doctor's whole opinion in a line. */
function headline({ path, diagnosis }: DoctorReport): string {
  const { findings, looked, counts, left } = diagnosis;
  if (looked.length === 0) return `${path}: no rule could look`;
  if (findings.length === 0)
    return `${path}: nothing is wrong as far as ${counted(looked.length, "rule")} can see`;
  const found = SEVERITIES.filter((severity) => counts[severity] > 0);
  const all = `${path}: ${found.map((severity) => counted(counts[severity], NOUNS[severity])).join(", ")}`;
  return left.length === 0 ? all : `${all} (${shown(diagnosis)})`;
}

function shown({ findings, left }: Diagnosis): string {
  const toldOf = (id: string) => findings.filter(({ rule }) => rule === id).length;
  const most = Math.max(...left.map(({ rule, findings: more }) => toldOf(rule) + more));
  const missing = left.reduce((sum, { findings: more }) => sum + more, 0);
  return `${thousands(missing)} not shown: -l ${most} shows all`;
}

/** What has to be known before the findings are read. */
function beginningOf({ diagnosis: { info_misfit: misfit } }: DoctorReport): string[] {
  return misfit === null ? [] : [`note: ${misfit}`];
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
  for (const line of beginningOf(report)) {
    yield "";
    yield markdownText(line);
  }
  for (const one of report.diagnosis.findings) {
    yield "";
    yield `### ${markdownText(`${one.severity}: ${titleOf(one)}`)}`;
    yield "";
    yield markdownText(one.evidence.join(" "));
    if (one.examples.length > 0) {
      yield "";
      yield `For example: ${one.examples.map((key) => markdownText(safeText(key))).join(", ")}`;
    }
    for (const line of savingLines(one)) {
      yield "";
      yield `**${markdownText(line)}**`;
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

/** Whether nothing is wrong; null: nobody looked. */
function isHealthy({ findings, looked }: Diagnosis): boolean | null {
  return looked.length === 0 ? null : findings.length === 0;
}

/** The whole report as one JSON object. */
export function doctorJson({ snapshot, path, diagnosis, notes }: DoctorReport): string {
  return toJson({ snapshot, path, healthy: isHealthy(diagnosis), ...diagnosis, notes });
}

const COLUMNS = [
  "severity",
  "rule",
  "title",
  "pattern",
  "saving_bytes",
  "saving_heap_bytes",
  "unclaimed_because",
  "estimated",
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
      estimated: Number(one.estimated),
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
