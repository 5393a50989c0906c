import { counted, thousands } from "../queries/words.ts";
import type {
  Changes,
  PatternGroup,
  Report,
  ReportFinding,
  SnapshotReport,
  TopKey,
} from "../report-data/types.ts";
import { codeSpan, markdownText } from "./markdown.ts";
import { sizedAs } from "./target.ts";
import { middleCut } from "./text.ts";
import { humanBytes, humanError, humanShare, humanTime } from "./units.ts";

/** Rows of a table and findings, where the report is of one snapshot. */
const ROWS = 10;
const FINDINGS = 8;
/** Characters of a name and of a sentence: GitHub takes 65,536 of a comment, and this is to be far below. */
const NAME = 80;
const SENTENCE = 400;

/** A report that fits into a comment of a pull request. */
export function* reportMarkdown(report: Report): Iterable<string> {
  const { reports, snapshots, changes } = report;
  const rows = Math.max(3, Math.floor(ROWS / reports.length));
  if (snapshots.length > 1) yield* overview(report);
  if (changes !== null) yield* changesTable(changes);
  for (const one of reports) yield* snapshotPart(one, rows, reports.length > 1);
  yield `<sub>rdbscope ${report.tool_version}. \`rdbscope report -o report.html\` draws the same as a page.</sub>`;
}

function* snapshotPart(report: SnapshotReport, rows: number, several: boolean): Iterable<string> {
  yield `## ${several ? `Snapshot ${report.snapshot.snapshot}: ` : "Memory of "}${name(report.snapshot.path)}`;
  yield "";
  for (const note of report.notes) yield* [`**Note:** ${sentence(note)}`, ""];
  for (const { title, text } of report.opening) yield* [`**${title}.** ${sentence(text, 2 * SENTENCE)}`, ""];
  yield* findingsList(report, several ? 3 : FINDINGS);
  yield* table(
    "Patterns",
    ["Pattern", "Type", "Keys", "Memory", "Share", "Overhead", "No TTL"],
    report.patterns.rows
      .slice(0, rows)
      .map((row) => [
        name(row.pattern),
        sentence(row.types),
        thousands(row.keys),
        bytes(row),
        humanShare(row.bytes_share),
        overheadShare(row),
        row.keys > 0 ? humanShare(row.keys_without_ttl / row.keys) : "-",
      ]),
  );
  yield* table(
    "Types",
    ["Type", "Keys", "Memory", "Share"],
    report.types.rows
      .slice(0, rows)
      .map((row) => [sentence(row.name), thousands(row.keys), bytes(row), humanShare(row.bytes_share)]),
  );
  yield* table(
    "Biggest keys",
    ["Key", "Type", "Memory", "Elements"],
    report.top_keys.slice(0, rows).map(keyRow),
  );
  yield* method(report);
}

function* overview({ snapshots }: Report): Iterable<string> {
  yield* table(
    `${counted(snapshots.length, "snapshot")}`,
    ["Snapshot", "Keys", "Memory", "Created"],
    snapshots
      .slice(0, 2 * ROWS)
      .map((one) => [name(one.path), thousands(one.keys), bytes(one), `${humanTime(one.created_at)} UTC`]),
  );
  if (snapshots.length > 2 * ROWS) yield* [`${snapshots.length - 2 * ROWS} more are not listed.`, ""];
}

function* changesTable({ totals, patterns, baseline, differ_in: differ }: Changes): Iterable<string> {
  const of = (measure: string) => totals.find((one) => one.measure === measure)!;
  const [size, keys] = [of("bytes"), of("keys")];
  yield "## What changed";
  yield "";
  yield `Since ${name(baseline)}: memory ${signed(size.change, humanBytes)}, from ${humanBytes(size.old)} to ${humanBytes(size.new)}; keys ${signed(keys.change, thousands)}.`;
  yield "";
  if (differ.length > 0)
    yield* [
      `**Note:** the two differ in ${sentence(differ.join(", "))}: their sizes are not quite comparable.`,
      "",
    ];
  yield* table(
    "Changes by pattern",
    ["Pattern", "Change", "Before", "Now", "Keys"],
    patterns.rows
      .slice(0, ROWS)
      .map((row) => [
        name(row.group),
        signed(row.bytes_change, humanBytes),
        humanBytes(row.old_bytes),
        humanBytes(row.new_bytes),
        signed(row.new_keys - row.old_keys, thousands),
      ]),
  );
}

function* findingsList({ findings: { told, left } }: SnapshotReport, most: number): Iterable<string> {
  if (told.length === 0) return;
  yield "### What is wrong";
  yield "";
  for (const one of told.slice(0, most)) yield* finding(one);
  const more = told.length - most + left.reduce((sum, { findings }) => sum + findings, 0);
  yield "";
  if (more > 0) yield* [`${counted(more, "more finding")}: \`rdbscope doctor -l 100\`.`, ""];
}

function* finding(one: ReportFinding): Iterable<string> {
  const { saving_heap_bytes: saving, estimated } = one;
  const saves = saving === null ? "" : ` Saves ${estimated ? "about " : ""}${humanBytes(saving)}.`;
  yield `- **${one.severity}**: ${sentence(one.title)}.${saves}`;
  if (one.advice[0] !== undefined) yield `  - ${sentence(one.advice[0])}`;
}

function* method({
  snapshot,
  target,
  sample,
  filters,
  totals,
  used_memory: used,
}: SnapshotReport): Iterable<string> {
  const usage =
    used === null
      ? ""
      : `used_memory ${humanBytes(used.estimated_bytes)} estimated, ${used.saved_bytes === null ? "not told" : humanBytes(used.saved_bytes)} when saved; `;
  const read =
    sample === null
      ? `${filters === "" ? "all " : ""}${counted(totals.keys, "key")} counted`
      : `a sample of ${counted(sample.drawn_keys, "key")}, totals are estimates`;
  const profile = sizedAs(target.profile, target.measured !== null);
  yield `${usage}${sentence(snapshot.server)}, created ${humanTime(snapshot.created_at)} UTC, checksum ${snapshot.checksum}${snapshot.salvaged ? ", salvaged" : ""}; sized as ${profile} with ${target.allocator}; ${read}.`;
  yield "";
}

function keyRow(row: TopKey): string[] {
  return [
    name(row.key),
    sentence(row.type),
    `${row.lower_bound ? "≥" : ""}${humanBytes(row.bytes)}`,
    row.elements === null ? "-" : thousands(row.elements),
  ];
}

function overheadShare({ bytes: all, overhead_bytes: overhead }: PatternGroup): string {
  return all > 0 ? humanShare(Math.max(0, overhead) / all) : "-";
}

/** ≥ before a lower bound, the error behind an estimate. */
function bytes(row: {
  readonly bytes: number;
  readonly lower_bound_keys: number;
  readonly bytes_error?: number | null | undefined;
}): string {
  const { bytes: value, bytes_error: error } = row;
  const within =
    error === undefined || error === 0 ? "" : error === null ? " ±?" : ` ${humanError(value, error)}`;
  return `${row.lower_bound_keys > 0 ? "≥" : ""}${humanBytes(value)}${within}`;
}

function signed(value: number, text: (value: number) => string): string {
  return `${value > 0 ? "+" : ""}${text(value)}`;
}

/** Names of a report are safe already: here they get shorter, and no markup. */
function name(text: string): string {
  return codeSpan(middleCut(text, NAME));
}

/** The same of sentences: a word in which something would be more than text stands as code, and not all of it. */
function sentence(text: string, most = SENTENCE): string {
  return middleCut(text, most).split(" ").map(markdownText).join(" ");
}

function* table(title: string, heads: readonly string[], rows: readonly string[][]): Iterable<string> {
  if (rows.length === 0) return;
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  yield `### ${title}`;
  yield "";
  yield row(heads);
  yield row(heads.map((head) => (NUMBERS.has(head) ? "---:" : "---")));
  for (const cells of rows) yield row(cells);
  yield "";
}

const NUMBERS = new Set([
  "Keys",
  "Memory",
  "Share",
  "Overhead",
  "No TTL",
  "Elements",
  "Change",
  "Before",
  "Now",
]);
