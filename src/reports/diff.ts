import type { Diff } from "../diff/diff.ts";
import type { KeyChange } from "../diff/key-changes.ts";
import type { PatternChange } from "../diff/pattern-changes.ts";
import type { GroupChange, Grouping, TotalMeasure } from "../diff/rollup-diff.ts";
import { KEY_LISTS, type KeyListName } from "../diff/tally.ts";
import { type Column, type ColumnKind, column, type Row, type Section } from "../queries/answer.ts";
import { filterWords } from "../queries/filter-words.ts";
import { counted } from "../queries/words.ts";
import { signed } from "../units.ts";
import type { Part } from "./index.ts";
import { humanBytes, humanCount, humanShare, humanTime } from "./units.ts";

/** Texts of figures, which stand to the right as these do. */
const SIGNED: ColumnKind = "ratio";

/** A diff as tables: totals, groups that differ, keys that changed most. */
export function diffParts(found: Diff, limit: number): Part[] {
  const { groups, lists, renames } = found;
  const named = Object.entries(groups) as [Grouping, readonly GroupChange[]][];
  const shown = named.filter(([, rows]) => rows.some(isOther));
  const sections: Section[] = [
    totalsSection(found),
    ...shown
      .sort(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b))
      .map(([by, rows]) => groupSection(by, rows, limit, found)),
    ...(lists === null ? [] : KEY_LISTS.filter((name) => lists[name].length > 0)).map((name) =>
      listSection(name, found),
    ),
    ...(renames.length === 0 ? [] : [renameSection(found, limit)]),
  ];
  return sections.map((section) => ({ section, extra: {} }));
}

const ORDER: readonly Grouping[] = ["pattern", "type", "encoding", "ttl", "slot"];

const TOTALS = [
  ["keys", "Keys", humanCount],
  ["bytes", "Memory", humanBytes],
  ["heap_bytes", "Heap", humanBytes],
  ["payload_bytes", "Payload", humanBytes],
  ["elements", "Elements", humanCount],
  ["keys_without_ttl", "No TTL", humanCount],
  ["expired", "Expired", humanCount],
] as const;

/** Both sides and what changed, a line each. */
function totalsSection(found: Diff): Section {
  const totals = TOTALS.map(([measure, title, told]) => {
    const row = found.totals.find((one) => one.measure === measure)!;
    const share = row.change_share === null ? "-" : shareText(row.change_share);
    const mark = estimateMarks(found);
    const cells = [
      mark.old + told(row.old),
      mark.new + told(row.new),
      mark.change + signed(row.change, told),
    ];
    return { measure, title, cells: [...cells, share === "-" ? share : mark.change + share] };
  });
  return {
    name: "totals",
    title: titleOf(found),
    columns: [
      column("line", "", "text"),
      ...totals.map(({ measure, title }) =>
        column(measure, title, SIGNED, { spare: measure === "payload_bytes" || measure === "elements" }),
      ),
    ],
    rows: ["Old", "New", "Change", "%"].map((line, i) => ({
      line,
      ...Object.fromEntries(totals.map(({ measure, cells }) => [measure, cells[i]!])),
    })),
    notes: notesOf(found),
  };
}

/** What stands before figures of each side, and of their difference: ~ where they are estimates. */
function estimateMarks({ old, new: now }: Diff) {
  const mark = (isEstimate: boolean) => (isEstimate ? "~" : "");
  return { old: mark(old.is_sample), new: mark(now.is_sample), change: mark(old.is_sample || now.is_sample) };
}

function titleOf({ old, new: now }: Diff): string {
  const told = ({ path, snapshot, created_at: at, snapshots: count }: Diff["old"]) =>
    `${path}${snapshot === null ? "" : `, ${snapshot}`} (${humanTime(at)} UTC${count > 1 ? `, ${count} snapshots` : ""})`;
  return `${told(old)} -> ${told(now)}${elapsed(now.created_at - old.created_at)}`;
}

const SPANS = [
  [86_400_000, "day"],
  [3_600_000, "hour"],
  [60_000, "minute"],
  [1000, "second"],
] as const;

/** ", 6.2 days later". */
function elapsed(ms: number): string {
  const [size, name] = SPANS.find(([span]) => Math.abs(ms) >= span) ?? [1000, "second"];
  const count = (Math.abs(ms) / size).toFixed(1).replace(/\.0$/, "");
  return ms === 0 ? "" : `, ${count} ${name}${count === "1" ? "" : "s"} ${ms > 0 ? "later" : "earlier"}`;
}

function notesOf({
  keys,
  groups,
  mixed,
  filters,
  without_keys: without,
  notes,
  old,
  new: now,
}: Diff): string[] {
  const words = filterWords(filters);
  return [
    ...(keys === null ? groupsNote(groups) : [keysNote(keys)]),
    ...(now.created_at < old.created_at ? ["the new snapshot was made before the old one"] : []),
    ...(mixed.length === 0
      ? []
      : [`not made alike (--allow-mixed): ${mixed.join(", ")}; sizes differ by that, too`]),
    ...(words === "" ? [] : ["a key that passes these filters on one side alone counts as added or removed"]),
    ...(without === null ? [] : [`keys were not compared: ${without}`]),
    ...notes,
  ];
}

function groupsNote(groups: Diff["groups"]): string[] {
  return (Object.values(groups).flat() as GroupChange[]).some(isOther) ? [] : ["no group differs"];
}

function keysNote(keys: NonNullable<Diff["keys"]>): string {
  const { added_keys: added, removed_keys: removed, changed_keys: changed, changes } = keys;
  if (added + removed + changed === 0) return "no key differs";
  const kinds = Object.entries(changes).filter(([, count]) => count > 0);
  const words = changes["ttl gained"] > 0 ? { ...CHANGE_WORDS, "ttl lost": "lost theirs" } : CHANGE_WORDS;
  const how = kinds.map(([name, count]) => `${humanCount(count)} ${words[name] ?? name}`).join(", ");
  const expired = keys.removed_expired_keys;
  return [
    `${counted(added, "key")} added`,
    `${humanCount(removed)} removed${expired > 0 ? ` (${humanCount(expired)} had expired by then)` : ""}`,
    `${humanCount(changed)} changed${how === "" ? "" : `: ${how}`}`,
  ].join("; ");
}

const CHANGE_WORDS: Readonly<Record<string, string>> = {
  elements: "with other elements",
  type: "of another type",
  encoding: "in another encoding",
  "ttl gained": "gained a TTL",
  "ttl lost": "lost their TTL",
  "ttl moved": "with a moved TTL",
};

function shareText(share: number): string {
  return signed(share, humanShare);
}

function isOther({ status }: GroupChange): boolean {
  return status !== "same";
}

const GROUP_TITLES: Readonly<Record<Grouping, readonly [heading: string, title: string]>> = {
  pattern: ["Pattern", "By pattern"],
  type: ["Type", "By type"],
  encoding: ["Encoding", "By encoding"],
  ttl: ["Expires in", "By time to live, from each snapshot's own time"],
  slot: ["Slot", "By hash slot"],
};

/** Groups that differ, a sign before each change, and what all of them come to. */
function groupSection(by: Grouping, rows: readonly GroupChange[], limit: number, found: Diff): Section {
  const [heading, title] = GROUP_TITLES[by];
  const other = rows.filter(isOther);
  const shown = other.slice(0, limit);
  const others = other.slice(limit);
  const byKeys = found.keys !== null && by === "pattern";
  const mark = estimateMarks(found);
  const cells = (row: GroupSums, name: string, status?: string): Row => ({
    change: mark.change + signed(row.bytes_change, humanBytes),
    share: shareCell(row, status, mark.change),
    keys: mark.change + signed(row.keys_change, humanCount),
    added: row.added_keys ?? 0,
    removed: row.removed_keys ?? 0,
    changed: row.changed_keys ?? 0,
    old: mark.old + humanBytes(row.old_bytes),
    new: mark.new + humanBytes(row.new_bytes),
    lower_bound_keys: row.lower_bound_keys,
    group: name,
  });
  return {
    name: by,
    title,
    columns: [
      column("change", "Memory", SIGNED, { sum: true }),
      column("share", "%", SIGNED),
      column("keys", "Keys", SIGNED),
      ...(byKeys
        ? [
            column("added", "Added", "count", { spare: true }),
            column("removed", "Removed", "count", { spare: true }),
            column("changed", "Changed", "count", { spare: true }),
          ]
        : []),
      column("old", "Old", "bytes", { spare: true }),
      column("new", "New", "bytes", { atLeast: "lower_bound_keys" }),
      column("group", heading, by === "pattern" ? "key" : "text"),
    ],
    rows: shown.map((row) => cells(row, row.group, row.status)),
    ...(others.length > 0 && { rest: cells(summed(others), `… and ${counted(others.length, "other")}`) }),
    total: cells({ ...summed(rows), ...totalsOf(found) }, "TOTAL"),
    notes: by === "pattern" ? patternNotes(rows, found) : [],
  };
}

/** Changes of all keys: groups of samples are rounded each, and their sum may be off by that. */
function totalsOf({ totals }: Diff): Pick<GroupSums, "keys_change" | "bytes_change"> {
  const change = (measure: TotalMeasure) => totals.find((row) => row.measure === measure)!.change;
  return { keys_change: change("keys"), bytes_change: change("bytes") };
}

type GroupSums = Omit<GroupChange, "group" | "status"> &
  Partial<Pick<PatternChange, (typeof KEY_SUMS)[number]>>;

const KEY_SUMS = ["added_keys", "removed_keys", "changed_keys"] as const;
const SUMS = [
  "old_keys",
  "new_keys",
  "keys_change",
  "old_bytes",
  "new_bytes",
  "bytes_change",
  "lower_bound_keys",
] as const;

function summed(rows: readonly (GroupChange | PatternChange)[]): GroupSums {
  const names = [...SUMS, ...KEY_SUMS];
  const sum = (name: string) => rows.reduce((n, row) => n + Number((row as Row)[name] ?? 0), 0);
  const sums = Object.fromEntries(names.map((name) => [name, sum(name)])) as Record<
    (typeof names)[number],
    number
  >;
  return { ...sums, bytes_change_share: sums.old_bytes > 0 ? sums.bytes_change / sums.old_bytes : null };
}

function shareCell(
  { bytes_change_share: share }: GroupSums,
  status: string | undefined,
  mark: string,
): string {
  if (status === "new") return "new";
  if (status === "vanished") return "gone";
  return share === null ? "-" : mark + shareText(share);
}

function patternNotes(rows: readonly (GroupChange | PatternChange)[], { keys }: Diff): string[] {
  const refiled = rows.reduce((n, row) => n + ("refiled_keys" in row ? row.refiled_keys : 0), 0);
  const isNew = rows.some(({ status }) => status === "new" || status === "vanished");
  if (refiled > 0) {
    const are = refiled === 1 ? "is" : "are";
    return [
      `${counted(refiled, "key")} ${are} filed under another pattern in each inventory: counted under the wider one on both sides`,
    ];
  }
  if (keys !== null || !isNew) return [];
  return [
    "each inventory learnt its own patterns: keys of a new one may be those of one that is gone; without --by keys tell",
  ];
}

const KEY = column("key", "Key", "key");
const DB = column("db", "DB", "count", { spare: true });

const LIST_TITLES: Readonly<Record<KeyListName, string>> = {
  added: "Keys added",
  removed: "Keys removed",
  grew: "Keys that grew",
  shrank: "Keys that shrank",
  "same size": "Keys of the same size that changed otherwise",
};

/** How many keys a list would have, and their change of memory. */
function listTotals(name: KeyListName, keys: NonNullable<Diff["keys"]>): { keys: number; bytes: number } {
  const { grew, shrank } = keys.changes;
  return {
    added: { keys: keys.added_keys, bytes: keys.added_bytes },
    removed: { keys: keys.removed_keys, bytes: -keys.removed_bytes },
    grew: { keys: grew, bytes: keys.grew_bytes },
    shrank: { keys: shrank, bytes: -keys.shrank_bytes },
    "same size": { keys: keys.changed_keys - grew - shrank, bytes: 0 },
  }[name];
}

function listSection(name: KeyListName, { lists, keys }: Diff): Section {
  const rows = lists![name];
  const total = listTotals(name, keys!);
  const left = total.keys - rows.length;
  const isOneSided = name === "added" || name === "removed";
  const listed = rows.reduce((sum, row) => sum + row.bytes_change, 0);
  const ending = (change: number, key: string): Row => ({
    change: signed(change, humanBytes),
    share: "",
    old: "",
    new: "",
    type: "",
    elements: "",
    expires: "",
    what: "",
    db: "",
    key,
  });
  return {
    name,
    title: `${LIST_TITLES[name]}: ${humanCount(total.keys)}`,
    columns: [
      column("change", "Memory", SIGNED, { sum: true }),
      ...(isOneSided
        ? [
            column("type", "Type", "text"),
            column("elements", "Elements", "count"),
            column("expires", "Expires", "text"),
          ]
        : [
            column("share", "%", SIGNED),
            column("old", "Old", "bytes", { spare: true }),
            column("new", "New", "bytes", { atLeast: "lower_bound" }),
            column("what", "What", "text", { wraps: true }),
          ]),
      DB,
      KEY,
    ],
    rows: rows.map(keyRow),
    ...(left > 0 && {
      rest: ending(total.bytes - listed, `… and ${counted(left, "other")}`),
    }),
    total: ending(total.bytes, "TOTAL"),
  };
}

function keyRow(row: KeyChange): Row {
  const expires = row.new_expires_at ?? row.old_expires_at;
  return {
    change: signed(row.bytes_change, humanBytes),
    share: row.bytes_change_share === null ? "-" : shareText(row.bytes_change_share),
    old: row.old_bytes,
    new: row.new_bytes,
    type: row.new_type ?? row.old_type,
    elements: row.new_elements ?? row.old_elements,
    expires: expires === null ? "never" : humanTime(expires),
    what: whatText(row),
    lower_bound: row.lower_bound,
    db: row.db,
    key: row.key,
  };
}

/** What is other than the size, with what it was and is. */
function whatText(row: KeyChange): string {
  const times: [number | null, number | null] = [row.old_expires_at, row.new_expires_at];
  const found: [boolean, string][] = [
    [row.old_type !== row.new_type, `type ${row.old_type} -> ${row.new_type}`],
    [row.old_encoding !== row.new_encoding, `${row.old_encoding} -> ${row.new_encoding}`],
    [
      row.old_elements !== row.new_elements,
      `elements ${countText(row.old_elements)} -> ${countText(row.new_elements)}`,
    ],
    [times[0] !== times[1], `expires ${timeText(times[0])} -> ${timeText(times[1])}`],
  ];
  return found.flatMap(([applies, text]) => (applies ? [text] : [])).join("; ");
}

function countText(count: number | null): string {
  return count === null ? "none" : humanCount(count);
}

function timeText(ms: number | null): string {
  return ms === null ? "never" : humanTime(ms);
}

function renameSection({ renames }: Diff, limit: number): Section {
  const columns: readonly Column[] = [
    column("alike", "Alike", SIGNED),
    column("removed_keys", "Of removed", "count"),
    column("added_keys", "Of added", "count"),
    column("old_pattern", "From", "key"),
    column("new_pattern", "To", "key"),
  ];
  return {
    name: "renames",
    title: "Perhaps renamed: a hint",
    columns,
    rows: renames.slice(0, limit).map((row) => ({
      ...row,
      alike: `${row.is_exact === 1 ? "" : "about "}${humanCount(row.alike_keys)}`,
    })),
    notes: [
      "a hint, no fact: so many removed keys have an added one with the same rest of the name, type and size of data; they count as removed and added",
    ],
  };
}

const MACHINE: readonly Column[] = [
  ...([
    ["change", "text"],
    ["db", "number"],
    ["key", "key"],
    ["what", "text"],
    ["old_type", "text"],
    ["new_type", "text"],
    ["old_encoding", "text"],
    ["new_encoding", "text"],
    ["old_bytes", "bytes"],
    ["new_bytes", "bytes"],
    ["bytes_change", "bytes"],
    ["bytes_change_share", "share"],
    ["old_elements", "count"],
    ["new_elements", "count"],
    ["old_expires_at", "time"],
    ["new_expires_at", "time"],
    ["pattern", "key"],
    ["lower_bound", "number"],
  ] as const),
].map(([name, kind]) => column(name, name, kind));

/** For CSV, rows of one kind: groups where they were asked for, else keys. */
export function diffRows({ lists, groups }: Diff, limit: number): Section {
  if (lists === null) {
    const [[by, rows]] = Object.entries(groups) as [[Grouping, readonly GroupChange[]]];
    const names = [
      "group",
      "status",
      ...SUMS.slice(0, 3),
      "old_bytes",
      "new_bytes",
      "bytes_change",
      "bytes_change_share",
      "lower_bound_keys",
    ];
    const columns = names.map((name) =>
      column(name, name, name === "group" ? "key" : name === "status" ? "text" : "number"),
    );
    return { name: by, title: "", columns, rows: rows.filter(isOther).slice(0, limit) };
  }
  return { name: "keys", title: "", columns: MACHINE, rows: KEY_LISTS.flatMap((name) => lists[name]) };
}

/** What lists leave out, for a format that has no line for it. */
export function unlistedNotes({ lists, keys, groups }: Diff, limit: number): string[] {
  if (lists === null || keys === null) {
    const left = Object.values(groups).flat().filter(isOther).length - limit;
    return left > 0 ? [`${counted(left, "more group")} changed: --limit says how many are shown`] : [];
  }
  const left = KEY_LISTS.reduce((sum, name) => sum + listTotals(name, keys).keys - lists[name].length, 0);
  return left > 0
    ? [`${counted(left, "more key")} differ: --limit says how many of each list are shown`]
    : [];
}

/** A diff as one JSON document: groups that differ, `limit` of each kind at most. */
export function diffDocument(found: Diff, limit: number): object {
  const groups = Object.entries(found.groups).map(([by, rows]) => {
    const other = (rows as readonly GroupChange[]).filter(isOther);
    return [by, { changed_groups: other.length, rows: other.slice(0, limit) }];
  });
  return { ...found, groups: Object.fromEntries(groups), renames: found.renames.slice(0, limit) };
}
