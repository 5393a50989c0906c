import { type Column, column, type Section } from "./answer.ts";
import { bigKeyClass } from "./big-key-classes.ts";
import { isUnfiltered, type QuestionFilters } from "./filters.ts";
import { notesOf } from "./notes.ts";
import { listNotes } from "./sample-notes.ts";
import {
  AT_LEAST,
  BY_SNAPSHOT,
  BY_TYPE,
  firstKeySource,
  hasKeyRows,
  isFleet,
  type Scope,
  scopeParams,
  snapshotParam,
  tallySource,
} from "./scope.ts";
import { thousands } from "./words.ts";

/** One of the biggest keys. */
export type BigKeyRow = {
  readonly ranked_by: string;
  readonly rank: number;
  /** Where it is, in an answer about a fleet. */
  readonly node?: string;
  readonly db: number;
  readonly key: string | Buffer;
  readonly type: string;
  readonly encoding: string;
  readonly bytes: number;
  readonly elements: number | null;
  readonly largest_element_bytes: number;
  /** Name of the largest element: null when it is not known. */
  readonly largest_element: string | Buffer | null;
  /** Milliseconds since the epoch. */
  readonly expires_at: number | null;
  readonly pattern: string;
  readonly record_offset: number;
  /** As in the view `keys`. */
  readonly accuracy: string;
  /** How big it is by the thresholds for its type: see `BIG_KEY_CLASSES`. */
  readonly class: string;
  /** 1: `bytes` is no less than what it says. */
  readonly lower_bound: number;
};

const BIG_KEY_COLUMNS: readonly Column[] = [
  column("ranked_by", "By", "text", { machineOnly: true }),
  column("rank", "#", "count"),
  column("bytes", "Memory", "bytes", { atLeast: "lower_bound" }),
  column("type", "Type", "text"),
  column("encoding", "Encoding", "text"),
  column("elements", "Elements", "count"),
  column("class", "Class", "text"),
  column("expires_at", "Expires", "time", { spare: true }),
  column("node", "Node", "text"),
  column("db", "DB", "count"),
  column("key", "Key", "key"),
  column("largest_element_bytes", "Largest", "bytes", { spare: true }),
  column("largest_element", "Largest element", "key", { spare: true }),
  column("pattern", "Pattern", "key", { machineOnly: true }),
  column("record_offset", "Offset", "count", { machineOnly: true }),
  column("accuracy", "Accuracy", "text", { machineOnly: true }),
  column("lower_bound", "≥", "count", { machineOnly: true }),
];

const COLUMNS_OF_ONE = BIG_KEY_COLUMNS.filter(({ name }) => name !== "node");

/** What keys are ranked by: memory, or elements. */
const RANKINGS = ["bytes", "elements"] as const;
type Ranking = (typeof RANKINGS)[number];

/** The `largest` keys by `ranking`; keys without elements are in no ranking by elements. */
export function bigkeys(scope: Scope, largest: number, ranking: Ranking): BigKeyRow[] {
  if (ranking === "elements" && !mayHaveElements(scope)) return [];
  const source = isRanked(scope.filters) ? rankedSource(scope, largest, ranking) : firstOf(scope, ranking);
  const rows = scope.inventory.all<Omit<BigKeyRow, "rank" | "ranked_by" | "class">>(
    `SELECT ${isFleet(scope) ? NODE : ""} db, key, type, encoding, bytes, elements, largest_element_bytes, ${LARGEST_ELEMENT} AS largest_element, expires_at,
       pattern, record_offset, accuracy, accuracy IN (${AT_LEAST}) AS lower_bound
     FROM (SELECT * FROM ${source} WHERE ${ranking} IS NOT NULL ORDER BY ${ranking} DESC, snapshot, record_offset LIMIT @largest) k
     ORDER BY ${ranking} DESC, snapshot, record_offset`,
    { ...scopeParams(scope), ranking, largest },
  );
  return rows.map((row, i) => ({ ...row, ranked_by: ranking, rank: i + 1, class: bigKeyClass(row) }));
}

/** Whether there are other keys than strings, as the rollup tells: else nobody has to look at key rows. */
function mayHaveElements({ inventory, snapshot, filters: { dbs, types, pattern } }: Scope): boolean {
  const scope: Scope = { inventory, snapshot, filters: { dbs, types, pattern } };
  const sql = `SELECT 1 FROM ${tallySource(scope)} WHERE type <> 'string' LIMIT 1`;
  return inventory.get(sql, scopeParams(scope)) !== undefined;
}

/** What the reader has to know when fewer keys are shown than were asked for. */
function bigkeysNotes(scope: Scope, largest: number): string[] {
  if (!isRanked(scope.filters) || hasKeyRows(scope)) return [];
  const kept = keptRanks(scope);
  if (kept >= largest || scope.snapshot.keys <= kept) return [];
  return [`without rows a key, the inventory knows the ${thousands(kept)} biggest keys of each type`];
}

/** Whether the table `big_keys` can answer: it ranks by type over all databases. */
export function isRanked({ types: _, ...others }: QuestionFilters): boolean {
  return isUnfiltered(others);
}

const NODE = "(SELECT node FROM node_rows n WHERE n.snapshot = k.snapshot) AS node,";

/** The name of the largest element, of which only the table `big_keys` knows. */
const LARGEST_ELEMENT = `(SELECT b.largest_element FROM big_keys b WHERE b.snapshot = k.snapshot
  AND b.record_offset = k.record_offset AND b.largest_element IS NOT NULL LIMIT 1)`;

/** Biggest keys by each ranking; `byType`: of each type apart. */
export function bigkeysSections(
  scope: Scope,
  { largest, byType }: { largest: number; byType?: boolean | undefined },
): Section[] {
  const scopes =
    byType === true ? typesOf(scope).map((type) => ofType(scope, type)) : [{ scope, of: "Biggest" }];
  const sections = scopes.flatMap(({ scope: one, of }) =>
    RANKINGS.map((ranking) => ({
      name: "bigkeys",
      title: `${of} by ${ranking === "bytes" ? "memory" : "elements"}`,
      columns: isFleet(scope) ? BIG_KEY_COLUMNS : COLUMNS_OF_ONE,
      rows: bigkeys(one, largest, ranking),
    })),
  );
  const shown = byType === true ? sections.filter(({ rows }) => rows.length > 0) : sections;
  const notes = [...notesOf(scope), ...listNotes(scope), ...bigkeysNotes(scope, largest)];
  return shown.map((section, i) => (i < shown.length - 1 ? section : { ...section, notes }));
}

/** Types that there are keys of, the one with the most memory first. */
function typesOf(scope: Scope): string[] {
  const rows = scope.inventory.all<{ type: string }>(
    `SELECT type FROM ${tallySource(scope)} GROUP BY type ORDER BY sum(bytes) DESC, type`,
    scopeParams(scope),
  );
  return rows.map(({ type }) => type);
}

function ofType(scope: Scope, type: string): { scope: Scope; of: string } {
  return { scope: { ...scope, filters: { ...scope.filters, types: [type] } }, of: `Biggest of type ${type}` };
}

function rankedSource(scope: Scope, largest: number, ranking: Ranking): string {
  if (hasKeyRows(scope) && keptRanks(scope) < largest && scope.snapshot.keys > keptRanks(scope)) {
    return firstOf(scope, ranking);
  }
  return `(SELECT * FROM big_keys WHERE ${BY_SNAPSHOT} AND ranked_by = @ranking
    AND ${BY_TYPE})`;
}

function firstOf(scope: Scope, ranking: Ranking): string {
  return firstKeySource(scope, ranking, `${ranking} DESC`);
}

function keptRanks(scope: Scope): number {
  return (
    scope.inventory.get<{ kept: number }>(
      `SELECT coalesce(max(rank), 0) AS kept FROM big_keys WHERE ${BY_SNAPSHOT}`,
      { snapshot: snapshotParam(scope.snapshot) },
    )?.kept ?? 0
  );
}
