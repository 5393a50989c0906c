import type { Comparison } from "../pipeline/compare.ts";
import { type Column, column, type Row, type Section, type Value } from "../queries/answer.ts";
import { csvField } from "./csv.ts";
import type { Part } from "./index.ts";
import { sizedAs } from "./target.ts";

/** Longest name of a server that stands over a column of its own. */
const MAX_TITLE = 14;

const TARGETS: readonly Column[] = [
  column("number", "#", "text"),
  column("name", "Server", "text"),
  column("sized_as", "Sized as", "text"),
  column("bytes", "Memory", "bytes"),
  column("bytes_more", "More", "bytes"),
  column("bytes_more_share", "% more", "share"),
  column("heap_bytes", "Heap", "bytes"),
  column("estimated_bytes", "used_memory", "bytes"),
];
const CHANGES: readonly Column[] = [
  column("target", "On", "text"),
  column("type", "Type", "text"),
  column("from", "From", "text"),
  column("to", "To", "text"),
  column("keys", "Keys", "count"),
  column("bytes_from", "Memory", "bytes"),
  column("bytes_to", "Becomes", "bytes"),
  column("bytes_more", "More", "bytes"),
];
const CHANGED_KEYS: readonly Column[] = [
  ...CHANGES.filter(({ name }) => name !== "keys"),
  column("db", "DB", "count"),
  column("key", "Key", "key"),
];

/** A comparison as tables: servers, types, the `largest` patterns and keys, and what changes its encoding. */
export function comparisonParts(one: Comparison, largest: number): Part[] {
  const { types, patterns, encoding_changes: changes, changed_keys: keys } = one;
  const names = titlesOf(one);
  const onTitle = <T extends { readonly target: string }>(row: T): T => ({
    ...row,
    target: names[one.targets.findIndex(({ name }) => name === row.target)]!,
  });
  const left = patterns.length - largest;
  const notes = left > 0 ? [`${left} more patterns, which differ less`] : [];
  const sections: Section[] = [
    { name: "targets", title: targetsTitle(one), columns: TARGETS, rows: one.targets.map(targetRow) },
    groups("types", "By type", "type", types, names),
    {
      ...groups("patterns", "Patterns that differ most", "pattern", patterns.slice(0, largest), names),
      notes,
    },
    {
      name: "changes",
      title: "Encodings that change",
      columns: CHANGES,
      rows: changes.map(onTitle).map(withMore),
    },
    {
      name: "changed_keys",
      title: "Keys that change their encoding",
      columns: CHANGED_KEYS,
      rows: keys.map(onTitle).map(withMore),
    },
  ];
  return sections.map((section) => ({ section, extra: {} }));
}

function targetsTitle({ path, keys, server, server_version: version }: Comparison): string {
  return `${path}: ${keys} keys of ${[server, version].filter(Boolean).join(" ") || "an unknown server"}`;
}

/** Names short enough to stand over columns. */
function titlesOf({ targets }: Comparison): string[] {
  return targets.map(({ name }, i) => (name.length <= MAX_TITLE ? name : `#${i + 1}`));
}

function targetRow(target: Comparison["targets"][number], i: number): Row {
  const { name, bytes, heap_bytes, bytes_more, bytes_more_share, used_memory } = target;
  const estimated = used_memory.estimatedBytes;
  return {
    number: `#${i + 1}`,
    name,
    sized_as: `${sizedAs(target.profile, target.profile_measured)}, ${target.allocator}`,
    bytes,
    heap_bytes,
    bytes_more,
    bytes_more_share,
    estimated_bytes: estimated,
  };
}

interface Group {
  readonly keys: number;
  readonly bytes: readonly number[];
}

/** A table of groups: a column of memory for each server, and how much more it is than on the first. */
function groups(
  name: string,
  title: string,
  label: "type" | "pattern",
  rows: readonly (Group & { readonly [K in typeof label]?: string })[],
  names: readonly string[],
): Section {
  const columns = [
    column(label, label === "type" ? "Type" : "Pattern", label === "type" ? "text" : "key"),
    column("keys", "Keys", "count", { sum: label === "type" }),
    ...names.flatMap((text, i) => [
      column(`bytes_${i}`, text, "bytes", { sum: label === "type" }),
      ...(i > 0 ? [column(`more_${i}`, "% more", "share")] : []),
    ]),
  ];
  return { name, title, columns, rows: rows.map((row) => groupRow(label, row)) };
}

function groupRow(label: "type" | "pattern", row: Group & { type?: string; pattern?: string }): Row {
  const cells: Record<string, Value> = { [label]: row[label] ?? "", keys: row.keys };
  row.bytes.forEach((bytes, i) => {
    cells[`bytes_${i}`] = bytes;
    if (i > 0) cells[`more_${i}`] = row.bytes[0]! > 0 ? bytes / row.bytes[0]! - 1 : null;
  });
  return cells;
}

function withMore<T extends { readonly bytes_from: number; readonly bytes_to: number }>(row: T): Row {
  return { ...row, bytes_more: row.bytes_to - row.bytes_from } as unknown as Row;
}

/** A comparison as CSV in long form, one figure a line: `section,item,target,measure,value`. */
export function* comparisonCsv(one: Comparison): Iterable<string> {
  yield "section,item,target,measure,value";
  for (const [section, item, target, measure, value] of figures(one)) {
    yield [section, csvField(item), csvField(target), measure, csvField(value)].join(",");
  }
}

type Figure = [section: string, item: string | Buffer, target: string, measure: string, value: Value];

function* figures(one: Comparison): Iterable<Figure> {
  const names = one.targets.map(({ name }) => name);
  for (const { name, used_memory: used, settings: _, ...target } of one.targets) {
    for (const [measure, value] of Object.entries(target)) {
      yield ["targets", "", name, measure, typeof value === "boolean" ? Number(value) : value];
    }
    yield ["targets", "", name, "estimated_bytes", used.estimatedBytes];
  }
  for (const { type, ...sums } of one.types) yield* groupFigures("types", type, sums, names);
  for (const { pattern, ...sums } of one.patterns) yield* groupFigures("patterns", pattern, sums, names);
  for (const { target, type, from, to, ...sums } of one.encoding_changes) {
    const item = `${type} ${from} -> ${to}`;
    for (const [measure, value] of Object.entries(sums)) {
      yield ["encoding_changes", item, target, measure, value];
    }
  }
  for (const { target, key, ...facts } of one.changed_keys) {
    for (const [measure, value] of Object.entries(facts)) yield ["changed_keys", key, target, measure, value];
  }
}

function* groupFigures(
  section: string,
  item: string,
  { keys, bytes, heap_bytes: heap }: Comparison["types"][number] | Omit<Comparison["types"][number], "type">,
  names: readonly string[],
): Iterable<Figure> {
  yield [section, item, "", "keys", keys];
  for (const [i, name] of names.entries()) {
    yield [section, item, name, "bytes", bytes[i]!];
    yield [section, item, name, "heap_bytes", heap[i]!];
  }
}
