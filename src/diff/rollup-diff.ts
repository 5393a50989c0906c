import { isUnfiltered } from "../queries/filters.ts";
import { ofRow, wholeRow } from "../queries/sampling.ts";
import { keySource, type Scope, scopeParams, tallySource } from "../queries/scope.ts";
import { ttl } from "../queries/ttl.ts";

/** One side of a diff: snapshots of one inventory (of a cluster's nodes, say) that are counted together. */
export type DiffSide = readonly Scope[];

/** What a group of keys holds. */
interface Amount {
  readonly group: string;
  readonly keys: number;
  readonly bytes: number;
  readonly lower_bound_keys: number;
}

/** What became of a group of keys: `old_…` and `new_…` are what it held and holds. */
export type GroupChange = {
  readonly group: string;
  readonly status: GroupStatus;
  readonly old_keys: number;
  readonly new_keys: number;
  readonly keys_change: number;
  /** Sums of MEMORY USAGE … SAMPLES 0, in bytes. */
  readonly old_bytes: number;
  readonly new_bytes: number;
  readonly bytes_change: number;
  /** `bytes_change` over `old_bytes`; null where that is 0. */
  readonly bytes_change_share: number | null;
  /** Keys, of both sides together, whose size is a lower bound. */
  readonly lower_bound_keys: number;
};

export type GroupStatus = "new" | "vanished" | "changed" | "same";

/** What both sides hold in all, a row a measure. */
export type TotalChange = {
  readonly measure: TotalMeasure;
  readonly old: number;
  readonly new: number;
  readonly change: number;
  /** Null where `old` is 0. */
  readonly change_share: number | null;
};

/** Sums of the rollup. Bytes but for `bytes` itself are as the view `rollup` has them. */
export const TOTAL_MEASURES = [
  "keys",
  "bytes",
  "heap_bytes",
  "payload_bytes",
  "elements",
  "keys_without_ttl",
  "expired",
] as const;
export type TotalMeasure = (typeof TOTAL_MEASURES)[number];

/** What a side holds of one type, encoding and pattern. */
type Tally = Totals & {
  readonly type: string | null;
  readonly encoding: string | null;
  readonly pattern: string | null;
  readonly lower_bound_keys: number;
};
type Totals = Record<TotalMeasure, number>;

const SUMS = [...TOTAL_MEASURES, "lower_bound_keys"].map((name) => `sum(${name}) AS ${name}`).join(", ");
const tallies = new WeakMap<Scope, readonly Tally[]>();

/** All sums of a scope; asked for once, as filters may need each row of a key for them. */
function talliesOf(scope: Scope): readonly Tally[] {
  let found = tallies.get(scope);
  if (found === undefined) {
    const sql = `SELECT type, encoding, pattern, ${SUMS} FROM ${tallySource(scope)} GROUP BY 1, 2, 3`;
    found = scope.inventory.all<Tally>(sql, scopeParams(scope));
    tallies.set(scope, found);
  }
  return found;
}

function byTally(group: (tally: Tally) => string | null) {
  return (scope: Scope): Amount[] =>
    talliesOf(scope).map((tally) => ({
      group: group(tally) ?? "",
      keys: tally.keys,
      bytes: tally.bytes,
      lower_bound_keys: tally.lower_bound_keys,
    }));
}

function bySlot(scope: Scope): Amount[] {
  const source = isUnfiltered(scope.filters)
    ? 'SELECT CAST(slot AS TEXT) AS "group", keys, bytes FROM slots WHERE snapshot = @snapshot'
    : `SELECT CAST(slot AS TEXT) AS "group", sum(${ofRow(scope, "1")}) AS keys, sum(${ofRow(scope, "bytes")}) AS bytes
       FROM ${keySource(scope)} GROUP BY slot`;
  return scope.inventory.all<Amount>(`SELECT *, 0 AS lower_bound_keys FROM (${source})`, scopeParams(scope));
}

/** How keys can be grouped, from aggregates alone where no filter needs a row a key. A new one: a line here. */
const GROUPINGS = {
  pattern: byTally(({ pattern }) => pattern),
  type: byTally(({ type }) => type),
  encoding: byTally(({ type, encoding }) => `${type} ${encoding}`),
  ttl: (scope) => ttl(scope).map((row): Amount => ({ ...row, group: row.ttl })),
  slot: bySlot,
} as const satisfies Record<string, (scope: Scope) => Amount[]>;

export type Grouping = keyof typeof GROUPINGS;
export const GROUPING_NAMES = Object.keys(GROUPINGS) as Grouping[];

/**
 * What became of each group, the largest change of memory first (times to live: the soonest); groups that are the same on both sides among them. Time to live
 * is counted from each snapshot's own time; patterns are compared by their text, though each inventory learnt its own.
 * @throws {UsageError} when a filter needs a row a key and an inventory has none
 */
export function rollupDiff(old: DiffSide, now: DiffSide, by: Grouping): GroupChange[] {
  const before = amountsOf(old, by);
  const after = amountsOf(now, by);
  const groups = [...new Set([...before.keys(), ...after.keys()])];
  const changes = groups
    .map((group) => groupChange(group, before.get(group), after.get(group)))
    .filter(({ old_keys, new_keys }) => old_keys > 0 || new_keys > 0);
  return by === "ttl" ? changes : changes.sort(byChange);
}

/** What both sides hold in all. */
export function rollupTotals(old: DiffSide, now: DiffSide): TotalChange[] {
  const [before, after] = [totalsOf(old), totalsOf(now)];
  return TOTAL_MEASURES.map((measure) => {
    const [a, b] = [before[measure], after[measure]];
    return { measure, old: a, new: b, change: b - a, change_share: shareOf(b - a, a) };
  });
}

function totalsOf(side: DiffSide): Totals {
  const all = side.flatMap(talliesOf);
  const sum = (name: TotalMeasure) => Math.round(all.reduce((total, row) => total + row[name], 0));
  return Object.fromEntries(TOTAL_MEASURES.map((name) => [name, sum(name)])) as Totals;
}

function amountsOf(side: DiffSide, by: Grouping): Map<string, Amount> {
  const found = new Map<string, Amount>();
  for (const scope of side) {
    for (const row of GROUPINGS[by](scope)) {
      const { keys = 0, bytes = 0, lower_bound_keys = 0 } = found.get(row.group) ?? {};
      found.set(row.group, {
        group: row.group,
        keys: keys + row.keys,
        bytes: bytes + row.bytes,
        lower_bound_keys: lower_bound_keys + row.lower_bound_keys,
      });
    }
  }
  for (const [group, row] of found) found.set(group, wholeRow(row)); // Those of samples are estimates.
  return found;
}

/** One group's change; a side that has no such group is undefined. */
export function groupChange(
  group: string,
  before: Omit<Amount, "group"> | undefined,
  after: Omit<Amount, "group"> | undefined,
): GroupChange {
  const none = { keys: 0, bytes: 0, lower_bound_keys: 0 };
  const [a, b] = [before ?? none, after ?? none];
  return {
    group,
    status: statusOf(a, b),
    old_keys: a.keys,
    new_keys: b.keys,
    keys_change: b.keys - a.keys,
    old_bytes: a.bytes,
    new_bytes: b.bytes,
    bytes_change: b.bytes - a.bytes,
    bytes_change_share: shareOf(b.bytes - a.bytes, a.bytes),
    lower_bound_keys: a.lower_bound_keys + b.lower_bound_keys,
  };
}

function statusOf(a: Omit<Amount, "group">, b: Omit<Amount, "group">): GroupStatus {
  if (a.keys === 0) return "new";
  if (b.keys === 0) return "vanished";
  return a.keys === b.keys && a.bytes === b.bytes ? "same" : "changed";
}

function shareOf(change: number, old: number): number | null {
  return old > 0 ? change / old : null;
}

/** Order of the largest change first, whichever its sign. */
export function byChange(a: GroupChange, b: GroupChange): number {
  return (
    Math.abs(b.bytes_change) - Math.abs(a.bytes_change) ||
    Math.abs(b.keys_change) - Math.abs(a.keys_change) ||
    (a.group < b.group ? -1 : 1)
  );
}
