import type { Cell, Result, ResultPart } from "../../src/cli/serve/shapes.ts";
import { type Child, h, refill } from "../dom.ts";
import { humanBytes, humanShare, thousands, timeText } from "../format.ts";
import { nothing } from "../panel.ts";
import { type Column, table } from "../table.ts";
import { resultChart } from "./result-chart.ts";

/** Rows that are shown until somebody asks for more. */
const FIRST = 100;

/** What a statement answered: as tables, or as charts where there are numbers. */
export function resultView({ parts, notes, cut }: Result): HTMLElement {
  const shown = h("div");
  const views: [string, () => HTMLElement[]][] = [
    ["Table", () => parts.map((part) => titled(part, resultTable(part)))],
    ["Chart", () => parts.map((part) => titled(part, resultChart(part)))],
  ];
  const buttons = views.map(([name, draw]) =>
    h(
      "button",
      {
        type: "button",
        class: "quiet",
        "aria-pressed": "false",
        click: (event) => {
          for (const other of buttons)
            other.setAttribute("aria-pressed", String(other === event.currentTarget));
          refill(shown, ...draw());
        },
      },
      name,
    ),
  );
  buttons[0]!.click();
  const told = [...(cut === null ? [] : [cut]), ...notes];
  return h(
    "div",
    {},
    told.length > 0 && h("ul", { class: "notes" }, ...told.map((note) => h("li", {}, note))),
    h("div", { class: "actions", role: "group", "aria-label": "Show the result as" }, ...buttons),
    shown,
  );
}

function titled({ title }: ResultPart, content: HTMLElement): HTMLElement {
  return h("div", { class: "part" }, title !== "" && h("h4", {}, title), content);
}

function resultTable({ title, columns, rows }: ResultPart): HTMLElement {
  if (rows.length === 0) return nothing("No rows.");
  const shown = columns.map(({ name, kind }, at): Column<readonly Cell[]> => {
    const isNumber = rows.every((row) => typeof row[at] !== "string") && rows.some((row) => row[at] !== null);
    const order = isNumber
      ? { number: (row: readonly Cell[]) => Number(row[at] ?? Number.NEGATIVE_INFINITY) }
      : { text: (row: readonly Cell[]) => String(row[at] ?? "") };
    const isHead = at === 0 && !isNumber;
    return { title: name, cell: (row) => cellText(row[at] ?? null, kind), isHead, ...order };
  });
  return table(title || "Result", shown, rows, { sortable: true, first: FIRST });
}

type Kind = ResultPart["columns"][number]["kind"];
const SHOWN: Readonly<Partial<Record<Kind, (value: number) => string>>> = {
  bytes: humanBytes,
  count: thousands,
  share: humanShare,
  time: timeText,
  ratio: (value) => value.toFixed(2),
};

/** A value as people read it: in human units where a question says them, exactly in other SQL. */
export function cellText(value: Cell, kind: Kind): Child {
  if (value === null) return h("span", { class: "null" }, "NULL");
  if (typeof value === "number") return (SHOWN[kind] ?? String)(value);
  return h("bdi", { class: "name" }, value);
}
