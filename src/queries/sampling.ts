import type { Column, Row, Section } from "./answer.ts";
import { column } from "./answer.ts";
import type { Scope } from "./scope.ts";
import type { SnapshotRow } from "./snapshots.ts";

/** An inventory made of a share of the records: what was drawn out of what, and what each drawn key stands for. */
interface Sample {
  readonly drawnKeys: number;
  readonly drawnFrom: number;
  readonly weight: number;
}

/**
 * Of a group of keys: what those that were drawn contribute to the estimates, and the squares of their sizes; and how many
 * were not left to chance.
 */
export interface DrawnSums {
  readonly certain_keys: number;
  readonly drawn_keys: number;
  readonly drawn_bytes: number;
  readonly bytes_squares: number;
}

/** Sampling errors of a group's `keys` and `bytes`: in 95 of 100 samples they are no more. Null: too few were drawn to tell. */
interface SamplingErrors {
  readonly keys_error: number | null;
  readonly bytes_error: number | null;
}

/** 95% of a normal distribution lie within so many standard deviations. */
const DEVIATIONS = 1.96;
/** So many have to be drawn, in all and of a group, for an estimate to be near to normally distributed. */
const FEWEST_DRAWN = 30;
const FEWEST_OF_GROUP = 10;

/** The sample that a snapshot's inventory is made of; undefined: it is made of every record. */
export function sampleOf(snapshot: SnapshotRow): Sample | undefined {
  const { sample_drawn_keys: drawnKeys, sample_drawn_from: drawnFrom, sample_weight: weight } = snapshot;
  if (drawnKeys === null || drawnFrom === null || weight === null) return undefined;
  return { drawnKeys, drawnFrom, weight };
}

/**
 * Half of the interval that has the true sum of a group in 95 of 100 samples; undefined where too few keys were drawn.
 *
 * Of N keys n are drawn, each with the same chance; a key that is not of the group counts as 0. The estimate of the
 * sum is N/n of what the drawn ones add up to, its variance N (N - n) / n times the variance of one key, of which the
 * drawn ones tell: `sum` and `squares` are theirs, unweighted, and `count` is how many of the group were drawn. Keys that
 * were not left to chance, `certain` of the group, add none. Where there are only such, the sum is exactly theirs: that of
 * the group if it has no others, which a sample cannot see.
 */
export function samplingError(
  { drawnKeys: n, drawnFrom: all }: Sample,
  count: number,
  sum: number,
  squares: number,
  certain = 0,
): number | undefined {
  if (n === all) return 0;
  if (n < FEWEST_DRAWN) return undefined;
  if (count === 0 && certain > 0) return 0;
  if (count < FEWEST_OF_GROUP) return undefined;
  const ofOneKey = Math.max(0, squares - (sum * sum) / n) / (n - 1);
  return DEVIATIONS * Math.sqrt(((all * (all - n)) / n) * ofOneKey);
}

/**
 * The members of `DrawnSums` in SQL, of keys counted by a column, over rows of `tallySource` or `expirySource`, with a
 * comma before them; none without a sample.
 */
export function drawnSums({ snapshot }: Scope, keys = "keys"): string {
  if (sampleOf(snapshot) === undefined) return "";
  return `, coalesce(sum(iif(weight > 1, 0, ${keys})), 0) AS certain_keys, coalesce(sum(iif(weight > 1, ${keys}, 0)), 0) AS drawn_keys, coalesce(sum(iif(weight > 1, bytes, 0)), 0) AS drawn_bytes,
    coalesce(sum(bytes_squares), 0) AS bytes_squares`;
}

/** Rows that `drawnSums` are among, with their errors in place of these; without a sample, as they are. */
export function estimated<T extends object>(scope: Scope, rows: readonly T[]): T[] {
  const sample = sampleOf(scope.snapshot);
  if (sample === undefined) return [...rows];
  return rows.map((row) => {
    const { certain_keys, drawn_keys, drawn_bytes, bytes_squares, ...others } = row as T & DrawnSums;
    const sums = { certain_keys, drawn_keys, drawn_bytes, bytes_squares };
    return { ...others, ...errorsOf(sample, sums) } as unknown as T;
  });
}

function errorsOf(sample: Sample, sums: DrawnSums): SamplingErrors {
  const keys = Math.round(sums.drawn_keys / sample.weight);
  const bytes = sums.drawn_bytes / sample.weight;
  return {
    keys_error: samplingError(sample, keys, keys, keys, sums.certain_keys) ?? null,
    bytes_error: samplingError(sample, keys, bytes, sums.bytes_squares, sums.certain_keys) ?? null,
  };
}

/** The sums of several groups together. */
export function addedSums(rows: readonly object[]): DrawnSums {
  const sum = (name: keyof DrawnSums) =>
    rows.reduce((total, row) => total + ((row as DrawnSums)[name] ?? 0), 0);
  return {
    certain_keys: sum("certain_keys"),
    drawn_keys: sum("drawn_keys"),
    drawn_bytes: sum("drawn_bytes"),
    bytes_squares: sum("bytes_squares"),
  };
}

/** Columns with the errors of `keys` and `bytes`, where they are estimated: tables show them beside what they are of. */
export function estimateColumns({ snapshot }: Scope, columns: readonly Column[]): readonly Column[] {
  if (sampleOf(snapshot) === undefined) return columns;
  return [
    ...columns,
    column("keys_error", "±", "count", { machineOnly: true }),
    column("bytes_error", "±", "bytes", { machineOnly: true }),
  ];
}

/** In SQL, how many keys rows of `keySource` stand for. */
export function keysOfRows({ snapshot }: Scope): string {
  return sampleOf(snapshot) === undefined ? "count(*)" : "sum(weight)";
}

/** In SQL, a column of a row of `keySource`, as often as its key counts. */
export function ofRow({ snapshot }: Scope, name: string): string {
  return sampleOf(snapshot) === undefined ? name : `${name} * weight`;
}

/** A section of a sample whose numbers of keys and bytes are whole, as what they estimate is. */
export function wholeSection({ snapshot }: Scope, section: Section): Section {
  if (sampleOf(snapshot) === undefined) return section;
  const names = section.columns.filter(isWhole).map(({ name }) => name);
  return { ...section, rows: mapped(section.rows, names) };
}

function isWhole({ name, kind }: Column): boolean {
  return (kind === "count" || kind === "bytes") && !/^(?:avg|mean)_/.test(name);
}

function* mapped(rows: Iterable<Row>, names: readonly string[]): Iterable<Row> {
  for (const row of rows) yield { ...row, ...rounded(row, names) };
}

function rounded(row: Row, names: readonly string[]): Record<string, number> {
  const whole: Record<string, number> = {};
  for (const name of names) {
    const value = row[name];
    if (typeof value === "number") whole[name] = Math.round(value);
  }
  return whole;
}

const WHOLE = /^(?!avg_|mean_).*(?:^|_)(?:keys|bytes|elements|expired|ttl|error)$/;

/** A row whose numbers of keys and bytes are whole. */
export function wholeRow<T extends object>(row: T): T {
  return {
    ...row,
    ...rounded(
      row as Row,
      Object.keys(row).filter((name) => WHOLE.test(name)),
    ),
  };
}
