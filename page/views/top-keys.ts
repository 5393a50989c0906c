import type { SnapshotReport, TopKey } from "../../src/report-data/types.ts";
import { type Child, freshId, h, named, refill } from "../dom.ts";
import { bytesText, counted, humanBytes, thousands, timeText } from "../format.ts";
import { listsKeys } from "../links.ts";
import { panel, type Section, section } from "../panel.ts";
import { type Column, table } from "../table.ts";
import { typeClass } from "../types.ts";

const FIRST = 25;
const SIZES: readonly [string, number][] = [
  ["any size", 0],
  ["1K and more", 1024],
  ["10K and more", 10 * 1024],
  ["100K and more", 100 * 1024],
  ["1M and more", 1024 ** 2],
];
const ELEMENTS: readonly [string, number][] = [
  ["any number", -1],
  ["100 and more", 100],
  ["1,000 and more", 1_000],
  ["10,000 and more", 10_000],
  ["100,000 and more", 100_000],
];

const COLUMNS: readonly Column<TopKey>[] = [
  { title: "Key", cell: ({ key }) => named(key), text: ({ key }) => key, isHead: true },
  {
    title: "Type",
    cell: ({ type }) => h("span", { class: `chip ${typeClass(type)}` }, type),
    text: ({ type }) => type,
  },
  {
    title: "Memory",
    cell: ({ bytes, lower_bound: atLeast }) =>
      bytesText({ keys: 1, bytes, lower_bound_keys: Number(atLeast) }),
    number: ({ bytes }) => bytes,
  },
  {
    title: "Elements",
    cell: ({ elements }) => (elements === null ? "-" : thousands(elements)),
    number: ({ elements }) => elements ?? -1,
    from: "half",
  },
  { title: "Class", cell: (row) => row.class, text: (row) => row.class, from: "wide" },
  {
    title: "Longest element",
    cell: (row) => humanBytes(row.largest_element_bytes),
    number: (row) => row.largest_element_bytes,
    from: "wide",
  },
  { title: "Encoding", cell: ({ encoding }) => encoding, text: ({ encoding }) => encoding, from: "wide" },
  {
    title: "Expires",
    cell: ({ expires_at: at }) => (at === null ? "never" : timeText(at)),
    number: ({ expires_at: at }) => at ?? Number.MAX_SAFE_INTEGER,
    from: "wide",
  },
  { title: "DB", cell: ({ db }) => String(db), number: ({ db }) => db, from: "wide" },
];

/** The biggest keys, to be sorted and sifted. */
export function topKeysView(report: SnapshotReport): Section {
  const { top_keys: keys } = report;
  const types = [...new Set(keys.map(({ type }) => type))].sort();
  const patterns = [...new Set(keys.map(({ pattern }) => pattern))].sort();
  const name = input("search");
  const type = choice([["all types", ""], ...types.map((one) => [one, one] as const)]);
  const pattern = choice([["all patterns", ""], ...patterns.map((one) => [one, one] as const)]);
  const size = choice(SIZES);
  const elements = choice(ELEMENTS);
  const status = h("p", { class: "hint", role: "status" });
  const list = h("div", { class: "list" });
  const show = () => {
    const wanted = name.value.trim().toLowerCase();
    const rows = keys.filter(
      (row) =>
        row.key.toLowerCase().includes(wanted) &&
        (type.value === "" || row.type === type.value) &&
        (pattern.value === "" || row.pattern === pattern.value) &&
        row.bytes >= Number(size.value) &&
        (row.elements ?? -1) >= Number(elements.value),
    );
    refill(status, `${counted(rows.length, "key")} of the ${thousands(keys.length)} that the report lists`);
    refill(list, table("Biggest keys", COLUMNS, rows, { sortable: true, sorted: 2, first: FIRST }));
  };
  const controls: [string, HTMLInputElement | HTMLSelectElement][] = [
    ["Name has", name],
    ["Type", type],
    ["Pattern", pattern],
    ["Memory", size],
    ["Elements", elements],
  ];
  for (const [, control] of controls) control.addEventListener("input", show);
  show();
  listsKeys((wanted) => {
    pattern.value = wanted;
    show();
    pattern.scrollIntoView({ block: "center" });
    pattern.focus();
  });
  return section(
    "keys",
    "Biggest keys",
    panel({
      title: "The biggest keys, by memory and by elements",
      hint:
        report.sample === null
          ? undefined
          : "Smaller keys that were not drawn for the sample are not among them.",
      chart: h("div", { class: "filters" }, ...controls.map(([label, control]) => labelled(label, control))),
      table: h("div", {}, status, list),
      wide: true,
    }),
  );
}

function labelled(label: string, control: HTMLElement): HTMLElement {
  const id = freshId();
  control.id = id;
  return h("div", {}, h("label", { for: id }, label), control);
}

function input(type: string): HTMLInputElement {
  return h("input", { type, autocomplete: "off", spellcheck: "false" });
}

function choice(options: readonly (readonly [string, string | number])[]): HTMLSelectElement {
  const items: Child[] = options.map(([label, value]) => h("option", { value }, label));
  return h("select", {}, ...items);
}
