import { type Column, column, type Row, type Section } from "../queries/answer.ts";
import type { Summary } from "../queries/summary.ts";
import { csvField } from "./csv.ts";
import { toJson } from "./json.ts";
import { markdownText, renderMarkdown } from "./markdown.ts";
import { PLAIN, type Style } from "./style.ts";
import { beside, renderTable, TABLE_WIDTH } from "./table.ts";
import { sizedAs } from "./target.ts";
import { middleCut, pad, safeText } from "./text.ts";
import { humanBytes, humanCount, humanShare, humanTime } from "./units.ts";
import { usedMemoryLines } from "./used-memory.ts";

const SHARE_OF_MEMORY = column("bytes_share", "% mem", "share");
const MEMORY = column("bytes", "Memory", "bytes");
const KEYS = column("keys", "Keys", "count");

const TYPES: readonly Column[] = [
  column("type", "Type", "text"),
  { ...KEYS, sum: true },
  column("keys_share", "% keys", "share"),
  { ...MEMORY, sum: true },
  SHARE_OF_MEMORY,
  column("avg_bytes", "Average", "bytes"),
  column("p99_bytes", "p99", "bytes"),
  column("max_bytes", "Max", "bytes"),
  column("elements", "Elements", "count"),
];
const ENCODINGS: readonly Column[] = [column("name", "Encoding", "text"), KEYS, MEMORY, SHARE_OF_MEMORY];
const TTL: readonly Column[] = [column("ttl", "Expires in", "text"), KEYS, MEMORY, SHARE_OF_MEMORY];
const PATTERNS: readonly Column[] = [
  column("pattern", "Pattern", "key"),
  column("types", "Type", "text"),
  KEYS,
  MEMORY,
  SHARE_OF_MEMORY,
  column("avg_bytes", "Average", "bytes"),
  column("no_ttl_share", "No TTL", "share"),
];
const BIG_KEYS: readonly Column[] = [
  column("bytes", "Memory", "bytes"),
  column("type", "Type", "text"),
  column("encoding", "Encoding", "text"),
  column("elements", "Elements", "count"),
  column("key", "Key", "key"),
];

const TOP_ENCODINGS = 7;
const TOP_WARNINGS = 3;
/** Warnings that the snapshot's own row tells too. */
const SAID_OTHERWISE = new Set(["CHECKSUM_MISMATCH", "NEAREST_PROFILE", "DERIVED_PROFILE"]);

const asRows = (rows: readonly object[]) => rows as readonly Row[];

function sections(summary: Summary) {
  const named = summary.encodings.slice(0, TOP_ENCODINGS).map((row) => ({
    ...row,
    name: row.type === row.encoding ? row.type : `${row.type} ${row.encoding}`,
  }));
  const section = (
    name: string,
    title: string,
    columns: readonly Column[],
    rows: readonly object[],
  ): Section => ({
    name,
    title,
    columns,
    rows: asRows(rows),
  });
  return {
    types: section("types", "Types", TYPES, summary.types),
    encodings: section("encodings", "Top encodings", ENCODINGS, named),
    ttl: section("ttl", "Time to live", TTL, summary.ttl),
    patterns: section("patterns", "Top patterns", PATTERNS, summary.patterns),
    bigkeys: section("bigkeys", "Biggest keys", BIG_KEYS, summary.bigkeys),
  };
}

/** The summary as one screen of 100 columns. */
export function* renderSummary(summary: Summary, style: Style = PLAIN): Iterable<string> {
  const { types, encodings, ttl, patterns, bigkeys } = sections(summary);
  yield* head(summary, style);
  yield* cautions(summary).map((line) => style.warning(middleCut(`! ${line}`, TABLE_WIDTH)));
  yield "";
  yield* facts(summary);
  yield "";
  yield* renderTable(types, style);
  yield "";
  const left = [...renderTable(encodings, style, 52)];
  yield* summary.ttl.length > 0 ? beside(left, [...renderTable(ttl, style, 44)]) : left;
  yield "";
  yield* renderTable(patterns, style);
  if (summary.bigkeys.length > 0) {
    yield "";
    yield* renderTable(bigkeys, style);
  }
  for (const note of summary.notes) yield style.faint(`note: ${note}`);
}

function head({ snapshot: s, changed_settings: changed }: Summary, style: Style): string[] {
  const server = [s.server, s.server_version].filter((part) => part).join(" ") || "unknown server";
  const rdb = `${s.magic.startsWith("VALKEY") ? "VALKEY " : ""}RDB ${s.rdb_version}`;
  const facts = [safeText(server), rdb, humanBytes(s.file_bytes), `checksum ${s.checksum}`].join(" · ");
  const source = s.created_at_source === "file" ? " (the file's time)" : "";
  const profile = sizedAs(s.profile, s.profile_measured === 1);
  const room = TABLE_WIDTH - facts.length - 2;
  return [
    `${style.heading(middleCut(safeText(s.path), Math.max(20, room)))}  ${facts}`,
    style.faint(
      `created ${humanTime(s.created_at)} UTC${source} · sized as ${[`${profile} with ${s.allocator}`, ...changed].join(", ")}`,
    ),
  ];
}

function cautions({ snapshot: s, warnings }: Summary): string[] {
  const lines: string[] = [];
  if (s.checksum === "mismatch")
    lines.push("the checksum does not match: bytes of this snapshot were changed");
  if (!s.complete) lines.push(s.salvaged ? "salvaged: not everything could be read" : "incomplete");
  if (!s.profile_exact) lines.push(`no profile of this server yet: sized as the nearest one, ${s.profile}`);
  if (s.filters !== "" && s.filters !== "{}") lines.push(`stored with filters: ${safeText(s.filters)}`);
  const told = warnings.filter(({ code }) => !SAID_OTHERWISE.has(code));
  for (const { message } of told.slice(0, TOP_WARNINGS)) lines.push(safeText(message));
  if (told.length > TOP_WARNINGS) lines.push('more: rdbscope query FILE "SELECT * FROM warnings"');
  return lines;
}

function facts({ totals: t, memory }: Summary): string[] {
  const databases = `in ${humanCount(t.databases)} database${t.databases === 1 ? "" : "s"}`;
  const overhead = t.bytes > 0 ? Math.max(0, 1 - t.payload_bytes / t.bytes) : 0;
  const left = [
    ["Keys", humanCount(t.keys), databases],
    ["Memory", humanBytes(t.bytes), "MEMORY USAGE of all keys"],
    ["Heap", humanBytes(t.heap_bytes), "what the allocator holds for them"],
    ["Payload", humanBytes(t.payload_bytes), `the data itself: ${humanShare(overhead)} is overhead`],
  ];
  const right = [
    ["No TTL", humanShare(t.no_ttl_share), `${humanCount(t.keys_without_ttl)} keys`],
    ["Expired", humanCount(t.expired), `keys, ${humanBytes(t.expired_bytes)}`],
    ["Patterns", humanCount(t.patterns), "key-name templates"],
    ["Key names", humanBytes(t.name_bytes), "of the payload"],
  ];
  const used = memory === null ? [] : usedMemoryLines(memory);
  return [...beside(factLines(left, 8), factLines(right, 11)), ...used];
}

function factLines(lines: readonly (readonly string[])[], width: number): string[] {
  return lines.map(([name, value, more]) => `${pad(name!, width, false)}${pad(value!, 10, true)}  ${more}`);
}

/** The summary as one line of JSON, with everything that was counted. */
export function summaryJson(summary: Summary): string {
  return toJson(summary);
}

/** The summary as CSV in long form, one figure a line: `snapshot,section,item,measure,value`. */
export function* summaryCsv(summaries: Iterable<Summary>): Iterable<string> {
  yield "snapshot,section,item,measure,value";
  for (const summary of summaries) {
    const id = summary.snapshot.snapshot;
    for (const [section, item, row] of figures(summary)) {
      for (const [measure, value] of Object.entries(row)) {
        if (value !== null) yield [id, section, csvField(item), measure, csvField(value)].join(",");
      }
    }
  }
}

function* figures(summary: Summary): Iterable<[string, string | Buffer, Row]> {
  const row = (value: object) => value as Row;
  yield ["snapshot", "", row(summary.snapshot)];
  yield ["totals", "", row(summary.totals)];
  if (summary.memory !== null) yield ["memory", "", row(summary.memory)];
  for (const type of summary.types) yield ["types", type.type, row(type)];
  for (const encoding of summary.encodings)
    yield ["encodings", `${encoding.type} ${encoding.encoding}`, row(encoding)];
  for (const pattern of summary.patterns) yield ["patterns", pattern.pattern, row(pattern)];
  for (const ttl of summary.ttl) yield ["ttl", ttl.ttl, row(ttl)];
  for (const key of summary.bigkeys) yield ["bigkeys", key.key, row(key)];
}

/** The summary as a Markdown document. */
export function* summaryMarkdown(summary: Summary): Iterable<string> {
  const { types, encodings, ttl, patterns, bigkeys } = sections(summary);
  yield `# ${markdownText(safeText(summary.snapshot.path))}`;
  yield "";
  const [facts1, facts2] = head({ ...summary, snapshot: { ...summary.snapshot, path: "" } }, PLAIN);
  yield markdownText(facts1!.trim());
  yield "";
  yield markdownText(facts2!);
  for (const line of [...cautions(summary), ...summary.notes]) {
    yield "";
    yield `**${markdownText(line)}**`;
  }
  yield "";
  for (const line of facts(summary)) yield `    ${line}`;
  for (const section of [types, encodings, ttl, patterns, bigkeys]) {
    yield "";
    yield* renderMarkdown(section);
  }
}
