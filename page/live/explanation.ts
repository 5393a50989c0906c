import type { ExplainedKey } from "../../src/cli/serve/shapes.ts";
import { bar } from "../bars.ts";
import { h, named } from "../dom.ts";
import { counted, humanBytes, shareText, thousands, timeText } from "../format.ts";
import { table } from "../table.ts";

type Part = ExplainedKey["parts"][number];

/** Where every byte of a key goes. */
export function explanationView(one: ExplainedKey): HTMLElement {
  return h("article", {}, h("h4", {}, named(one.key)), factsOf(one), partsOf(one));
}

function factsOf(one: ExplainedKey): HTMLElement {
  const { bytes, min_bytes: min, max_bytes: max, accuracy, expires_at: at } = one;
  const bound = accuracy === "damaged" || accuracy === "lower bound" ? "≥" : "";
  const sure =
    min === max ? accuracy : `${accuracy}: ${thousands(min)} to ${thousands(max)} in 98 of 100 loads`;
  const expires =
    at === null ? "never" : `${timeText(at)}${one.expired ? ": before the snapshot was made" : ""}`;
  const facts: [string, string | null][] = [
    ["MEMORY USAGE", `${bound}${thousands(bytes)} bytes, ${sure}`],
    ["Heap", `${bound}${thousands(one.heap_bytes)} bytes, what the allocator holds`],
    ["Data itself", `${thousands(one.payload_bytes)} bytes, ${shareText(one.payload_bytes, bytes)} of it`],
    ["Type", one.type === one.encoding ? one.type : `${one.type}, ${one.encoding}`],
    ["Elements", one.elements === null ? null : thousands(one.elements)],
    ["Expires", expires],
    ["Database", String(one.db)],
    [
      "Sized as",
      `${one.profile} with ${one.allocator}${one.profile_measured === 1 ? "" : ": derived, not measured"}`,
    ],
    [
      "In the snapshot",
      `${counted(one.serialized_bytes, "byte")} at byte ${thousands(one.record_offset)} of ${one.path}`,
    ],
  ];
  const shown = facts.filter(([, value]) => value !== null);
  return h(
    "dl",
    { class: "facts" },
    ...shown.flatMap(([term, value]) => [h("dt", {}, term), h("dd", {}, value)]),
  );
}

function partsOf({ parts, bytes }: ExplainedKey): HTMLElement {
  const most = Math.max(1, ...parts.map((part) => part.bytes));
  return table<Part>(
    "Where its bytes go",
    [
      { title: "Part", cell: ({ part }) => part, text: ({ part }) => part, isHead: true },
      { title: "", isBar: true, cell: (part) => bar({ share: part.bytes / most, paint: "data" }) },
      { title: "Count", cell: ({ count }) => thousands(count), number: ({ count }) => count, from: "half" },
      { title: "Bytes", cell: (part) => thousands(part.bytes), number: (part) => part.bytes },
      { title: "Share", cell: (part) => shareText(part.bytes, bytes), number: (part) => part.bytes },
      {
        title: "Heap",
        cell: (part) => humanBytes(part.heap_bytes),
        number: (part) => part.heap_bytes,
        from: "half",
      },
      { title: "Taken by", cell: ({ source }) => source, text: ({ source }) => source, from: "wide" },
    ],
    parts,
    { sortable: true },
  );
}
