import { column, type Section } from "../queries/answer.ts";
import type { Layout } from "./index.ts";
import { displayWidth, pad, wrapped } from "./text.ts";

/** A table or view, as the inventory documents it. */
interface Relation {
  readonly name: string;
  readonly kind: string;
  readonly meaning: string;
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    readonly unit: string;
    readonly meaning: string;
  }[];
}

const INDENT = "  ";
/** Cells of a meaning at least, before it gets lines of its own. */
const READABLE_WIDTH = 40;
/** Lines of sentences are no longer, wherever they go. */
const LONGEST_LINE = 120;

/** Tables and views with their columns, as lines that keep sentences whole. */
export function* renderSchema(relations: readonly Relation[], { style, width }: Layout): Iterable<string> {
  const room = Math.min(width, LONGEST_LINE);
  for (const [i, relation] of relations.entries()) {
    if (i > 0) yield "";
    yield* wrapped(`${relation.name} (${relation.kind}): ${relation.meaning}`, room).map(style.heading);
    yield* columnLines(relation, room);
  }
}

function* columnLines({ columns }: Relation, room: number): Iterable<string> {
  const heads = aligned(columns.map(({ name, type, unit }) => [name, type, unit]));
  const start = displayWidth(heads[0] ?? "") + 2 * INDENT.length;
  for (const [i, { meaning }] of columns.entries()) {
    const head = INDENT + heads[i];
    if (room - start < READABLE_WIDTH) {
      yield head.trimEnd();
      yield* wrapped(INDENT.repeat(2) + meaning, room);
      continue;
    }
    const [first, ...others] = wrapped(meaning, room - start);
    yield `${head}${INDENT}${first}`;
    yield* others.map((line) => " ".repeat(start) + line.trimStart());
  }
}

/** Rows of cells as lines, each column as wide as its widest cell. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => displayWidth(row[i]!))));
  return rows.map((row) => row.map((cell, i) => pad(cell, widths[i]!, false)).join(INDENT));
}

/** The same for other formats: a section a table or view, whose name machine formats get with each row. */
export function schemaParts(relations: readonly Relation[]) {
  return relations.map(({ name, kind, meaning, columns }) => ({
    section: {
      name: "schema",
      title: `${name} (${kind}): ${meaning}`,
      columns: [
        column("column", "Column", "text"),
        column("type", "Type", "text"),
        column("unit", "Unit", "text"),
        column("meaning", "Meaning", "text"),
      ],
      rows: columns.map((one) => ({
        column: one.name,
        type: one.type,
        unit: one.unit,
        meaning: one.meaning,
      })),
    } satisfies Section,
    extra: { table: name, kind },
  }));
}
