import { type Column, column, type Row, type Section, type Value } from "../queries/answer.ts";
import type { Growth } from "../trend/growth.ts";
import type { Limit } from "../trend/limit.ts";
import type { Measure, Trend, TrendGroup } from "../trend/trend.ts";
import type { Part } from "./index.ts";
import { sparkline } from "./sparkline.ts";
import { most } from "./trend-records.ts";
import { humanBytes, humanCount, humanShare, humanTime } from "./units.ts";

/** Points that a table shows: the last ones. */
const SHOWN_POINTS = 20;
/** A date nearer than this many days has a time of day. */
const NEAR_DAYS = 3;
const DAY_MS = 86_400_000;

const TITLES: Readonly<Record<Measure, string>> = {
  keys: "keys",
  bytes: "memory of all keys",
  heap_bytes: "heap of all keys",
  used_memory: "used_memory, loaded",
  used_memory_saved: "used_memory, as saved",
};

/** What growth is shown as; bytes and counts stand in one column, as texts. */
const GROWTH: readonly Column[] = [
  column("first", "First", "bytes"),
  column("last", "Last", "bytes"),
  column("per_day", "A day", "bytes"),
  column("margin", "±", "bytes"),
  column("per_month_share", "30 days", "share"),
  column("line", "Over time", "text", { spare: true }),
];

/** A trend as tables: its points, growth, the limit, and the `largest` types and patterns that grow or shrink most. */
export function trendParts(trend: Trend, largest: number): Part[] {
  const sections = [
    pointsSection(trend),
    totalsSection(trend),
    ...(trend.limits.length === 0 ? [] : [limitsSection(trend)]),
    groupsSection("types", "By type", column("name", "Type", "text"), trend.types, largest),
    groupsSection("patterns", "By pattern", column("name", "Pattern", "key"), trend.patterns, largest),
  ];
  const last = sections.length - 1;
  return sections.map((section, i) => ({
    section: i === last ? { ...section, notes: [...(section.notes ?? []), ...trend.notes] } : section,
    extra: {},
  }));
}

function pointsSection({ points, days, totals }: Trend): Section {
  const has = (measure: Measure) => totals.some((total) => total.measure === measure);
  const shown = points.slice(-SHOWN_POINTS);
  const before = points.length - shown.length;
  const isCluster = points.some(({ paths }) => paths.length > 1);
  return {
    name: "points",
    title: points.length === 1 ? "1 point" : `${points.length} points in ${daysText(days)}`,
    columns: [
      column("created_at", "Created", "time"),
      column("keys", "Keys", "count"),
      column("bytes", "Memory", "bytes"),
      column("more", "More", "bytes"),
      ...(has("used_memory") ? [column("used_memory", "used_memory", "bytes")] : []),
      ...(has("used_memory_saved")
        ? [column("used_memory_saved", "As saved", "bytes", { spare: true })]
        : []),
      ...(isCluster ? [column("files", "Files", "count")] : []),
      column("path", "File", "text", { spare: true }),
    ],
    rows: shown.map((point, i): Row => {
      const earlier = points[before + i - 1];
      const { paths, ...figures } = point;
      return {
        ...figures,
        more: earlier === undefined ? null : signed(humanBytes, point.bytes - earlier.bytes),
        files: paths.length,
        path: paths.length > 1 ? `${paths[0]} …` : paths[0]!,
      };
    }),
    ...(before > 0 && { notes: [`${before} earlier points: --format csv or ndjson has all`] }),
  };
}

function totalsSection({ points, totals }: Trend): Section {
  return {
    name: "totals",
    title: "Growth",
    columns: [column("measure", "All keys", "text"), ...GROWTH],
    rows: totals.map(({ measure, ...growth }) => ({
      measure: TITLES[measure],
      ...growthCells(growth, measure === "keys" ? humanCount : humanBytes),
      line: sparkline(points.map((point) => point[measure])),
    })),
  };
}

function groupsSection(
  name: string,
  title: string,
  head: Column,
  groups: readonly TrendGroup[],
  largest: number,
): Section {
  const shown = most(groups, largest);
  const others = groups.filter((group) => !shown.includes(group));
  const sum = (of: (group: TrendGroup) => number) => others.reduce((total, group) => total + of(group), 0);
  const rest: Row = {
    name: `(${others.length} more)`,
    first: humanBytes(sum(({ first }) => first)),
    last: humanBytes(sum(({ last }) => last)),
    per_day: signed(
      humanBytes,
      sum(({ per_day: slope }) => slope ?? 0),
    ),
    margin: "",
    per_month_share: "",
    line: "",
  };
  return {
    name,
    title,
    columns: [head, ...GROWTH],
    rows: shown.map((group) => ({
      name: group.name,
      ...growthCells(group, humanBytes),
      ...(group.bytes[0] === null && { first: null }),
      ...(group.bytes.at(-1) === null && { last: null }),
      line: sparkline(group.bytes),
    })),
    ...(others.length > 0 && { rest }),
  };
}

function growthCells(growth: Growth, human: (value: number) => string): Row {
  const { first, last, per_day: slope, per_day_margin: margin, per_month_share: month } = growth;
  return {
    first: human(first),
    last: human(last),
    per_day: slope === null ? null : signed(human, slope),
    margin: margin === null ? null : human(margin),
    per_month_share: month === null ? null : `${month > 0 ? "+" : ""}${humanShare(month)}`,
  };
}

function limitsSection({ points, limits }: Trend): Section {
  const last = points.at(-1)!.created_at;
  return {
    name: "limits",
    title: `When ${humanBytes(limits[0]!.limit_bytes)} (maxmemory) is reached`,
    columns: [
      column("measure", "Figure", "text"),
      column("last", "Last", "bytes"),
      column("share", "Of limit", "share"),
      column("reached", "Reached", "text"),
      column("earliest", "Earliest", "text"),
      column("latest", "Latest", "text"),
    ],
    rows: limits.map(
      (limit): Row => ({
        measure: TITLES[limit.measure],
        last: limit.last,
        share: limit.share,
        ...limitCells(limit, last),
      }),
    ),
  };
}

const STATES: Readonly<Record<Limit["state"], string>> = {
  reached: "at the last point",
  nearer: "",
  not: "not if it goes on so",
  unknown: "cannot be said",
};

function limitCells(limit: Limit, last: number): Record<string, Value> {
  const { state, reached_at: at, earliest_at: earliest, latest_at: latest, has_band: has } = limit;
  const never = has ? "maybe never" : null;
  const date = (ms: number | null, otherwise: string | null) =>
    ms === null ? otherwise : dateText(ms, last);
  return {
    reached: date(at, STATES[state]),
    earliest: date(earliest, has ? "not to be expected" : null),
    latest: date(latest, never),
  };
}

function dateText(ms: number, last: number): string {
  const text = humanTime(ms);
  return ms - last < NEAR_DAYS * DAY_MS ? text.slice(0, 16) : text.slice(0, 10);
}

const SPANS = [
  [1, "days"],
  [24, "hours"],
  [24 * 60, "minutes"],
] as const;

/** "3.0 days", "47.5 hours": in the largest unit that there are two of. */
function daysText(days: number): string {
  const [of, unit] = SPANS.find(([parts]) => days * parts >= 2) ?? [86_400, "seconds"];
  return `${(days * of).toFixed(unit === "seconds" ? 0 : 1)} ${unit}`;
}

/** A change with its sign: "+1.20M". */
function signed(human: (value: number) => string, value: number): string {
  return `${value > 0 ? "+" : ""}${human(value)}`;
}
