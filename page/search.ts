import { freshId, h, named, refill } from "./dom.ts";
import { counted, humanBytes, shareText } from "./format.ts";
import type { Place } from "./tree.ts";

const MOST_SHOWN = 8;

/**
 * A box that finds parts of a tree by a piece of their names, and tells what they have in all. `found` is told what is looked
 * for, in small letters, and the part that somebody chose to open.
 */
export function searchBox(
  label: string,
  root: Place,
  found: (wanted: string, open?: Place) => void,
): HTMLElement {
  const id = freshId();
  const told = h("p", { class: "hint", role: "status" });
  const hits = h("ul", { class: "hits" });
  const input = h("input", { id, type: "search", autocomplete: "off", spellcheck: "false" });
  const search = () => {
    const wanted = input.value.trim().toLowerCase();
    const matches = wanted === "" ? [] : matching(root, wanted);
    refill(told, wanted === "" ? null : sentence(matches, root));
    const open = (place: Place) => found(wanted, place.children.length > 0 ? place : (place.parent ?? place));
    refill(hits, ...matches.slice(0, MOST_SHOWN).map((place) => hit(place, open)));
    found(wanted);
  };
  input.addEventListener("input", search);
  return h("div", { class: "search" }, h("label", { for: id }, label), input, told, hits);
}

function hit(place: Place, open: (place: Place) => void): HTMLElement {
  const where = place.parent?.parent === undefined ? "" : `, ${place.parent.title}`;
  return h(
    "li",
    {},
    h(
      "button",
      { type: "button", class: "quiet", click: () => open(place) },
      named(place.title),
      ` ${humanBytes(place.bytes)}${where}`,
    ),
  );
}

/** The uppermost parts whose names have it, so that no key counts twice. */
function matching(place: Place, wanted: string): Place[] {
  if (place.parent !== undefined && place.title.toLowerCase().includes(wanted)) return [place];
  return place.children.flatMap((one) => matching(one, wanted)).sort((a, b) => b.bytes - a.bytes);
}

function sentence(matches: readonly Place[], root: Place): string {
  if (matches.length === 0) return "Nothing has that in its name.";
  const keys = matches.reduce((sum, one) => sum + one.keys, 0);
  const bytes = matches.reduce((sum, one) => sum + one.bytes, 0);
  return `${counted(matches.length, "match").replace("matchs", "matches")}: ${counted(keys, "key")}, ${humanBytes(bytes)} (${shareText(bytes, root.bytes)} of all)`;
}
