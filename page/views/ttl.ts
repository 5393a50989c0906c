import { scaleLinear } from "d3-scale";
import type { PatternGroup, SnapshotReport, Span, Timeline } from "../../src/report-data/types.ts";
import { bar } from "../bars.ts";
import { picture, responsive, told, xAxis, yAxis } from "../chart.ts";
import { named, svg } from "../dom.ts";
import {
  bytesText,
  counted,
  hoursText,
  humanBytes,
  keysText,
  shareText,
  shortCount,
  thousands,
  timeText,
} from "../format.ts";
import { nothing, panel, type Section, section } from "../panel.ts";
import { table } from "../table.ts";

/** When keys expire, and which never do. */
export function ttlView({ ttl, timeline, patterns }: SnapshotReport): Section {
  const never = patterns.rows.filter(({ keys_without_ttl: count }) => count > 0);
  return section(
    "ttl",
    "When keys expire",
    panel({
      title: "Time to live",
      hint: "Counted from the snapshot's own time.",
      table:
        ttl.length === 0 ? nothing("The inventory cannot tell for this part of the keys.") : spansTable(ttl),
    }),
    panel({
      title: "Keys that expire, over time",
      hint: timeline === null ? undefined : timelineHint(timeline),
      chart:
        timeline === null
          ? nothing("No key of these will expire.")
          : responsive((width) => drawn(timeline, width)),
      ...(timeline !== null && { behind: timelineTable(timeline) }),
    }),
    panel({
      title: "Keys without TTL, by pattern",
      hint: "Patterns with the most memory first; the bar is the share of the pattern's keys that never expire.",
      table: never.length === 0 ? nothing("All keys have a TTL.") : noTtlTable(never),
      wide: true,
    }),
  );
}

function spansTable(ttl: readonly Span[]): HTMLElement {
  const keys = ttl.reduce((sum, row) => sum + row.keys, 0);
  const most = Math.max(1, ...ttl.map((row) => row.keys));
  const paint = (row: Span) =>
    row.name === "no TTL" ? "never" : row.name === "expired" ? "grown" : "expiring";
  return table(
    "Keys by time to live",
    [
      { title: "Expires", cell: ({ name }) => name, isHead: true },
      { title: "", isBar: true, cell: (row) => bar({ share: row.keys / most, paint: paint(row) }) },
      { title: "Keys", cell: keysText, number: (row) => row.keys },
      { title: "Share", cell: (row) => shareText(row.keys, keys), number: (row) => row.keys, from: "half" },
      { title: "Memory", cell: bytesText, number: ({ bytes }) => bytes },
    ],
    ttl,
  );
}

function noTtlTable(rows: readonly PatternGroup[]): HTMLElement {
  return table(
    "Keys without TTL by pattern",
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
        cell: (row) => bar({ share: row.keys_without_ttl / row.keys, paint: "never" }),
      },
      {
        title: "Never expire",
        cell: (row) => shareText(row.keys_without_ttl, row.keys),
        number: (row) => row.keys_without_ttl / row.keys,
      },
      {
        title: "Keys",
        cell: (row) => thousands(row.keys_without_ttl),
        number: (row) => row.keys_without_ttl,
        from: "half",
      },
      { title: "All its memory", cell: bytesText, number: ({ bytes }) => bytes, from: "half" },
    ],
    rows,
    { sortable: true, sorted: 4, first: 12 },
  );
}

function timelineHint({ step_hours: hours, later, starts_at: start }: Timeline): string {
  const rest =
    later.keys > 0 ? ` ${counted(later.keys, "key")} with ${humanBytes(later.bytes)} expire later.` : "";
  return `A bar is ${hoursText(hours)}, beginning at ${timeText(start)}.${rest}`;
}

const hourOf = ({ step_hours: step }: Timeline, at: number) => at * step;

function timelineTable(timeline: Timeline): HTMLElement {
  const rows = timeline.steps.map((step, at) => ({ ...step, at })).filter(({ keys }) => keys > 0);
  return table(
    "Keys that expire, over time",
    [
      {
        title: "Within",
        cell: ({ at }) => `${hoursText(hourOf(timeline, at))} to ${hoursText(hourOf(timeline, at + 1))}`,
        number: ({ at }) => at,
      },
      {
        title: "From",
        cell: ({ at }) => timeText(timeline.starts_at + hourOf(timeline, at) * 3_600_000),
        from: "wide",
      },
      { title: "Keys", cell: ({ keys }) => thousands(keys), number: ({ keys }) => keys },
      { title: "Memory", cell: ({ bytes }) => humanBytes(bytes), number: ({ bytes }) => bytes },
    ],
    rows,
    { first: 24 },
  );
}

const HEIGHT = 260;
const MARGINS = { top: 10, right: 8, bottom: 42, left: 46 };

function drawn(timeline: Timeline, width: number): SVGSVGElement {
  const { top, right, bottom, left } = MARGINS;
  const { steps } = timeline;
  const base = HEIGHT - bottom;
  const x = scaleLinear()
    .domain([0, Math.max(steps.length, 4)])
    .range([left, width - right]);
  const y = scaleLinear()
    .domain([0, Math.max(...steps.map(({ keys }) => keys), 1)])
    .nice(4)
    .range([base, top]);
  const bars = steps.map(({ keys, bytes }, at) =>
    told(
      svg("rect", {
        x: x(at) + 0.5,
        y: y(keys),
        width: Math.max(1, x(at + 1) - x(at) - 1),
        height: base - y(keys),
        class: "expiring",
      }),
      `${hoursText(hourOf(timeline, at))} to ${hoursText(hourOf(timeline, at + 1))}: ${counted(keys, "key")}, ${humanBytes(bytes)}`,
    ),
  );
  const end = hourOf(timeline, Math.max(steps.length, 4));
  const unit = end > 72 ? 24 : 1;
  const ticks = scaleLinear()
    .domain([0, end / unit])
    .ticks(Math.max(2, Math.floor(width / 90)))
    .filter(Number.isInteger)
    .map((at) => ({ at: x((at * unit) / timeline.step_hours), label: `${at} ${unit === 24 ? "d" : "h"}` }));
  const marks = y.ticks(4).map((value) => ({ at: y(value), label: shortCount(value) }));
  const all = steps.reduce((sum, { keys }) => sum + keys, 0);
  return picture(
    width,
    HEIGHT,
    `${counted(all, "key")} expire within ${hoursText(hourOf(timeline, steps.length))}`,
    yAxis(marks, left, width - right),
    ...bars,
    svg("line", { class: "base", x1: left, x2: width - right, y1: base, y2: base }),
    xAxis(ticks, base, "Time after the snapshot", width + left),
  );
}
