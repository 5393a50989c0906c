import { IDLE_BOUNDS } from "../inventory/schema.ts";
import { type Column, column, type Section } from "./answer.ts";
import { isUnfiltered } from "./filters.ts";
import { notesOf } from "./notes.ts";
import { listNotes } from "./sample-notes.ts";
import { AT_LEAST, accessSource, firstKeySource, hasKeyRows, type Scope, scopeParams } from "./scope.ts";

/** A key by how it is used. */
export type HotKeyRow = {
  readonly ranked_by: string;
  readonly rank: number;
  readonly db: number;
  readonly key: string | Buffer;
  readonly type: string;
  readonly freq: number | null;
  readonly idle_seconds: number | null;
  readonly bytes: number;
  readonly pattern: string;
  readonly record_offset: number;
  readonly lower_bound: number;
};

/** Keys of one class of use. */
export type AccessRow = {
  readonly measure: string;
  readonly use: string;
  /** LFU counter or seconds: from (inclusive) and to (exclusive; null: no end). */
  readonly at_least: number;
  readonly below: number | null;
  readonly keys: number;
  readonly keys_share: number;
  readonly bytes: number;
  readonly bytes_share: number;
};

interface Ranking {
  readonly name: string;
  readonly title: string;
  readonly order: string;
}

/** What tells how keys are used, the lists it gives, and its classes by their lower bounds. */
const MEASURES = [
  {
    measure: "freq",
    shown: "Freq",
    title: "Keys by LFU counter",
    classes: [0, 1, 5, 10, 20, 50, 100, 200, 255],
    last: 256,
    words: (from: number, below: number) => (below - from === 1 ? `${from}` : `${from} to ${below - 1}`),
    rankings: [{ name: "freq", title: "Most used, by LFU counter", order: "freq DESC" }],
  },
  {
    measure: "idle_seconds",
    shown: "Idle",
    title: "Keys by idle time",
    classes: IDLE_BOUNDS,
    last: null,
    words: (from: number, below: number | null) =>
      below === null
        ? `${timeWords(from)} or more`
        : from === 0
          ? `under ${timeWords(below)}`
          : `${timeWords(from)} to ${timeWords(below)}`,
    rankings: [
      { name: "recent", title: "Used last, by idle time", order: "idle_seconds" },
      { name: "idle", title: "Idle longest", order: "idle_seconds DESC" },
    ],
  },
] as const;

const keyColumns = (measure: "freq" | "idle_seconds"): readonly Column[] => [
  column("ranked_by", "By", "text", { machineOnly: true }),
  column("rank", "#", "count"),
  column("freq", "Freq", "count", { machineOnly: measure !== "freq" }),
  column("idle_seconds", "Idle", "count", { machineOnly: measure === "freq" }),
  column("bytes", "Memory", "bytes", { atLeast: "lower_bound" }),
  column("type", "Type", "text"),
  column("db", "DB", "count"),
  column("key", "Key", "key"),
  column("pattern", "Pattern", "key", { spare: true }),
  column("record_offset", "Offset", "count", { machineOnly: true }),
  column("lower_bound", "≥", "count", { machineOnly: true }),
];

const classColumns = (shown: string): readonly Column[] => [
  column("measure", "By", "text", { machineOnly: true }),
  column("use", shown, "text"),
  column("at_least", "From", "count", { machineOnly: true }),
  column("below", "To", "count", { machineOnly: true }),
  column("keys", "Keys", "count", { sum: true }),
  column("keys_share", "% keys", "share"),
  column("bytes", "Memory", "bytes", { sum: true }),
  column("bytes_share", "% mem", "share"),
];

const NOTHING =
  "the snapshot tells nothing of use: servers save LFU counters under maxmemory-policy allkeys-lfu and volatile-lfu, " +
  "idle times under allkeys-lru and volatile-lru";

/** The hottest keys by what the snapshot tells of use, the coldest where it tells idle times, and how use is spread. */
export function hotkeysSections(scope: Scope, { largest }: { readonly largest: number }): Section[] {
  const sections = MEASURES.flatMap(({ measure, shown, title, rankings }): Section[] => {
    const classes = access(scope, measure);
    if (classes.length === 0) return [];
    const lists = rankings.map((ranking) => ({
      name: "hotkeys",
      title: ranking.title,
      columns: keyColumns(measure),
      rows: hotkeys(scope, largest, measure, ranking),
    }));
    return [...lists, { name: "access", title, columns: classColumns(shown), rows: classes }];
  });
  const last = sections.pop();
  const notes = [...notesOf(scope), ...listNotes(scope), ...(last === undefined ? [NOTHING] : [])];
  const empty = { name: "hotkeys", title: "Most used", columns: keyColumns("freq"), rows: [] };
  return [...sections, { ...(last ?? empty), notes }];
}

/** The first keys of a ranking: of the table `hot_keys` where it has enough of them, and nothing is filtered. */
export function hotkeys(
  scope: Scope,
  largest: number,
  measure: "freq" | "idle_seconds",
  ranking: Ranking,
): HotKeyRow[] {
  const { name, order } = ranking;
  const columns = "db, key, type, freq, idle_seconds, bytes, pattern, record_offset";
  const rows = scope.inventory.all<HotKeyRow>(
    `SELECT ${columns}, accuracy IN (${AT_LEAST}) AS lower_bound FROM ${sourceOf(scope, largest, measure, ranking)}
     WHERE ${measure} IS NOT NULL ORDER BY ${order}, record_offset LIMIT @largest`,
    { ...scopeParams(scope), ranking: name, largest },
  );
  return rows.map((row, i) => ({ ...row, ranked_by: name, rank: i + 1 }));
}

/** Keys that the table `hot_keys` has of each ranking at most. */
const KEPT = 100;

function sourceOf(scope: Scope, largest: number, measure: string, { order }: Ranking): string {
  const kept = isUnfiltered(scope.filters) && (largest <= KEPT || !hasKeyRows(scope));
  if (kept) return "(SELECT * FROM hot_keys WHERE snapshot = @snapshot AND ranked_by = @ranking)";
  return firstKeySource(scope, measure, order);
}

/** Keys and memory by classes of use; empty where the snapshot tells nothing of that. */
export function access(scope: Scope, wanted: "freq" | "idle_seconds"): AccessRow[] {
  const { classes, last, words } = MEASURES.find(({ measure }) => measure === wanted)!;
  const cases = classes.slice(1).map((bound, i) => `WHEN at_least < ${bound} THEN ${i}`);
  const rows = scope.inventory.all<{ class: number; keys: number; bytes: number }>(
    `SELECT CASE ${cases.join(" ")} ELSE ${classes.length - 1} END AS class, sum(keys) AS keys, sum(bytes) AS bytes
     FROM ${accessSource(scope, wanted)} GROUP BY 1 ORDER BY 1`,
    scopeParams(scope),
  );
  const keys = rows.reduce((sum, row) => sum + row.keys, 0);
  const bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
  return rows.map((row) => {
    const below = classes[row.class + 1] ?? last;
    return {
      measure: wanted,
      use: words(classes[row.class]!, below as number),
      at_least: classes[row.class]!,
      below,
      keys: row.keys,
      keys_share: row.keys / keys,
      bytes: row.bytes,
      bytes_share: bytes > 0 ? row.bytes / bytes : 0,
    };
  });
}

const UNITS = [
  [86_400, "day"],
  [3_600, "hour"],
  [60, "minute"],
] as const;

function timeWords(seconds: number): string {
  const [size, unit] = UNITS.find(([one]) => seconds % one === 0) ?? UNITS.at(-1)!;
  const count = seconds / size;
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
