import { type Child, h } from "./dom.ts";

/** A column of a table: what its cells show, and what they are sorted by where that is not the text. */
export interface Column<R> {
  readonly title: string;
  readonly cell: (row: R) => Child;
  /** Numbers stand to the right, and are sorted as such, the largest first. */
  readonly number?: (row: R) => number;
  readonly text?: (row: R) => string;
  /** Shown where there is room: on a panel that is half as wide as a page, or as wide. */
  readonly from?: "half" | "wide";
  /** The cell that names its row. */
  readonly isHead?: boolean;
  /** A column of bars takes what room there is, and has no title. */
  readonly isBar?: boolean;
}

export interface TableOptions {
  /** Column that rows are in the order of when the table is first shown. */
  readonly sorted?: number;
  readonly sortable?: boolean;
  /** Rows that are shown until somebody asks for more. */
  readonly first?: number;
}

/** A table that can be scrolled sideways, and sorted by each column that has an order. */
export function table<R>(
  caption: string,
  columns: readonly Column<R>[],
  rows: readonly R[],
  { sorted, sortable = false, first = Number.POSITIVE_INFINITY }: TableOptions = {},
): HTMLElement {
  const body = h("tbody");
  const more = h("div", { class: "more" });
  let shownRows = [...rows];
  let limit = first;
  const fill = () => {
    body.replaceChildren(...shownRows.slice(0, limit).map((row) => rowOf(columns, row)));
    const left = shownRows.length - limit;
    more.replaceChildren(...(left > 0 ? [moreButton(left, showAll)] : []));
  };
  const showAll = () => {
    limit = Number.POSITIVE_INFINITY;
    fill();
  };
  const heads = columns.map((column, at) =>
    headOf(
      column,
      sortable,
      at === sorted ? (column.number ? "descending" : "ascending") : "none",
      (head, descending) => {
        for (const other of heads)
          if (other.hasAttribute("aria-sort")) other.setAttribute("aria-sort", "none");
        head.setAttribute("aria-sort", descending ? "descending" : "ascending");
        shownRows = sortedBy(rows, column, descending);
        fill();
      },
    ),
  );
  fill();
  return h(
    "div",
    {},
    h(
      "div",
      { class: "scroll", tabindex: 0, role: "group", "aria-label": caption },
      h("table", {}, h("caption", {}, caption), h("thead", {}, h("tr", {}, ...heads)), body),
    ),
    more,
  );
}

function moreButton(left: number, showAll: () => void): HTMLElement {
  return h("button", { type: "button", class: "quiet", click: showAll }, `Show ${left} more`);
}

function classOf<R>({ number, from, isBar }: Column<R>): string | undefined {
  const names = [number !== undefined && "number", from && `from-${from}`, isBar && "bars"].filter(
    (one) => one,
  );
  return names.length === 0 ? undefined : names.join(" ");
}

function rowOf<R>(columns: readonly Column<R>[], row: R): HTMLElement {
  return h(
    "tr",
    {},
    ...columns.map((column) =>
      column.isHead
        ? h("th", { scope: "row", class: classOf(column) }, column.cell(row))
        : h("td", { class: classOf(column) }, column.cell(row)),
    ),
  );
}

function headOf<R>(
  column: Column<R>,
  sortable: boolean,
  order: "ascending" | "descending" | "none",
  sort: (head: HTMLElement, descending: boolean) => void,
): HTMLElement {
  const { title, number, text } = column;
  if (title === "") return h("td", { class: classOf(column) });
  if (!sortable || (number === undefined && text === undefined))
    return h("th", { scope: "col", class: classOf(column) }, title);
  const head: HTMLElement = h(
    "th",
    { scope: "col", class: classOf(column), "aria-sort": order },
    h(
      "button",
      {
        type: "button",
        click: () => {
          const now = head.getAttribute("aria-sort");
          sort(head, now === "none" ? number !== undefined : now === "ascending");
        },
      },
      title,
    ),
  );
  return head;
}

function sortedBy<R>(rows: readonly R[], { number, text }: Column<R>, descending: boolean): R[] {
  const sign = descending ? -1 : 1;
  if (number) return rows.toSorted((a, b) => sign * (number(a) - number(b)));
  return rows.toSorted((a, b) => sign * (text!(a) < text!(b) ? -1 : text!(a) > text!(b) ? 1 : 0));
}
