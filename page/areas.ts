import { type HierarchyRectangularNode, hierarchy, treemap } from "d3-hierarchy";
import { h, heard, named, styled } from "./dom.ts";
import { counted, humanBytes } from "./format.ts";
import { gathered, type Place } from "./tree.ts";
import { typeClass } from "./types.ts";

/** Places that are drawn at once in one other: smaller ones could not be seen. */
const MOST_DRAWN = 150;
/** Pixels below which a place has no text to be seen. */
const TEXT = { width: 58, height: 20 };
/** Pixels from which on a place shows what is in it, below a head of its own. */
const GROUP = { width: 90, height: 70 };
const HEAD = 24;

/** What a map does when somebody chooses or points at a place. */
export interface MapActions {
  readonly go: (place: Place) => void;
  readonly tell: (place: Place) => void;
}

/** What is laid out: a place, or the frame around those that are shown. */
interface Framed {
  readonly place: Place | undefined;
  readonly parts: readonly Framed[];
}

type Box = HierarchyRectangularNode<Framed>;

/** The parts of a place as areas, and the parts of these in them where they are large enough. `wanted`: others are dim. */
export function areasOf(focus: Place, wanted: string, width: number, actions: MapActions): HTMLElement {
  const height = Math.max(300, Math.min(520, Math.round(width * 0.46)));
  const map = styled(
    h("div", { class: "treemap", role: "group", "aria-label": `Memory in ${focus.title}` }),
    { height: `${height}px` },
  );
  const size = { width, height };
  for (const box of boxesOf(focus, size)) {
    const place = box.data.place!;
    const dim = wanted !== "" && !place.has(wanted) ? " dim" : "";
    if (!isGroup(box)) map.append(area(box, dim, size, actions));
    else {
      map.append(placed(h("div", { class: `group ${typeClass(undefined)}${dim}` }), box, size));
      map.append(head(box, size, actions));
      for (const inner of box.children ?? []) {
        const isDim = wanted !== "" && !inner.data.place!.has(wanted);
        map.append(area(inner, isDim ? " dim" : "", size, actions));
      }
    }
  }
  return map;
}

function boxesOf(focus: Place, { width, height }: Size): Box[] {
  const framed = (place: Place, depth: number): Framed => ({
    place,
    parts: depth === 0 ? [] : gathered(place.children, MOST_DRAWN).map((one) => framed(one, depth - 1)),
  });
  const shown = focus.children.length > 0 ? gathered(focus.children, MOST_DRAWN) : [focus];
  const root: Framed = { place: undefined, parts: shown.map((one) => framed(one, 1)) };
  const sums = hierarchy(root, ({ parts }) => parts as Framed[]).sum(({ place, parts }) =>
    parts.length === 0 ? (place?.bytes ?? 0) : 0,
  );
  const layout = treemap<Framed>()
    .size([width, height])
    .paddingInner(2)
    .paddingTop((node) => (isGroup(node) ? HEAD : 0))
    .paddingRight((node) => (isGroup(node) ? 3 : 0))
    .paddingBottom((node) => (isGroup(node) ? 3 : 0))
    .paddingLeft((node) => (isGroup(node) ? 3 : 0))
    .round(true);
  return layout(sums).children ?? [];
}

function isGroup({ depth, children, x0, x1, y0, y1 }: Box): boolean {
  return depth === 1 && children !== undefined && x1 - x0 >= GROUP.width && y1 - y0 >= GROUP.height;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function area(box: Box, dim: string, size: Size, { go, tell }: MapActions): HTMLElement {
  const place = box.data.place!;
  const fits = box.x1 - box.x0 >= TEXT.width && box.y1 - box.y0 >= TEXT.height;
  const isTall = box.y1 - box.y0 >= 2 * TEXT.height;
  const button = h(
    "button",
    {
      type: "button",
      class: `area ${typeClass(place.type)}${dim}`,
      title: `${place.title}: ${humanBytes(place.bytes)}, ${counted(place.keys, "key")}`,
      click: () => (place.children.length > 0 ? go(place) : tell(place)),
      focus: () => tell(place),
      pointerenter: () => tell(place),
    },
    h("span", { class: fits ? "title" : "heard" }, named(place.title)),
    h("span", { class: fits && isTall ? "size" : "heard" }, ` ${humanBytes(place.bytes)}`),
    heard(`, ${counted(place.keys, "key")}`),
  );
  return placed(button, box, size);
}

function head(box: Box, size: Size, { go, tell }: MapActions): HTMLElement {
  const place = box.data.place!;
  const button = h(
    "button",
    {
      type: "button",
      class: "area head",
      click: () => go(place),
      focus: () => tell(place),
      pointerenter: () => tell(place),
    },
    h("span", { class: "title" }, named(place.title), ` ${humanBytes(place.bytes)}`),
  );
  return placed(button, { ...box, y1: box.y0 + HEAD } as Box, size);
}

/** Places are shares of the map, so that it may be printed in another width. */
function placed<E extends HTMLElement>(element: E, { x0, x1, y0, y1 }: Box, { width, height }: Size): E {
  return styled(element, {
    left: `${(100 * x0) / width}%`,
    top: `${(100 * y0) / height}%`,
    width: `${(100 * (x1 - x0)) / width}%`,
    height: `${(100 * (y1 - y0)) / height}%`,
  });
}
