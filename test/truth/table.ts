import { markdownTable } from "./markdown-table.ts";
import type { Group, Measurement } from "./measure.ts";
import { errorShare, totals } from "./verdict.ts";

const percent = (share: number, digits = 2) => `${(100 * share).toFixed(digits)}%`;

interface Column {
  readonly title: string;
  readonly cell: (group: Group) => string;
}

/** What is told of a type and encoding, in a terminal and in docs/memory-model.md. */
const COLUMNS: readonly Column[] = [
  { title: "type/encoding", cell: (group) => group.kind },
  { title: "state", cell: ({ state }) => state.name },
  { title: "keys", cell: ({ keys }) => String(keys) },
  { title: "exact", cell: ({ exact, keys }) => percent(exact / keys) },
  { title: "in band", cell: ({ inBand, keys }) => percent(inBand / keys) },
  { title: "worst", cell: worst },
  { title: "total", cell: ({ ours, theirs }) => percent(errorShare(ours, theirs)) },
  { title: "wrong encodings", cell: ({ wrongEncodings }) => String(wrongEncodings) },
];

function worst({ worstBytes, worstShare }: Group): string {
  return worstBytes === 0 ? "0" : `${worstBytes} (${percent(worstShare, 1)})`;
}

/** The totals of a folder, as one line. */
function summary(measurement: Measurement): string {
  const { ours, theirs, keys } = totals(measurement);
  const { used, bills } = measurement;
  return (
    `${keys} keys, ${percent(errorShare(ours, theirs), 3)} of bytes in all; ` +
    `used_memory minus startup ${used.ours}, not ${used.theirs}: ${percent(errorShare(used.ours, used.theirs), 3)}; ` +
    `${bills} bills add up`
  );
}

/** A folder's table for a terminal, the worst key at the end of each line. */
export function printed(measurement: Measurement): string {
  const { folder, target, groups } = measurement;
  const rows = groups.map((group) => COLUMNS.map(({ cell }) => cell(group)));
  const widths = COLUMNS.map(({ title }, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[], rest: string) =>
    cells
      .map((cell, i) => (i < 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .concat(rest)
      .join("  ")
      .trimEnd();
  return [
    `\n${folder.name} as ${target.profile.name} with ${target.allocator.name}`,
    line(
      COLUMNS.map(({ title }) => title),
      "",
    ),
    ...rows.map((row, i) => line(row, groups[i]!.worstKey)),
    summary(measurement),
  ].join("\n");
}

/** A Markdown table with a row a folder and one with a row a folder, type and encoding. */
export function markdown(measurements: readonly Measurement[], holds: (of: Measurement) => boolean): string {
  const folders = markdownTable(
    [
      { title: "folder" },
      { title: "sized as" },
      { title: "keys", right: true },
      { title: "error of all bytes", right: true },
      { title: "error of used_memory", right: true },
      { title: "holds" },
    ],
    measurements.map((one) => folderRow(one, holds(one))),
  );
  const groups = markdownTable(
    [{ title: "folder" }, ...COLUMNS.map(({ title }, i) => ({ title, right: i >= 2 }))],
    measurements.flatMap(({ folder, groups }) =>
      groups.map((group) => [folder.name, ...COLUMNS.map(({ cell }) => cell(group))]),
    ),
  );
  return `${folders}\n\n${groups}`;
}

function folderRow(measurement: Measurement, holds: boolean): string[] {
  const { folder, target, used } = measurement;
  const { ours, theirs, keys } = totals(measurement);
  return [
    folder.name,
    `${target.profile.name}, ${target.allocator.name}`,
    String(keys),
    percent(errorShare(ours, theirs), 3),
    percent(errorShare(used.ours, used.theirs), 3),
    holds ? "yes" : "no",
  ];
}
