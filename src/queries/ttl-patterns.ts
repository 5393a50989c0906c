import { type Column, column, type Row, type Section } from "./answer.ts";
import { grouped } from "./groups.ts";
import { EXPIRED_SPAN, NO_TTL_SPAN, SPANS } from "./spans.ts";
import type { SpanAmount } from "./ttl.ts";

/** A column of keys and one of bytes for each span, by the span's number. */
const FIGURES = [
  { span: EXPIRED_SPAN, name: "expired", title: "Expired" },
  ...SPANS.map(({ column: name, short }, span) => ({ span, name, title: short })),
  { span: NO_TTL_SPAN, name: "no_ttl", title: "No TTL" },
];

const COLUMNS: readonly Column[] = [
  column("pattern", "Pattern", "key"),
  column("keys", "Keys", "count", { sum: true, spare: true }),
  column("bytes", "Memory", "bytes", { sum: true, atLeast: "lower_bound_keys" }),
  ...FIGURES.map(({ name, title }) => column(name, title, "count", { sum: true })),
  ...FIGURES.map(({ name, title }) => column(`${name}_bytes`, title, "bytes", { machineOnly: true })),
  column("lower_bound_keys", "≥", "count", { sum: true, machineOnly: true }),
];

/** Keys of each pattern by the time they have left: the `largest` by memory, and a line about the others. */
export function ttlByPattern(amounts: readonly SpanAmount[], largest: number): Section {
  const rows = [...grouped(amounts, ({ pattern }) => pattern)].map(([pattern, spans]) =>
    rowOf(pattern, spans),
  );
  rows.sort((a, b) => b.bytes - a.bytes || (a.pattern < b.pattern ? -1 : 1));
  const others = rows.slice(largest);
  return {
    name: "ttl",
    title: "Keys of each pattern by time to live",
    columns: COLUMNS.map((one) => (isEmptySpan(one, rows) ? { ...one, spare: true } : one)),
    rows: rows.slice(0, largest),
    ...(others.length > 0 && { rest: restOf(others) }),
  };
}

/** Columns without a key are left out first where there is no room, then `keys`, to which the others add up. */
function isEmptySpan({ name, machineOnly }: Column, rows: readonly Row[]): boolean {
  return (
    machineOnly !== true && FIGURES.some((one) => one.name === name) && rows.every((row) => row[name] === 0)
  );
}

function rowOf(pattern: string, amounts: readonly SpanAmount[]) {
  const figures = FIGURES.flatMap(({ span, name }) => {
    const found = amounts.filter((amount) => amount.span === span);
    return [
      [name, total(found, "keys")],
      [`${name}_bytes`, total(found, "bytes")],
    ];
  });
  return {
    pattern,
    keys: total(amounts, "keys"),
    bytes: total(amounts, "bytes"),
    lower_bound_keys: total(amounts, "lower_bound_keys"),
    ...(Object.fromEntries(figures) as Record<string, number>),
  };
}

function restOf(others: readonly Record<string, string | number>[]): Row {
  const names = COLUMNS.slice(1).map(({ name }) => name);
  const sums = names.map((name) => [name, others.reduce((sum, row) => sum + Number(row[name]), 0)]);
  return { pattern: `(${others.length} more)`, ...Object.fromEntries(sums) };
}

function total(amounts: readonly SpanAmount[], of: "keys" | "bytes" | "lower_bound_keys"): number {
  return amounts.reduce((sum, amount) => sum + amount[of], 0);
}
