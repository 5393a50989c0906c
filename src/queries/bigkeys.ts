import { type Column, column } from "./answer.ts";
import { isUnfiltered, type QuestionFilters } from "./filters.ts";
import { AT_LEAST, BY_TYPE, hasKeyRows, keySource, type Scope, scopeParams } from "./scope.ts";
import { thousands } from "./words.ts";

/** One of the biggest keys. */
export type BigKeyRow = {
  readonly ranked_by: string;
  readonly rank: number;
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
  /** 1: `bytes` is no less than what it says. */
  readonly lower_bound: number;
};

export const BIG_KEY_COLUMNS: readonly Column[] = [
  column("ranked_by", "By", "text", { machineOnly: true }),
  column("rank", "#", "count"),
  column("bytes", "Memory", "bytes", { atLeast: "lower_bound" }),
  column("type", "Type", "text"),
  column("encoding", "Encoding", "text"),
  column("elements", "Elements", "count"),
  column("largest_element_bytes", "Largest", "bytes", { spare: true }),
  column("expires_at", "Expires", "time"),
  column("db", "DB", "count"),
  column("key", "Key", "key"),
  column("largest_element", "Largest element", "key", { machineOnly: true }),
  column("pattern", "Pattern", "key", { machineOnly: true }),
  column("record_offset", "Offset", "count", { machineOnly: true }),
  column("accuracy", "Accuracy", "text", { machineOnly: true }),
  column("lower_bound", "≥", "count", { machineOnly: true }),
];

/** What keys are ranked by: memory, or elements. */
export const RANKINGS = ["bytes", "elements"] as const;
export type Ranking = (typeof RANKINGS)[number];

/** The `largest` keys by `ranking`; keys without elements are in no ranking by elements. */
export function bigkeys(scope: Scope, largest: number, ranking: Ranking): BigKeyRow[] {
  const source = isRanked(scope.filters) ? rankedSource(scope, largest) : keyRowSource(scope);
  const rows = scope.inventory.all<Omit<BigKeyRow, "rank" | "ranked_by">>(
    `SELECT db, key, type, encoding, bytes, elements, largest_element_bytes, largest_element, expires_at, pattern,
       record_offset, accuracy, accuracy IN (${AT_LEAST}) AS lower_bound
     FROM ${source} WHERE ${ranking} IS NOT NULL ORDER BY ${ranking} DESC, record_offset LIMIT @largest`,
    { ...scopeParams(scope), ranking, largest },
  );
  return rows.map((row, i) => ({ ...row, ranked_by: ranking, rank: i + 1 }));
}

/** What the reader has to know when fewer keys are shown than were asked for. */
export function bigkeysNotes(scope: Scope, largest: number): string[] {
  if (!isRanked(scope.filters) || hasKeyRows(scope)) return [];
  const kept = keptRanks(scope);
  if (kept >= largest || scope.snapshot.keys <= kept) return [];
  return [`without rows a key, the inventory knows the ${thousands(kept)} biggest keys of each type`];
}

/** Whether the table `big_keys` can answer: it ranks by type over all databases. */
export function isRanked({ types: _, ...others }: QuestionFilters): boolean {
  return isUnfiltered(others);
}

function rankedSource(scope: Scope, largest: number): string {
  if (hasKeyRows(scope) && keptRanks(scope) < largest && scope.snapshot.keys > keptRanks(scope)) {
    return keyRowSource(scope);
  }
  return `(SELECT * FROM big_keys WHERE snapshot = @snapshot AND ranked_by = @ranking
    AND ${BY_TYPE})`;
}

function keyRowSource(scope: Scope): string {
  return `(SELECT *, NULL AS largest_element FROM ${keySource(scope)} WHERE @ranking IS NOT NULL)`;
}

function keptRanks(scope: Scope): number {
  return (
    scope.inventory.get<{ kept: number }>(
      "SELECT coalesce(max(rank), 0) AS kept FROM big_keys WHERE snapshot = @snapshot",
      { snapshot: scope.snapshot.snapshot },
    )?.kept ?? 0
  );
}
