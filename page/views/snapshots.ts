import type { Report } from "../../src/report-data/types.ts";
import { bar } from "../bars.ts";
import { h, named } from "../dom.ts";
import { counted, humanBytes, thousands, timeText } from "../format.ts";
import { panel, type Section, section } from "../panel.ts";
import { table } from "../table.ts";

/** All snapshots of the inventory, with what they hold together. */
export function snapshotsView({ snapshots }: Report, choose: (snapshot: number) => void): Section {
  const keys = snapshots.reduce((sum, one) => sum + one.keys, 0);
  const bytes = snapshots.reduce((sum, one) => sum + one.bytes, 0);
  const most = Math.max(1, ...snapshots.map((one) => one.bytes));
  const isEstimate = snapshots.some((one) => one.is_estimate);
  const atLeast = snapshots.some((one) => one.lower_bound_keys > 0);
  return section(
    "snapshots",
    "All snapshots",
    panel({
      title: `${counted(snapshots.length, "snapshot")}: ${isEstimate ? "about " : ""}${counted(keys, "key")}, ${atLeast ? "≥" : ""}${humanBytes(bytes)}`,
      hint: "What follows is of one of them: choose it here or above. Those with the most memory are told in detail.",
      table: table(
        "Snapshots",
        [
          {
            title: "Snapshot",
            cell: (one) =>
              one.in_detail
                ? h(
                    "button",
                    { type: "button", class: "quiet", click: () => choose(one.snapshot) },
                    named(one.path),
                  )
                : named(one.path),
            text: ({ path }) => path,
            isHead: true,
          },
          { title: "", isBar: true, cell: (one) => bar({ share: one.bytes / most, paint: "expiring" }) },
          {
            title: "Memory",
            cell: (one) => `${one.lower_bound_keys > 0 ? "≥" : ""}${humanBytes(one.bytes)}`,
            number: (one) => one.bytes,
          },
          { title: "Keys", cell: (one) => thousands(one.keys), number: (one) => one.keys },
          { title: "Server", cell: ({ server }) => server, text: ({ server }) => server, from: "wide" },
          {
            title: "Created",
            cell: (one) => timeText(one.created_at),
            number: (one) => one.created_at,
            from: "wide",
          },
        ],
        snapshots,
        { sortable: true, sorted: 2, first: 20 },
      ),
      wide: true,
    }),
  );
}
