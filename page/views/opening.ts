import type { SnapshotReport } from "../../src/report-data/types.ts";
import { h } from "../dom.ts";
import { bytesText, counted, keysText, shareText, within } from "../format.ts";

/** The report in plain words. */
export function openingView({ opening }: SnapshotReport): HTMLElement {
  return h(
    "section",
    { id: "opening", class: "opening", "aria-label": "In plain words" },
    ...opening.map(({ title, text }) => h("div", {}, h("h2", {}, title), h("p", {}, text))),
  );
}

/** What a reader has to know before any number is read. */
export function notesView({ notes }: SnapshotReport): HTMLElement | null {
  if (notes.length === 0) return null;
  return h("ul", { class: "notes", "aria-label": "Notes" }, ...notes.map((note) => h("li", {}, note)));
}

/** The handful of numbers that one remembers. */
export function figuresView({ totals, used_memory: used, findings }: SnapshotReport): HTMLElement {
  const { counts } = findings;
  const overhead = Math.max(0, totals.bytes - totals.payload_bytes);
  const tiles: [string, string, string][] = [
    ["Keys", keysText(totals), `in ${counted(totals.databases, "database")}`],
    ["Memory", bytesText(totals), "MEMORY USAGE of these keys"],
    ...(used === null
      ? []
      : [
          [
            "used_memory",
            bytesText({ keys: 0, bytes: used.estimated_bytes, bytes_error: used.estimated_error }),
            "estimated, after loading",
          ] as [string, string, string],
        ]),
    [
      "Overhead",
      shareText(overhead, totals.bytes),
      `${bytesText({ keys: 0, bytes: overhead })} that is not data`,
    ],
    [
      "Without TTL",
      shareText(totals.keys_without_ttl, totals.keys),
      `${counted(totals.keys_without_ttl, "key")}${within(totals.keys_without_ttl, totals.keys_without_ttl_error)}`,
    ],
    [
      "Findings",
      String(counts.critical + counts.warning + counts.info),
      `${counts.critical} critical, ${counted(counts.warning, "warning")}`,
    ],
  ];
  return h(
    "dl",
    { class: "tiles" },
    ...tiles.map(([name, value, more]) =>
      h("div", {}, h("dt", {}, name), h("dd", {}, h("strong", {}, value), h("span", {}, more))),
    ),
  );
}
