import { type Column, column, type Row, type Section } from "./answer.ts";
import { notesOf } from "./notes.ts";
import { addedSums, drawnSums, estimateColumns, estimated } from "./sampling.ts";
import { type Scope, scopeParams, tallySource } from "./scope.ts";

/** How much of what a group of keys takes is the data itself. */
export type EfficiencyRow = {
  /** Type or pattern. */
  readonly name: string;
  readonly keys: number;
  readonly bytes: number;
  readonly payload_bytes: number;
  /** What is not payload: objects, entries, headers, slack; below 0 where encodings are smaller than the data. */
  readonly overhead_bytes: number;
  /** Share of the overhead of all groups. */
  readonly overhead_share: number;
  /** Payload over `bytes`. */
  readonly efficiency: number;
  /** Key names, a part of the payload. */
  readonly name_bytes: number;
  readonly serialized_bytes: number;
  readonly avg_overhead_bytes: number;
};

const GROUPS = ["type", "pattern"] as const;

const columnsOf = (group: (typeof GROUPS)[number]): readonly Column[] => [
  column("by", "By", "text", { machineOnly: true }),
  column("name", group === "type" ? "Type" : "Pattern", group === "type" ? "text" : "key"),
  column("keys", "Keys", "count", { sum: true }),
  column("bytes", "Memory", "bytes", { sum: true, atLeast: "lower_bound_keys" }),
  column("payload_bytes", "Payload", "bytes", { sum: true }),
  column("name_bytes", "Names", "bytes", { sum: true, spare: true }),
  column("overhead_bytes", "Overhead", "bytes", { sum: true }),
  column("overhead_share", "% of it", "share", { spare: true }),
  column("avg_overhead_bytes", "A key", "bytes"),
  column("efficiency", "Efficiency", "share"),
  column("serialized_bytes", "In file", "bytes", { sum: true, spare: true }),
  column("lower_bound_keys", "≥", "count", { sum: true, machineOnly: true }),
];

const sql = (group: string, source: string, drawn: string) => `
  SELECT '${group}' AS by, ${group} AS name, sum(keys) AS keys, sum(bytes) AS bytes, sum(payload_bytes) AS payload_bytes,
    sum(bytes) - sum(payload_bytes) AS overhead_bytes,
    (sum(bytes) - sum(payload_bytes)) * 1.0 / nullif(sum(sum(bytes) - sum(payload_bytes)) OVER (), 0) AS overhead_share,
    sum(payload_bytes) * 1.0 / nullif(sum(bytes), 0) AS efficiency, sum(name_bytes) AS name_bytes,
    sum(serialized_bytes) AS serialized_bytes, sum(lower_bound_keys) AS lower_bound_keys,
    round((sum(bytes) - sum(payload_bytes)) * 1.0 / sum(keys), 1) AS avg_overhead_bytes${drawn}
  FROM ${source} GROUP BY 2 ORDER BY overhead_bytes DESC, name`;

/** Payload over memory, by type, then of the `largest` patterns by overhead. */
export function efficiencySections(scope: Scope, { largest }: { readonly largest: number }): Section[] {
  return GROUPS.map((group) => {
    const all = efficiency(scope, group);
    const shown = group === "type" ? all.length : largest;
    const others = all.slice(shown);
    return {
      name: "efficiency",
      title: group === "type" ? "Efficiency by type" : "Efficiency by pattern, most overhead first",
      columns: estimateColumns(scope, columnsOf(group)),
      rows: estimated(scope, all.slice(0, shown)),
      total: { efficiency: efficiencyOf(all), avg_overhead_bytes: averageOf(all) },
      ...(others.length > 0 && { rest: estimated(scope, [restOf(others)])[0]! }),
      ...(group === "pattern" && { notes: [...notesOf(scope), ...smallerNotes(all)] }),
    };
  });
}

/** What groups of keys take and what of it is data, the most overhead first; of a sample with what was drawn. */
export function efficiency(scope: Scope, group: (typeof GROUPS)[number]): EfficiencyRow[] {
  return scope.inventory.all<EfficiencyRow>(
    sql(group, tallySource(scope), drawnSums(scope)),
    scopeParams(scope),
  );
}

/** Why there may be more data than memory. */
function smallerNotes(rows: readonly EfficiencyRow[]): string[] {
  if (rows.every((row) => row.payload_bytes <= row.bytes)) return [];
  return [
    "above 100%: packed integers take less than their digits, compressed list nodes less than what is in them",
  ];
}

function efficiencyOf(rows: readonly EfficiencyRow[]): number | null {
  const bytes = sumOf(rows, "bytes");
  return bytes > 0 ? sumOf(rows, "payload_bytes") / bytes : null;
}

function averageOf(rows: readonly EfficiencyRow[]): number | null {
  const keys = sumOf(rows, "keys");
  return keys > 0 ? sumOf(rows, "overhead_bytes") / keys : null;
}

function restOf(others: readonly EfficiencyRow[]): Row {
  const names = ["keys", "bytes", "payload_bytes", "name_bytes", "overhead_bytes", "overhead_share"] as const;
  return {
    name: `(${others.length} more)`,
    ...Object.fromEntries(names.map((name) => [name, sumOf(others, name)])),
    serialized_bytes: sumOf(others, "serialized_bytes"),
    efficiency: efficiencyOf(others),
    avg_overhead_bytes: averageOf(others),
    ...addedSums(others),
  };
}

type Summed = Exclude<keyof EfficiencyRow, "name">;

function sumOf(rows: readonly EfficiencyRow[], name: Summed): number {
  return rows.reduce((sum, row) => sum + row[name], 0);
}
