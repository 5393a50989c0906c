import { SIZE_CLASS_BOUNDS } from "../inventory/schema.ts";
import { type Column, column, type Section } from "./answer.ts";
import { grouped } from "./groups.ts";
import { LOWER_BOUND_SUMS, type LowerBounds } from "./lower-bounds.ts";
import { notesOf } from "./notes.ts";
import { drawnSums, estimateColumns, estimated } from "./sampling.ts";
import { isAnsweredByRows, type Scope, scopeParams, tallySource } from "./scope.ts";

/** Keys whose MEMORY USAGE is in one class of sizes. */
export type SizeRow = LowerBounds & {
  /** Null for all types together. */
  readonly type: string | null;
  /** Both are in the class; `max_bytes` is null for the last. */
  readonly min_bytes: number;
  readonly max_bytes: number | null;
  readonly keys: number;
  readonly keys_share: number;
  /** Share of keys in this class and those below. */
  readonly keys_up_to_share: number;
  readonly bytes: number;
  readonly bytes_share: number;
  readonly avg_bytes: number;
};

const COLUMNS: readonly Column[] = [
  column("type", "Type", "text", { machineOnly: true }),
  column("min_bytes", "From", "bytes"),
  column("max_bytes", "To", "bytes"),
  column("keys", "Keys", "count", { sum: true }),
  column("keys_share", "% keys", "share"),
  column("keys_up_to_share", "Up to here", "share", { spare: true }),
  column("bytes", "Memory", "bytes", { sum: true, atLeast: "lower_bound_keys" }),
  column("bytes_share", "% mem", "share"),
  column("avg_bytes", "Average", "bytes", { spare: true }),
  column("lower_bound_keys", "≥", "count", { sum: true, machineOnly: true }),
  column("lower_bound_bytes", "≥", "bytes", { sum: true, machineOnly: true }),
];

/** SQL of the class of a key's `bytes`, in a row of `tallySource` that is of one key: it may stand for several. */
const CLASS_SQL = `CASE ${SIZE_CLASS_BOUNDS.map((bound, i) => `WHEN max_bytes <= ${bound} THEN ${i}`).join(" ")}
  ELSE ${SIZE_CLASS_BOUNDS.length} END`;

const sql = (source: string, sizeClass: string, type: string, drawn: string) => `
  SELECT ${type} AS type, ${sizeClass} AS class, sum(keys) AS keys, sum(bytes) AS bytes, ${LOWER_BOUND_SUMS}${drawn}
  FROM ${source} GROUP BY 1, 2 ORDER BY sum(sum(bytes)) OVER (PARTITION BY ${type}) DESC, 1, 2`;

type ClassRow = LowerBounds & Pick<SizeRow, "type" | "keys" | "bytes"> & { readonly class: number };

/** Histograms of size classes: one of all keys, or one a type. */
export function sizesSections(
  scope: Scope,
  { byType }: { readonly byType?: boolean | undefined },
): Section[] {
  const groups = grouped(classes(scope, byType === true), ({ type }) => type);
  if (groups.size === 0) groups.set(null, []);
  const last = groups.size - 1;
  return [...groups].map(([type, rows], i) => ({
    name: "sizes",
    title: type === null ? "By size" : `Type ${type} by size`,
    columns: estimateColumns(scope, COLUMNS),
    rows: sizeRows(rows),
    ...(i === last && { notes: notesOf(scope) }),
  }));
}

/** Keys and memory of each size class that has keys, the smallest first; of each type apart with `byType`. */
function classes(scope: Scope, byType: boolean): ClassRow[] {
  const fromRows = isAnsweredByRows(scope, false);
  const sizeClass = fromRows ? CLASS_SQL : "size_class";
  const statement = sql(tallySource(scope), sizeClass, byType ? "type" : "NULL", drawnSums(scope));
  return estimated(scope, scope.inventory.all<ClassRow>(statement, scopeParams(scope)));
}

function sizeRows(rows: readonly ClassRow[]): SizeRow[] {
  const keys = rows.reduce((sum, row) => sum + row.keys, 0);
  const bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
  let upTo = 0;
  return rows.map((row) => {
    upTo += row.keys;
    return {
      ...row,
      min_bytes: row.class === 0 ? 0 : SIZE_CLASS_BOUNDS[row.class - 1]! + 1,
      max_bytes: SIZE_CLASS_BOUNDS[row.class] ?? null,
      keys_share: row.keys / keys,
      keys_up_to_share: upTo / keys,
      bytes_share: bytes > 0 ? row.bytes / bytes : 0,
      avg_bytes: row.bytes / row.keys,
    };
  });
}
