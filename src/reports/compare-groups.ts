import { type Column, column, type Row, type Section, type Value } from "../queries/answer.ts";

/** Keys of one type or pattern: a figure a server, in the servers' order. */
export interface Group {
  readonly keys: number;
  readonly bytes: readonly number[];
  readonly heap_bytes: readonly number[];
  readonly lower_bound_keys?: readonly number[];
}

/** What groups are called: their column, its heading, and each one's name. */
export interface Grouping {
  readonly label: "type" | "pattern";
  readonly title: string;
  readonly names: readonly string[];
  /** What all keys together take; only where the rows are all the groups there are. */
  readonly total?: Group | undefined;
}

type Named = Group & { readonly type?: string; readonly pattern?: string };

/**
 * Heap on each server and how much more that is than on the first, MEMORY USAGE beside it where there is room; where
 * there is too little for a column a server, a line a server.
 */
export function groupSection(rows: readonly Named[], { label, title, names, total }: Grouping): Section {
  const head = [
    label === "type" ? column(label, "Type", "text") : column(label, "Pattern", "key"),
    column("keys", "Keys", "count", { sum: total !== undefined }),
  ];
  const section = (columns: readonly Column[]): Section => ({
    name: label,
    title,
    columns: [...head, ...columns],
    rows: rows.map((row) => ({ [label]: row[label] ?? "", keys: row.keys, ...cells(row) })),
    ...(total && { total: { keys: total.keys, ...cells(total) } }),
  });
  const sum = total !== undefined;
  const heap = (name: string, i: number) => [
    column(`heap_${i}`, name, "bytes", { sum, atLeast: `floor_${i}` }),
    ...(i > 0 ? [column(`heap_more_${i}`, "% more", "share")] : []),
  ];
  const memory = (i: number) => [
    column(`bytes_${i}`, "Memory", "bytes", { sum, atLeast: `floor_${i}` }),
    ...(i > 0 ? [column(`bytes_more_${i}`, "% more", "share")] : []),
  ];
  const full = names.flatMap((name, i) => [...heap(name, i), ...memory(i)]);
  return {
    ...section(full),
    narrow: {
      ...section(names.flatMap(heap)),
      lacks: names.flatMap((_, i) => memory(i)).map(({ name }) => name),
      narrow: longSection(rows, { label, title, names, total }, head[0]!),
    },
  };
}

function cells(group: Group): Row {
  const found: Record<string, Value> = {};
  for (const [i, heap] of group.heap_bytes.entries()) {
    const bytes = group.bytes[i]!;
    found[`heap_${i}`] = heap;
    found[`bytes_${i}`] = bytes;
    found[`heap_more_${i}`] = moreShare(heap, group.heap_bytes[0]!);
    found[`bytes_more_${i}`] = moreShare(bytes, group.bytes[0]!);
    found[`floor_${i}`] = group.lower_bound_keys?.[i] ?? 0;
  }
  return found;
}

function moreShare(value: number, first: number): number | null {
  return first > 0 ? value / first - 1 : null;
}

const LONG: readonly Column[] = [
  column("keys", "Keys", "count"),
  column("server", "Server", "text"),
  column("heap", "Heap", "bytes", { atLeast: "floor" }),
  column("heap_more", "% more", "share"),
  column("bytes", "Memory", "bytes", { atLeast: "floor" }),
  column("bytes_more", "% more", "share"),
];

/** The same with a line a server: a group's name and keys stand in the first of its lines. */
function longSection(
  rows: readonly Named[],
  { label, title, names, total }: Grouping,
  head: Column,
): Section {
  const all = [...rows, ...(total === undefined ? [] : [{ ...total, [label]: "total" }])];
  // An empty text would be the empty name.
  const noName = head.kind === "key" ? null : "";
  const lines = all.flatMap((row) => {
    const figures = cells(row);
    return names.map(
      (server, i): Row => ({
        [label]: i === 0 ? (row[label] ?? "") : noName,
        keys: i === 0 ? row.keys : "",
        server,
        heap: figures[`heap_${i}`] ?? null,
        heap_more: i === 0 ? null : (figures[`heap_more_${i}`] ?? null),
        bytes: figures[`bytes_${i}`] ?? null,
        bytes_more: i === 0 ? null : (figures[`bytes_more_${i}`] ?? null),
        floor: figures[`floor_${i}`] ?? 0,
      }),
    );
  });
  return { name: label, title, columns: [head, ...LONG], rows: lines };
}
