import { TYPES } from "../memory/index.ts";
import { type Column, column, type Section } from "./answer.ts";
import { type BigKeyRow, bigkeys, isRanked } from "./bigkeys.ts";
import { notesOf } from "./notes.ts";
import { drawnSums, estimateColumns, estimated } from "./sampling.ts";
import { keySource, type Scope, scopeParams, tallySource } from "./scope.ts";

/** What redis-cli --memkeys tells of a type. */
export type MemkeysRow = {
  readonly type: string;
  readonly keys: number;
  readonly keys_share: number;
  readonly bytes: number;
  readonly avg_bytes: number;
  /** Key names. */
  readonly name_bytes: number;
  readonly biggest_key: string | Buffer | null;
  readonly biggest_bytes: number | null;
  /** How many of the keys are known as lower bounds only. */
  readonly lower_bound_keys: number;
};

const COLUMNS: readonly Column[] = [
  column("type", "Type", "text"),
  column("keys", "Keys", "count", { sum: true }),
  column("keys_share", "% keys", "share"),
  column("bytes", "Memory", "bytes", { sum: true, atLeast: "lower_bound_keys" }),
  column("avg_bytes", "Average", "bytes"),
  column("name_bytes", "Names", "bytes", { sum: true, machineOnly: true }),
  column("biggest_key", "Biggest key", "key"),
  column("biggest_bytes", "Its memory", "bytes"),
  column("lower_bound_keys", "≥", "count", { sum: true, machineOnly: true }),
];

/** Types that redis-cli names even when there are no keys of them, in TYPE's order. */
const ALWAYS = TYPES.slice(0, TYPES.indexOf("stream") + 1);

const sql = (source: string, drawn: string) => `
  SELECT type, sum(keys) AS keys, sum(keys) * 1.0 / sum(sum(keys)) OVER () AS keys_share, sum(bytes) AS bytes,
    round(sum(bytes) * 1.0 / sum(keys), 2) AS avg_bytes, sum(name_bytes) AS name_bytes,
    sum(lower_bound_keys) AS lower_bound_keys${drawn}
  FROM ${source} GROUP BY type ORDER BY type`;

/** Keys, memory and the biggest key of each type, those without keys too. */
export function memkeys(scope: Scope): MemkeysRow[] {
  const statement = sql(tallySource(scope), drawnSums(scope));
  const found = estimated(scope, scope.inventory.all<MemkeysRow>(statement, scopeParams(scope)));
  const biggest = isRanked(scope.filters) ? rankedBiggest(scope, found) : scannedBiggest(scope);
  const rows = found.map((row) => {
    const one = biggest.find(({ type }) => type === row.type);
    return { ...row, biggest_key: one?.key ?? null, biggest_bytes: one?.bytes ?? null };
  });
  const missing = ALWAYS.filter((type) => rows.every((row) => row.type !== type));
  const none = { keys: 0, keys_share: 0, bytes: 0, avg_bytes: 0, name_bytes: 0, lower_bound_keys: 0 };
  return [...rows, ...missing.map((type) => ({ type, ...none, biggest_key: null, biggest_bytes: null }))];
}

type Biggest = Pick<BigKeyRow, "type" | "key" | "bytes">;

function rankedBiggest(scope: Scope, found: readonly MemkeysRow[]): Biggest[] {
  return found.flatMap(({ type }) =>
    bigkeys({ ...scope, filters: { ...scope.filters, types: [type] } }, 1, "bytes"),
  );
}

/** In one scan: what stands beside max() is of the row that has it (SQLite's bare columns). */
function scannedBiggest(scope: Scope): Biggest[] {
  const sql = `SELECT type, key, max(bytes) AS bytes FROM ${keySource(scope)} GROUP BY type`;
  return scope.inventory.all<Biggest>(sql, scopeParams(scope));
}

/** The answer as a table. */
export function memkeysSections(scope: Scope): Section[] {
  return [
    {
      name: "memkeys",
      title: "Biggest keys and averages by type",
      columns: estimateColumns(scope, COLUMNS),
      rows: memkeys(scope),
      notes: notesOf(scope),
    },
  ];
}
