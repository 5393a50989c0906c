import type { Change, Changes } from "../../src/report-data/types.ts";
import { divergingBar } from "../bars.ts";
import { h, named } from "../dom.ts";
import { counted, humanBytes, shareText, thousands, timeText } from "../format.ts";
import { nothing, panel, type Section, section } from "../panel.ts";
import { table } from "../table.ts";

const FIRST = 15;

/** What grew and what shrank since a baseline. */
export function changesView(changes: Changes): Section {
  const { baseline, old_created_at: before, new_created_at: after, differ_in: differ } = changes;
  const bytes = changes.totals.find(({ measure }) => measure === "bytes")!;
  const keys = changes.totals.find(({ measure }) => measure === "keys")!;
  return section(
    "changes",
    "What changed",
    h(
      "p",
      {},
      "Compared with ",
      named(baseline),
      ` of ${timeText(before)}, and here ${timeText(after)}: memory ${changeText(bytes.change, bytes.old)}, keys ${keys.change < 0 ? "" : "+"}${thousands(keys.change)}.`,
    ),
    differ.length > 0 &&
      h(
        "ul",
        { class: "notes" },
        h("li", {}, `The two differ in ${differ.join(", ")}: their sizes are not quite comparable.`),
      ),
    changePanel("Changes by pattern", "Pattern", changes.patterns, true),
    changePanel("Changes by type", "Type", changes.types),
    changePanel("Changes by encoding", "Encoding", changes.encodings),
  );
}

function changeText(change: number, old: number): string {
  const share = old > 0 ? ` (${change < 0 ? "" : "+"}${shareText(change, old)})` : "";
  return `${change < 0 ? "" : "+"}${humanBytes(change)}${share}`;
}

function changePanel(
  title: string,
  head: string,
  { rows, rest }: Changes["patterns"],
  wide = false,
): HTMLElement {
  const most = Math.max(1, ...rows.map(({ bytes_change: change }) => Math.abs(change)));
  return panel({
    title,
    wide,
    hint:
      rest.rows === 0
        ? "The largest change first, whether more or less."
        : `The largest change first; ${counted(rest.rows, "smaller change")} of ${changeText(rest.bytes_change, 0)} in all are not listed.`,
    table: rows.length === 0 ? nothing("All is as it was.") : changeTable(title, head, rows, most),
  });
}

function changeTable(title: string, head: string, rows: readonly Change[], most: number): HTMLElement {
  return table(
    title,
    [
      { title: head, cell: ({ group }) => named(group), text: ({ group }) => group, isHead: true },
      { title: "", isBar: true, cell: ({ bytes_change: change }) => divergingBar(change / most) },
      {
        title: "Change",
        cell: ({ bytes_change: change }) => changeText(change, 0),
        number: (row) => row.bytes_change,
      },
      {
        title: "Before",
        cell: (row) => humanBytes(row.old_bytes),
        number: (row) => row.old_bytes,
        from: "half",
      },
      {
        title: "Now",
        cell: (row) => humanBytes(row.new_bytes),
        number: (row) => row.new_bytes,
        from: "half",
      },
      {
        title: "Keys",
        cell: ({ old_keys: old, new_keys: now }) => `${now < old ? "" : "+"}${thousands(now - old)}`,
        number: ({ old_keys: old, new_keys: now }) => now - old,
        from: "wide",
      },
      { title: "", cell: ({ status }) => (status === "changed" ? "" : status), from: "wide" },
    ],
    rows,
    { sortable: true, first: FIRST },
  );
}
