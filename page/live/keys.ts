import type { FoundKey, Start } from "../../src/cli/serve/shapes.ts";
import { freshId, h, named, refill } from "../dom.ts";
import { bytesText, counted, thousands, timeText } from "../format.ts";
import { explainsKeys } from "../links.ts";
import { nothing, panel, type Section, section } from "../panel.ts";
import { type Column, table } from "../table.ts";
import { typeClass } from "../types.ts";
import { api } from "./api.ts";
import { asking } from "./asking.ts";
import { explanationView } from "./explanation.ts";

/** Keys that are shown until somebody asks for more, so that an explanation is not far below. */
const FIRST = 12;

/** Where keys are searched for and explained. */
export function keysSection({ report }: Start): Section {
  const [nameId, typeId] = [freshId(), freshId()];
  const types = [...new Set(report.reports.flatMap((one) => one.types.rows.map(({ name }) => name)))].sort();
  const name = h("input", {
    id: nameId,
    type: "search",
    autocomplete: "off",
    spellcheck: "false",
    autocapitalize: "off",
  });
  const type = h(
    "select",
    { id: typeId },
    h("option", { value: "" }, "all types"),
    ...types.map((one) => h("option", { value: one }, one)),
  );
  const told = asking();
  const list = h("div");
  const explained = h("div", { class: "explained", tabindex: -1 });
  const explanation = asking();
  const explain = (ask: (signal: AbortSignal) => ReturnType<typeof api.explainNamed>) =>
    explanation.run("Reading the key in the snapshot…", async (signal) => {
      refill(explained);
      const { found, notes } = await ask(signal);
      refill(explained, ...found.map(explanationView));
      explained.scrollIntoView({ block: "nearest" });
      explained.focus({ preventScroll: true });
      return notes.join("; ");
    });
  const explainAt = (snapshot: number, offset: number) =>
    explain((signal) => api.explainAt(snapshot, offset, signal));
  explainsKeys((snapshot, offset) => {
    explanation.element.scrollIntoView({ block: "center" });
    void explainAt(snapshot, offset);
  });
  const search = () =>
    told.run("Searching…", async (signal) => {
      const { keys, more, notes } = await api.keys(name.value, type.value, signal);
      const several = report.snapshots.length > 1;
      refill(
        list,
        keys.length === 0
          ? nothing("No key has that in its name.")
          : table("Keys found", columnsOf(several, explainAt), keys, {
              sortable: true,
              sorted: 3,
              first: FIRST,
            }),
      );
      const count = more ? `the ${keys.length} biggest of more` : counted(keys.length, "key");
      return [count, ...notes].join("; ");
    });
  const form = h(
    "form",
    { class: "search-keys" },
    h("div", {}, h("label", { for: nameId }, "Part of a name, a glob such as user:*, or a whole name"), name),
    h("div", {}, h("label", { for: typeId }, "Type of key"), type),
    h("button", { type: "submit", class: "strong" }, "Search"),
    h(
      "button",
      {
        type: "button",
        class: "quiet",
        click: () => explain((signal) => api.explainNamed(name.value, signal)),
      },
      "Explain this name",
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void search();
  });
  return section(
    "find",
    "Find and explain a key",
    panel({
      title: "Keys by name",
      hint: "The biggest are listed first. To explain a key its record is read in the snapshot, which has to be where it was.",
      chart: form,
      table: h("div", {}, told.element, list, explanation.element, explained),
      wide: true,
    }),
  );
}

function columnsOf(
  several: boolean,
  explain: (snapshot: number, offset: number) => void,
): Column<FoundKey>[] {
  return [
    { title: "Key", cell: ({ key }) => named(key), text: ({ key }) => key, isHead: true },
    {
      title: "",
      cell: ({ snapshot, offset, key }) =>
        h(
          "button",
          {
            type: "button",
            class: "quiet small",
            "aria-label": `Explain ${key}`,
            click: () => explain(snapshot, offset),
          },
          "Explain",
        ),
    },
    {
      title: "Type",
      cell: ({ type }) => h("span", { class: `chip ${typeClass(type)}` }, type),
      text: ({ type }) => type,
      from: "half",
    },
    {
      title: "Memory",
      cell: ({ bytes, lower_bound: bound }) => bytesText({ keys: 1, bytes, lower_bound_keys: Number(bound) }),
      number: ({ bytes }) => bytes,
    },
    {
      title: "Elements",
      cell: ({ elements }) => (elements === null ? "-" : thousands(elements)),
      number: ({ elements }) => elements ?? -1,
      from: "half",
    },
    { title: "Encoding", cell: ({ encoding }) => encoding, text: ({ encoding }) => encoding, from: "wide" },
    { title: "Pattern", cell: ({ pattern }) => named(pattern), text: ({ pattern }) => pattern, from: "wide" },
    {
      title: "Expires",
      cell: ({ expires_at: at }) => (at === null ? "never" : timeText(at)),
      number: ({ expires_at: at }) => at ?? Number.MAX_SAFE_INTEGER,
      from: "wide",
    },
    { title: "DB", cell: ({ db }) => String(db), number: ({ db }) => db, from: "half" },
    ...(several
      ? [
          {
            title: "Snapshot",
            cell: (row: FoundKey) => `${row.snapshot}`,
            number: (row: FoundKey) => row.snapshot,
          },
        ]
      : []),
  ];
}
