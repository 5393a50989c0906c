import { type Child, freshId, h } from "./dom.ts";

/** A section of the page: `id` is where the list of contents leads. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly element: HTMLElement;
}

/** Makes a section with its heading. */
export function section(id: string, title: string, ...children: readonly Child[]): Section {
  const heading = freshId();
  const element = h(
    "section",
    { id, "aria-labelledby": heading },
    h("h2", { id: heading }, title),
    ...children,
  );
  return { id, title, element };
}

/** What one chart is: its title, what it shows in a sentence, and the table behind it. */
export interface PanelParts {
  readonly title: string;
  readonly hint?: string | undefined;
  readonly chart?: Child;
  /** Shown at once; `behind` only where somebody asks for it. */
  readonly table?: Child;
  readonly behind?: Child;
  readonly wide?: boolean;
}

/** A chart on a panel, with its numbers as a table. */
export function panel({ title, hint, chart, table, behind, wide = false }: PanelParts): HTMLElement {
  return h(
    "figure",
    { class: wide ? "panel wide" : "panel" },
    h("figcaption", {}, h("h3", {}, title), hint !== undefined && h("p", { class: "hint" }, hint)),
    chart,
    table,
    behind !== undefined && h("details", { class: "behind" }, h("summary", {}, "Show as a table"), behind),
  );
}

/** A line that says there is nothing to see, and why. */
export function nothing(why: string): HTMLElement {
  return h("p", { class: "nothing" }, why);
}
