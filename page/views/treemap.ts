import type { SnapshotReport } from "../../src/report-data/types.ts";
import { areasOf } from "../areas.ts";
import { legend } from "../bars.ts";
import { responsive } from "../chart.ts";
import { h, named, refill } from "../dom.ts";
import { counted, humanBytes, shareText } from "../format.ts";
import { listKeys } from "../links.ts";
import { panel, type Section, section } from "../panel.ts";
import { searchBox } from "../search.ts";
import { table } from "../table.ts";
import { type Place, placesOf } from "../tree.ts";
import { typeClass } from "../types.ts";

/** Memory as areas, by database, pattern and type: each leads to what is in it. */
export function treemapView(report: SnapshotReport): Section {
  const root = placesOf(report.tree);
  const state = { focus: startOf(root), wanted: "" };
  const way = h("nav", { class: "way", "aria-label": "Where the map is" });
  const told = h("p", { class: "told", "aria-live": "polite" });
  const chart = responsive((width) => map(width));
  const list = h("div", { class: "list" });

  const withKeys = new Set(report.top_keys.map(({ pattern }) => pattern));
  const tell = (place: Place) => refill(told, ...sentence(place, root), keysButton(place, withKeys));
  const go = (place: Place, focusMap = true) => {
    state.focus = place;
    show();
    if (focusMap) chart.querySelector<HTMLElement>("button")?.focus();
  };
  const map = (width: number) => areasOf(state.focus, state.wanted, width, { go, tell });
  const show = () => {
    refill(way, ...wayTo(state.focus, go));
    tell(state.focus);
    refill(list, listOf(state.focus));
    if (chart.clientWidth > 0) chart.replaceChildren(map(chart.clientWidth));
  };
  const search = searchBox("Search patterns", root, (wanted, open) => {
    state.wanted = wanted;
    if (open === undefined) show();
    else go(open);
  });
  show();
  return section(
    "map",
    "Where the memory is",
    panel({
      title: "Memory by database, pattern and type",
      hint: "An area is as large as the memory of its keys. Choose one to see what is in it.",
      chart: h("div", {}, search, way, chart, told, legend(...legendOf(report))),
      behind: list,
      wide: true,
    }),
  );
}

/** The way to the biggest keys of a pattern, where some are listed. */
function keysButton({ pattern }: Place, withKeys: ReadonlySet<string>): HTMLElement | null {
  if (pattern === undefined || !withKeys.has(pattern)) return null;
  return h(
    "button",
    { type: "button", class: "quiet", click: () => listKeys(pattern) },
    "List its biggest keys",
  );
}

/** One database is no choice: its patterns are what one wants to see. */
function startOf(root: Place): Place {
  return root.children.length === 1 && root.children[0]!.children.length > 0 ? root.children[0]! : root;
}

function wayTo(focus: Place, go: (place: Place) => void): HTMLElement[] {
  const steps: Place[] = [];
  for (let at: Place | undefined = focus; at !== undefined; at = at.parent) steps.unshift(at);
  return steps.map((place) =>
    place === focus
      ? h("span", { "aria-current": "true" }, named(place.title))
      : h("button", { type: "button", class: "quiet", click: () => go(place) }, named(place.title)),
  );
}

function sentence(place: Place, root: Place) {
  const share = shareText(place.bytes, root.bytes);
  return [
    named(place.title),
    `: ${humanBytes(place.bytes)} (${share} of all), ${counted(place.keys, "key")}, ${humanBytes(place.bytes / Math.max(1, place.keys))} a key`,
  ];
}

function listOf(focus: Place): HTMLElement {
  const rows = focus.children.length > 0 ? focus.children : [focus];
  return table(
    `What is in ${focus.title}`,
    [
      { title: focus.parts, cell: ({ title }) => named(title), text: ({ title }) => title, isHead: true },
      { title: "Memory", cell: ({ bytes }) => humanBytes(bytes), number: ({ bytes }) => bytes },
      { title: "Share", cell: ({ bytes }) => shareText(bytes, focus.bytes), number: ({ bytes }) => bytes },
      { title: "Keys", cell: ({ keys }) => keys.toLocaleString("en-US"), number: ({ keys }) => keys },
    ],
    rows,
    { sortable: true, sorted: 1, first: 20 },
  );
}

function legendOf({ types }: SnapshotReport) {
  const named = types.rows.slice(0, 8).map(({ name }) => ({ label: name, paint: typeClass(name) }));
  const paints = new Set<string>();
  return named.filter(({ paint }) => !paints.has(paint) && paints.add(paint));
}
