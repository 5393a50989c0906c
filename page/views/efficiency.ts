import type { SnapshotReport } from "../../src/report-data/types.ts";
import { bar, legend } from "../bars.ts";
import { named } from "../dom.ts";
import { bytesText, humanBytes, shareText, thousands } from "../format.ts";
import { panel, type Section, section } from "../panel.ts";
import { table } from "../table.ts";
import { restHint } from "./groups.ts";

/** How much of the memory is data, by pattern. */
export function efficiencyView({ patterns }: SnapshotReport): Section {
  const rows = patterns.rows.toSorted((a, b) => b.overhead_bytes - a.overhead_bytes);
  const most = Math.max(1, ...rows.map(({ bytes }) => bytes));
  const hint = restHint(patterns);
  return section(
    "patterns",
    "Patterns and their efficiency",
    panel({
      title: "Data and overhead of each pattern",
      hint: `Data is names and elements as clients see them; all else is objects, entries, headers and rounding. Above 100%: packed integers take less than their digits.${hint === undefined ? "" : ` ${hint}`}`,
      chart: legend({ label: "data", paint: "data" }, { label: "overhead", paint: "overhead" }),
      table: table(
        "Data and overhead of each pattern",
        [
          {
            title: "Pattern",
            cell: ({ pattern }) => named(pattern),
            text: ({ pattern }) => pattern,
            isHead: true,
          },
          {
            title: "",
            isBar: true,
            cell: ({ payload_bytes: data, bytes }) =>
              bar(
                { share: Math.min(data, bytes) / most, paint: "data" },
                { share: Math.max(0, bytes - data) / most, paint: "overhead" },
              ),
          },
          { title: "Memory", cell: bytesText, number: ({ bytes }) => bytes },
          {
            title: "Overhead",
            cell: (row) => humanBytes(row.overhead_bytes),
            number: (row) => row.overhead_bytes,
            from: "half",
          },
          {
            title: "Data",
            cell: (row) => shareText(row.payload_bytes, row.bytes),
            number: (row) => row.payload_bytes / Math.max(1, row.bytes),
          },
          { title: "Keys", cell: ({ keys }) => thousands(keys), number: ({ keys }) => keys, from: "half" },
          {
            title: "A key",
            cell: (row) => humanBytes(row.avg_bytes),
            number: (row) => row.avg_bytes,
            from: "wide",
          },
          {
            title: "p99",
            cell: (row) => (row.p99_bytes === null ? "-" : humanBytes(row.p99_bytes)),
            number: (row) => row.p99_bytes ?? -1,
            from: "wide",
          },
          { title: "Types", cell: ({ types }) => types, text: ({ types }) => types, from: "wide" },
        ],
        rows,
        { sortable: true, sorted: 3, first: 15 },
      ),
      wide: true,
    }),
  );
}
