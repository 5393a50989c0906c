import type { ComparedTarget, Comparison } from "../pipeline/compare.ts";
import { type Column, column, type Row, type Section } from "../queries/answer.ts";
import { filterWords } from "../queries/filter-words.ts";
import { counted } from "../queries/words.ts";
import { groupSection } from "./compare-groups.ts";
import type { Part } from "./index.ts";
import { DERIVED_NOTE, marked } from "./target.ts";
import { humanBytes, humanShare } from "./units.ts";

/** Longest name of a server that stands over a column of its own; longer ones have a number. */
const MAX_TITLE = 24;
/** From here on the differences by MEMORY USAGE and by heap are told apart. */
const FAR_APART = 0.1;

const NUMBER = column("number", "#", "text");
const HEAP = [
  column("heap_bytes", "Heap", "bytes", { atLeast: "lower_bound_keys" }),
  column("heap_bytes_more", "More", "bytes"),
  column("heap_bytes_more_share", "% more", "share"),
];
const USED_MEMORY = [
  column("estimated_bytes", "used_memory", "bytes", { atLeast: "lower_bound_keys" }),
  column("estimated_bytes_more_share", "% more", "share"),
];
const MEMORY = [
  column("bytes", "Memory", "bytes", { atLeast: "lower_bound_keys" }),
  column("bytes_more_share", "% more", "share"),
];
/** The head table with a line a figure, for narrow terminals. */
const FIGURES: readonly Column[] = [
  column("name", "Server", "text"),
  column("figure", "Figure", "text"),
  column("value", "Value", "bytes", { atLeast: "lower_bound_keys" }),
  column("more", "More", "bytes"),
  column("more_share", "% more", "share"),
];
const FIGURE_NAMES = [
  ["heap_bytes", "heap"],
  ["estimated_bytes", "used_memory"],
  ["bytes", "MEMORY USAGE"],
] as const;
const CHANGES: readonly Column[] = [
  column("target", "On", "text"),
  column("type", "Type", "text"),
  column("from", "From", "text"),
  column("to", "To", "text"),
  column("keys", "Keys", "count"),
  column("heap_bytes_from", "Heap", "bytes"),
  column("heap_bytes_to", "Becomes", "bytes"),
  column("heap_bytes_more", "More", "bytes"),
];
const CHANGED_KEYS: readonly Column[] = [
  ...CHANGES.filter(({ name }) => name !== "keys"),
  column("db", "DB", "count"),
  column("key", "Key", "key"),
];

/** A comparison as tables: servers, types, the `largest` patterns and keys, and what changes its encoding. */
export function comparisonParts(one: Comparison, largest: number): Part[] {
  const { types, patterns, encoding_changes: changes, changed_keys: keys } = one;
  if (one.targets.length === 1) return [{ section: targetsSection(one, []), extra: {} }];
  const names = titlesOf(one);
  const onTitle = <T extends { readonly target: string }>(row: T): T => ({
    ...row,
    target: names[one.targets.findIndex(({ name }) => name === row.target)]!,
  });
  const different = patterns.filter((row) => differs(row.heap_bytes) || differs(row.bytes));
  const left = different.length - largest;
  const notes = left > 0 ? [`${counted(left, "more pattern")}, which differ less`] : [];
  const total = {
    keys: one.keys,
    bytes: one.targets.map(({ bytes }) => bytes),
    heap_bytes: one.targets.map(({ heap_bytes }) => heap_bytes),
    lower_bound_keys: one.targets.map(({ lower_bound_keys }) => lower_bound_keys),
  };
  const sections: Section[] = [
    targetsSection(one, names),
    groupSection(types, {
      label: "type",
      title: "By type: heap on each server",
      names,
      total: types.length > 1 ? total : undefined,
    }),
    withNotes(
      groupSection(different.slice(0, largest), {
        label: "pattern",
        title: "Patterns whose heap differs most",
        names,
      }),
      notes,
    ),
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

function differs(figures: readonly number[]): boolean {
  return figures.some((figure) => figure !== figures[0]);
}

/** A section and all its narrower forms with notes. */
function withNotes(section: Section, notes: readonly string[]): Section {
  const { narrow } = section;
  return { ...section, notes, ...(narrow && { narrow: withNotes(narrow, notes) }) };
}

function targetsSection(one: Comparison, names: readonly string[]): Section {
  const { targets } = one;
  const numbered = names.some((name) => name.startsWith("#"));
  const whole = targets[0]!.used_memory !== null;
  const section: Section = {
    name: "targets",
    title: targetsTitle(one),
    columns: [
      ...(numbered ? [NUMBER] : []),
      column("name", "Server", "text"),
      column("sized_as", "Sized as", "text"),
      ...HEAP,
      ...(whole ? USED_MEMORY : []),
      ...MEMORY,
    ],
    rows: targets.map(targetRow),
  };
  const narrow = { ...section, columns: FIGURES, rows: targets.flatMap(figureRows) };
  return withNotes({ ...section, narrow }, notesOf(one));
}

function targetsTitle({ path, keys, server, server_version: version, targets }: Comparison): string {
  const writer = [server, version].filter(Boolean).join(" ") || "an unknown server";
  const than = targets.length > 1 ? `; more: than on ${targets[0]!.name}` : "";
  return `${path}: ${counted(keys, "key")} of ${writer}${than}`;
}

/** Names short enough to stand over columns. */
function titlesOf({ targets }: Comparison): string[] {
  return targets.map(({ name, profile_measured: measured }, i) =>
    name.length <= MAX_TITLE ? marked(name, measured) : `#${i + 1}`,
  );
}

function targetRow(target: ComparedTarget, i: number): Row {
  const {
    name,
    profile,
    profile_measured: measured,
    allocator,
    settings: _,
    used_memory: used,
    heaviest_key: _key,
    ...figures
  } = target;
  const none = { heap_bytes_more: null, heap_bytes_more_share: null, bytes_more_share: null };
  return {
    number: `#${i + 1}`,
    name: marked(name, measured),
    sized_as: `${marked(profile, measured)}, ${allocator}`,
    ...figures,
    ...used,
    ...(i === 0 && { ...none, estimated_bytes_more_share: null }),
  };
}

function figureRows(target: ComparedTarget, i: number): Row[] {
  const row = targetRow(target, i);
  return FIGURE_NAMES.filter(([name]) => row[name] !== undefined).map(([name, figure], line) => ({
    name: line === 0 ? row.name! : "",
    figure,
    value: row[name]!,
    more: i === 0 ? null : (row[`${name}_more`] ?? null),
    more_share: row[`${name}_more_share`] ?? null,
    lower_bound_keys: target.lower_bound_keys,
  }));
}

/** What a reader has to know: which keys are compared, and what the figures are worth. */
function notesOf({ targets, filters, warnings }: Comparison): string[] {
  const words = filterWords(filters);
  const [first] = targets;
  return [
    ...(words === "" ? [] : [`only keys with ${words}; used_memory of a part of the keys would say nothing`]),
    ...(targets.length === 1
      ? [`${first!.name} is what the snapshot is sized as by itself: nothing differs`]
      : []),
    ...warnings.map(({ message }) => message),
    ...(targets.some((one) => !one.profile_measured) ? [DERIVED_NOTE] : []),
    ...targets.flatMap(lowerBoundNote),
    ...disagreementNotes(targets),
  ];
}

function lowerBoundNote({
  name,
  lower_bound_keys: keys,
  lower_bound_bytes: bytes,
}: ComparedTarget): string[] {
  if (keys === 0) return [];
  const are = keys === 1 ? "is a lower bound" : "are lower bounds";
  return [`on ${name}, ${counted(keys, "key")} of ${humanBytes(bytes)} ${are} (≥): not all of it is known`];
}

/** MEMORY USAGE leaves out or guesses what the heap has: then its differences mislead. */
function disagreementNotes(targets: readonly ComparedTarget[]): string[] {
  const misleading = targets.filter(({ bytes_more_share: bytes, heap_bytes_more_share: heap }) => {
    const opposed = bytes * heap < 0;
    return Math.abs(bytes - heap) >= (opposed ? FAR_APART / 10 : FAR_APART);
  });
  if (misleading.length === 0) return [];
  const figures = misleading.map(
    ({ name, bytes_more_share: bytes, heap_bytes_more_share: heap }) =>
      `${name} ${humanShare(bytes)}, but its heap ${humanShare(heap)}`,
  );
  return [
    `MEMORY USAGE guesses or leaves out what some servers hold, so that its differences mislead (${figures.join("; ")}): ` +
      "what must fit into a machine is the heap",
  ];
}

function withMore<T extends { readonly heap_bytes_from: number; readonly heap_bytes_to: number }>(
  row: T,
): Row {
  return { ...row, heap_bytes_more: row.heap_bytes_to - row.heap_bytes_from } as unknown as Row;
}
