import type { Cell, ResultPart } from "../../src/cli/serve/shapes.ts";
import { bar } from "../bars.ts";
import { freshId, h, refill } from "../dom.ts";
import { nothing } from "../panel.ts";
import { type Column, table } from "../table.ts";
import { cellText } from "./result.ts";

/** Bars of a chart: the rows are in the order of the statement. */
const MOST_BARS = 50;

/** A bar a row: how long, one column says, and what it is of, another. */
export function resultChart({ columns, rows }: ResultPart): HTMLElement {
  const numbers = columns.map((_, at) => at).filter((at) => rows.some((row) => typeof row[at] === "number"));
  if (rows.length === 0 || numbers.length === 0) return nothing("There is no column of numbers to draw.");
  const names = columns.map(({ name }) => name);
  const texts = columns.map((_, at) => at).filter((at) => rows.some((row) => typeof row[at] === "string"));
  const label = chooser(
    "Label",
    names,
    columns.map((_, at) => at),
    texts[0] ?? 0,
  );
  const value = chooser("Length", names, numbers, numbers.findLast((at) => at !== texts[0]) ?? numbers[0]!);
  const drawn = h("div");
  const draw = () => refill(drawn, bars(columns, rows.slice(0, MOST_BARS), label.at(), value.at()));
  for (const { select } of [label, value]) select.addEventListener("input", draw);
  draw();
  const hint = rows.length > MOST_BARS ? `The first ${MOST_BARS} rows.` : "";
  return h(
    "div",
    {},
    h("div", { class: "filters" }, label.element, value.element),
    h("p", { class: "hint" }, hint),
    drawn,
  );
}

function bars(
  columns: ResultPart["columns"],
  rows: readonly (readonly Cell[])[],
  label: number,
  value: number,
): HTMLElement {
  const lengths = rows.map((row) => (typeof row[value] === "number" ? row[value] : 0));
  const most = Math.max(Number.MIN_VALUE, ...lengths.map(Math.abs));
  const shown: Column<readonly Cell[]>[] = [
    {
      title: columns[label]!.name,
      cell: (row) => cellText(row[label] ?? null, columns[label]!.kind),
      isHead: true,
    },
    {
      title: "",
      isBar: true,
      cell: (row) => {
        const length = typeof row[value] === "number" ? row[value] : 0;
        return bar({ share: Math.abs(length) / most, paint: length < 0 ? "less" : "data" });
      },
    },
    {
      title: columns[value]!.name,
      cell: (row) => cellText(row[value] ?? null, columns[value]!.kind),
      number: (row) => Number(row[value]),
    },
  ];
  return table(`${columns[value]!.name} by ${columns[label]!.name}`, shown, rows);
}

function chooser(title: string, names: readonly string[], among: readonly number[], first: number) {
  const id = freshId();
  const select = h(
    "select",
    { id },
    ...among.map((at) => h("option", { value: at, selected: at === first }, names[at]!)),
  );
  const element = h("div", {}, h("label", { for: id }, title), select);
  return { element, select, at: () => Number(select.value) };
}
