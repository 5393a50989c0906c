import { h, svg } from "./dom.ts";

/** An element that is drawn anew when its width changes, so that text in it stays as large as it is. */
export function responsive(draw: (width: number) => Element): HTMLElement {
  const holder = h("div", { class: "chart" });
  let drawn = 0;
  new ResizeObserver(([entry]) => {
    const width = Math.round(entry!.contentRect.width);
    if (width === 0 || Math.abs(width - drawn) < 2) return;
    drawn = width;
    holder.replaceChildren(draw(width));
  }).observe(holder);
  return holder;
}

/** A picture that says in a sentence what it shows. */
export function picture(
  width: number,
  height: number,
  label: string,
  ...children: readonly SVGElement[]
): SVGSVGElement {
  return svg(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": label },
    ...children,
  );
}

/** Something that says more when it is pointed at. */
export function told<E extends SVGElement>(element: E, text: string): E {
  element.append(svg("title", {}, text));
  return element;
}

interface Tick {
  readonly at: number;
  readonly label: string;
}

/** A scale below a chart. */
export function xAxis(ticks: readonly Tick[], y: number, title: string, width: number): SVGElement {
  return svg(
    "g",
    { class: "axis" },
    ...ticks.map(({ at, label }) => svg("text", { x: at, y: y + 16, "text-anchor": "middle" }, label)),
    svg("text", { x: width / 2, y: y + 34, "text-anchor": "middle", class: "title" }, title),
  );
}

/** A scale to the left of a chart, with lines through it. */
export function yAxis(ticks: readonly Tick[], left: number, right: number): SVGElement {
  return svg(
    "g",
    { class: "axis" },
    ...ticks.flatMap(({ at, label }) => [
      svg("line", { x1: left, x2: right, y1: at, y2: at }),
      svg("text", { x: left - 6, y: at + 4, "text-anchor": "end" }, label),
    ]),
  );
}
