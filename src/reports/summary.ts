import { type Column, column, type Row, type Section } from "../queries/answer.ts";
import type { EncodingRow } from "../queries/encodings.ts";
import { type Summary, wholeSummary } from "../queries/summary.ts";
import { counted } from "../queries/words.ts";
import { csvField, rawCsvField } from "./csv.ts";
import type { Layout } from "./index.ts";
import { toJson } from "./json.ts";
import { markdownText, renderMarkdown } from "./markdown.ts";
import { beside, renderTable, widest } from "./table.ts";
import { sizedAs } from "./target.ts";
import { displayWidth, pad, safeLine, safeText, wrapped } from "./text.ts";
import { humanBytes, humanCount, humanError, humanShare, humanTime } from "./units.ts";
import { USED_MEMORY_HANG, usedMemoryLines } from "./used-memory.ts";

const SHARE_OF_MEMORY = column("bytes_share", "% mem", "share");
const MEMORY = column("bytes", "Memory", "bytes", { atLeast: "lower_bound_keys" });
const KEYS = column("keys", "Keys", "count");

const TYPES: readonly Column[] = [
  column("type", "Type", "text"),
  { ...KEYS, sum: true },
  column("keys_share", "% keys", "share", { spare: true }),
  { ...MEMORY, sum: true },
  SHARE_OF_MEMORY,
  column("avg_bytes", "Average", "bytes", { spare: true }),
  column("p99_bytes", "p99", "bytes"),
  column("max_bytes", "Max", "bytes"),
  column("elements", "Elements", "count"),
  column("lower_bound_keys", "≥", "count", { sum: true, machineOnly: true }),
];
const ENCODINGS: readonly Column[] = [column("name", "Encoding", "text"), KEYS, MEMORY, SHARE_OF_MEMORY];
const TTL: readonly Column[] = [column("ttl", "Expires in", "text"), KEYS, MEMORY, SHARE_OF_MEMORY];
const PATTERNS: readonly Column[] = [
  column("pattern", "Pattern", "key"),
  column("types", "Type", "text"),
  KEYS,
  MEMORY,
  SHARE_OF_MEMORY,
  column("avg_bytes", "Average", "bytes", { spare: true }),
  column("no_ttl_share", "No TTL", "share"),
];
const BIG_KEYS: readonly Column[] = [
  column("bytes", "Memory", "bytes", { atLeast: "lower_bound" }),
  column("type", "Type", "text"),
  column("encoding", "Encoding", "text"),
  column("elements", "Elements", "count"),
  column("key", "Key", "key"),
];

const TOP_ENCODINGS = 7;
const TOP_WARNINGS = 3;
/** Warnings that the snapshot's own row tells too. */
const SAID_OTHERWISE = new Set(["CHECKSUM_MISMATCH", "NEAREST_PROFILE", "DERIVED_PROFILE"]);
/** Cells between two tables that stand next to each other. */
const BETWEEN = 4;

const asRows = (rows: readonly object[]) => rows as readonly Row[];

function sections(summary: Summary) {
  const named = summary.encodings.map((row) => ({
    ...row,
    name: row.type === row.encoding ? row.type : `${row.type} ${row.encoding}`,
  }));
  const others = othersOf(named.slice(TOP_ENCODINGS));
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
    types: { ...section("types", "Types", TYPES, summary.types), total: errorsOf(summary) },
    encodings: {
      ...section("encodings", "Top encodings", ENCODINGS, named.slice(0, TOP_ENCODINGS)),
      ...(others && { rest: others }),
    },
    ttl: section("ttl", "Time to live", TTL, summary.ttl),
    patterns: {
      ...section("patterns", "Top patterns", PATTERNS, summary.patterns),
      ...(summary.other_patterns && { rest: summary.other_patterns }),
    },
    bigkeys: section("bigkeys", "Biggest keys", BIG_KEYS, summary.bigkeys),
  };
}

/** The errors of a table's last line; none where nothing is estimated. */
function errorsOf({ totals: { keys_error, bytes_error } }: Summary): Row {
  return {
    ...(keys_error !== undefined && { keys_error }),
    ...(bytes_error !== undefined && { bytes_error }),
  };
}

/** One line about the encodings that are not listed. */
function othersOf(others: readonly EncodingRow[]): Row | undefined {
  if (others.length === 0) return undefined;
  const sum = (pick: (row: EncodingRow) => number) => others.reduce((all, row) => all + pick(row), 0);
  return {
    name: `(${others.length} more)`,
    keys: sum((row) => row.keys),
    bytes: sum((row) => row.bytes),
    bytes_share: sum((row) => row.bytes_share),
    lower_bound_keys: sum((row) => row.lower_bound_keys),
    ...errorsOfSum(others as readonly Row[]),
  };
}

/** Errors of a sum of estimates: those of groups that exclude each other add up as their squares do, or to less. */
function errorsOfSum(rows: readonly Row[]): Row {
  const names = ["keys_error", "bytes_error"].filter((name) => rows.some((row) => row[name] !== undefined));
  return Object.fromEntries(
    names.map((name) => {
      const errors = rows.map((row) => row[name] ?? null);
      return [name, errors.includes(null) ? null : Math.hypot(...errors.map(Number))];
    }),
  );
}

/** The summary as one screen, which is made for 100 columns and fits narrower ones; `table` lays out its tables. */
export function* renderSummary(
  summary: Summary,
  { style, width, leftOut }: Pick<Layout, "style" | "width" | "leftOut">,
  table: typeof renderTable = renderTable,
): Iterable<string> {
  const { types, encodings, ttl, patterns, bigkeys } = sections(summary);
  const [path, server, made] = head(summary);
  const oneLine = `${path}  ${server}`;
  if (displayWidth(oneLine) <= width) yield `${style.heading(path)}  ${server}`;
  else yield* [style.heading(path), ...wrapped(server, width)];
  yield* wrapped(made, width).map(style.faint);
  yield* cautions(summary).flatMap((line) => wrapped(`! ${safeLine(line)}`, width).map(style.warning));
  yield* summary.notes.flatMap((note) => wrapped(`note: ${safeLine(note)}`, width).map(style.faint));
  yield "";
  const [left, right, used] = facts(summary);
  yield* besideWhereFits(left, right, width, []);
  yield* used.flatMap((line) => wrapped(line, width, USED_MEMORY_HANG));
  yield "";
  yield* table(types, style, width, leftOut);
  yield "";
  const times = summary.ttl.length > 0 ? [...table(ttl, style, width, leftOut)] : [];
  yield* besideWhereFits([...table(encodings, style, width, leftOut)], times, width, [""]);
  yield "";
  yield* table(patterns, style, width, leftOut);
  if (summary.bigkeys.length > 0) {
    yield "";
    yield* table(bigkeys, style, width, leftOut);
  }
}

/** Two blocks next to each other, or one below the other with `between` them where that is too wide. */
function besideWhereFits(
  left: readonly string[],
  right: readonly string[],
  width: number,
  between: readonly string[],
): readonly string[] {
  if (right.length === 0) return left;
  return widest(left) + BETWEEN + widest(right) <= width
    ? beside(left, right, BETWEEN)
    : [...left, ...between, ...right].flatMap((line) => wrapped(line, width));
}

/** The path, what the snapshot is, and when it was made and for which server it is sized. */
function head({ snapshot: s, changed_settings: changed }: Summary): [string, string, string] {
  const rdb = `${s.magic.startsWith("VALKEY") ? "VALKEY " : ""}RDB ${s.rdb_version}`;
  const source = s.created_at_source === "file" ? " (the file's time)" : "";
  const profile = sizedAs(s.profile, s.profile_measured === 1);
  const sized = [`${profile} with ${s.allocator}`, ...changed].join(", ");
  return [
    safeText(s.path),
    safeLine([serverOf(s), rdb, humanBytes(s.file_bytes), `checksum ${s.checksum}`].join(" · ")),
    safeLine(`created ${humanTime(s.created_at)} UTC${source} · sized as ${sized}`),
  ];
}

function serverOf({ server, server_version: version }: Summary["snapshot"]): string {
  return safeLine([server, version].filter((part) => part).join(" ") || "an unknown server");
}

function cautions({ snapshot: s, warnings }: Summary): string[] {
  const lines: string[] = [];
  if (s.checksum === "mismatch")
    lines.push("the checksum does not match: bytes of this snapshot were changed");
  if (!s.complete) lines.push(s.salvaged ? "salvaged: not everything could be read" : "incomplete");
  if (!s.profile_exact) lines.push(`no profile of this server yet: sized as the nearest one, ${s.profile}`);
  const told = warnings.filter(({ code }) => !SAID_OTHERWISE.has(code));
  for (const { message } of told.slice(0, TOP_WARNINGS)) lines.push(message);
  if (told.length > TOP_WARNINGS) lines.push('more: rdbscope query FILE "SELECT * FROM warnings"');
  return lines;
}

/** Two blocks of figures, and the lines about used_memory. */
function facts({ totals: t, memory, snapshot }: Summary): [string[], string[], string[]] {
  const atLeast = t.lower_bound_keys > 0;
  const floor = atLeast ? "≥" : "";
  const databases = `in ${humanCount(t.databases)} database${t.databases === 1 ? "" : "s"}`;
  const overhead = t.bytes > 0 ? Math.max(0, 1 - t.payload_bytes / t.bytes) : 0;
  const all = memory === null ? "these" : "all";
  const left = [
    ["Keys", humanCount(t.keys), `${within(t.keys, t.keys_error)}${databases}`],
    [
      "Memory",
      `${floor}${humanBytes(t.bytes)}`,
      `${within(t.bytes, t.bytes_error)}MEMORY USAGE of ${all} keys`,
    ],
    [
      "Heap",
      `${floor}${humanBytes(t.heap_bytes)}`,
      `${within(t.heap_bytes, t.heap_bytes_error)}what the allocator holds for them`,
    ],
    [
      "Payload",
      humanBytes(t.payload_bytes),
      `${within(t.payload_bytes, t.payload_bytes_error)}the data itself: ${humanShare(overhead)} is overhead`,
    ],
  ];
  const right = [
    [
      "No TTL",
      humanShare(t.no_ttl_share),
      `${within(t.keys_without_ttl, t.keys_without_ttl_error)}${counted(t.keys_without_ttl, "key")}`,
    ],
    [
      "Expired",
      humanCount(t.expired),
      `${within(t.expired, t.expired_error)}keys, ${humanBytes(t.expired_bytes)}`,
    ],
    ["Patterns", humanCount(t.patterns), "key-name templates"],
    ["Key names", humanBytes(t.name_bytes), "of the payload"],
  ];
  const used =
    memory === null
      ? []
      : usedMemoryLines(memory, atLeast, serverOf(snapshot), snapshot.complete === 1, t.heap_bytes_error);
  return [factLines(left, 8), factLines(right, 11), used];
}

/** The error of an estimate, with a space behind it; nothing for what is exact. */
function within(value: number, error: number | null | undefined): string {
  if (error === undefined || error === 0) return "";
  return error === null ? "±? " : `${humanError(value, error)} `;
}

function factLines(lines: readonly (readonly string[])[], width: number): string[] {
  return lines.map(([name, value, more]) => `${pad(name!, width, false)}${pad(value!, 10, true)}  ${more}`);
}

/** The summary as one line of JSON, with everything that was counted. */
export function summaryJson(summary: Summary): string {
  return toJson(wholeSummary(summary));
}

/** The summary as CSV in long form, one figure a line: `snapshot,section,item,measure,value`. */
export function* summaryCsv(summaries: Iterable<Summary>, raw: boolean): Iterable<string> {
  const field = raw ? rawCsvField : csvField;
  yield "snapshot,section,item,measure,value";
  for (const summary of summaries) {
    const id = summary.snapshot.snapshot;
    for (const [section, item, row] of figures(wholeSummary(summary))) {
      for (const [measure, value] of Object.entries(row)) {
        if (value !== null) yield [id, section, field(item), measure, field(value)].join(",");
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
  if (summary.other_patterns !== null) yield ["patterns", "", summary.other_patterns];
  for (const ttl of summary.ttl) yield ["ttl", ttl.ttl, row(ttl)];
  for (const key of summary.bigkeys) yield ["bigkeys", key.key, row(key)];
}

/** The summary as a Markdown document. */
export function* summaryMarkdown(summary: Summary): Iterable<string> {
  const { types, encodings, ttl, patterns, bigkeys } = sections(summary);
  const [path, server, made] = head(summary);
  yield `# ${markdownText(path)}`;
  for (const line of [server, made]) {
    yield "";
    yield markdownText(line);
  }
  for (const line of [...cautions(summary), ...summary.notes]) {
    yield "";
    yield `**${markdownText(line)}**`;
  }
  yield "";
  for (const line of facts(summary).flat()) yield `    ${line}`;
  for (const section of [types, encodings, ttl, patterns, bigkeys]) {
    yield "";
    yield* renderMarkdown(section);
  }
}
