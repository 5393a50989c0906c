import { h, styled } from "./dom.ts";

/** A part of a bar, as a share of the longest one. */
export interface BarPart {
  readonly share: number;
  /** Class that colours it. */
  readonly paint: string;
}

/** A bar that lies in a table's cell: its numbers stand beside it, so nobody has to hear of it. */
export function bar(...parts: readonly BarPart[]): HTMLElement {
  const widths = parts.map(({ share }) => Math.max(0, Math.min(1, share)));
  return h(
    "div",
    { class: "bar", "aria-hidden": "true" },
    ...parts.map(
      ({ paint }, i) =>
        widths[i]! > 0 &&
        styled(h("span", { class: `fill ${paint}` }), { width: `${(widths[i]! * 100).toFixed(2)}%` }),
    ),
  );
}

/** A bar to the right of the middle for more, to the left for less; `share` is from -1 to 1. */
export function divergingBar(share: number): HTMLElement {
  const length = Math.min(1, Math.abs(share)) * 50;
  const from = share < 0 ? 50 - length : 50;
  return h(
    "div",
    { class: "bar diverging", "aria-hidden": "true" },
    styled(h("span", { class: share < 0 ? "fill less" : "fill grown" }), {
      left: `${from.toFixed(2)}%`,
      width: `${length.toFixed(2)}%`,
    }),
  );
}

/** What colours mean. */
export function legend(
  ...entries: readonly { readonly label: string; readonly paint: string }[]
): HTMLElement {
  return h(
    "ul",
    { class: "legend" },
    ...entries.map(({ label, paint }) => h("li", {}, h("span", { class: `swatch ${paint}` }), label)),
  );
}
