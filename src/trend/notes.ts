import { counted } from "../queries/words.ts";
import { humanBytes } from "../units.ts";
import type { Limit } from "./limit.ts";
import { bendOf, lineThrough, medianSlope, slopeMargin } from "./line.ts";
import type { Measured } from "./measured.ts";
import type { Round } from "./rounds.ts";
import type { TrendPoint } from "./trend.ts";

/** A date that lies behind the last point by so many times the length of the series is far away. */
const FAR = 3;

interface Facts {
  readonly rounds: readonly Round[];
  readonly points: readonly TrendPoint[];
  /** In days from the first. */
  readonly times: readonly number[];
  readonly limits: readonly Limit[];
  readonly nodes: number;
}

/** What the reader of a trend has to know: what its points are, and what cannot be told from them. */
export function seriesNotes(facts: Facts): string[] {
  return [
    ...fewPoints(facts),
    ...shape(facts),
    ...limitNotes(facts),
    ...patternRules(facts.rounds),
    ...told(facts.rounds.flat()),
  ];
}

function fewPoints({ points, times }: Facts): string[] {
  if (points.length === 1) return ["one point: how it grows cannot be said"];
  const days = times.at(-1)!;
  const short =
    days < 1 ? ["the series is shorter than a day: what a day brings, with its peaks, it does not show"] : [];
  if (points.length > 2) return short;
  return [
    "two points: growth is their difference, and how sure it is cannot be said (three points or more can)",
    ...short,
  ];
}

/** Where a straight line is not what the memory of all keys does. */
function shape({ points, times }: Facts): string[] {
  const values = points.map(({ bytes }) => bytes);
  const line = lineThrough(times, values);
  const margin = line === undefined ? null : slopeMargin(line);
  if (line === undefined || margin === null) return [];
  const bend = bendOf(line, times, values);
  if (bend !== 0) {
    const [first, last] = [line.slope - bend / 2, line.slope + bend / 2];
    return [
      `${bendWords(first, last)}: ${humanBytes(first)} a day at the beginning, ${humanBytes(last)} at the end; what comes is ${bend > 0 ? "more" : "less"} than a straight line, and its margin, tell`,
    ];
  }
  const median = medianSlope(times, values);
  if (median === null || Math.abs(median - line.slope) <= margin || points.length < 4) return [];
  return [
    `a few snapshots pull the line: its slope is ${humanBytes(line.slope)} a day, the median of those between all pairs ${humanBytes(median)}`,
  ];
}

/** How a slope changes from the first point to the last. */
function bendWords(first: number, last: number): string {
  if (first >= 0 && last >= 0) return last > first ? "growth speeds up" : "growth slows down";
  if (first <= 0 && last <= 0) return last < first ? "it shrinks ever faster" : "it shrinks ever slower";
  return first < 0 ? "it shrank at first, and grows now" : "it grew at first, and shrinks now";
}

function limitNotes({ limits, points, nodes }: Facts): string[] {
  const last = points.at(-1)?.created_at ?? 0;
  const length = last - (points[0]?.created_at ?? 0);
  const far = limits.some(({ reached_at: at }) => at !== null && length > 0 && at - last > FAR * length);
  return [
    ...(far
      ? [
          `the day that maxmemory is reached is more than ${FAR} times as far away as the series is long: it holds only if nothing changes`,
        ]
      : []),
    ...(limits.some(({ has_band: has }) => has)
      ? [
          "a snapshot at the limit is to be expected between earliest and latest, in 95 of 100 cases, if it goes on along a straight line: growth that changes is not in that",
        ]
      : []),
    ...(limits.length > 0 && nodes > 1
      ? [
          `the limit is what all ${nodes} nodes take together when the fullest one, with its share of the last point, is at its maxmemory`,
        ]
      : []),
  ];
}

function patternRules(rounds: readonly Round[]): string[] {
  const rules = new Set(rounds.flat().map(({ scope }) => scope.snapshot.pattern_settings));
  return rules.size > 1
    ? ["patterns were not parted by the same rules (--template, --separators, --depth): theirs may jump"]
    : [];
}

/** Notes of the snapshots: those that differ in numbers alone are told once, of the latest. */
function told(all: readonly Measured[]): string[] {
  const kinds = new Map<string, { readonly note: string; readonly name: string; readonly count: number }>();
  for (const { scope, name, notes } of all) {
    for (const note of notes) {
      const kind = note.replaceAll(scope.snapshot.path, "").replace(/[\d.,]+/g, "0");
      kinds.set(kind, { note, name, count: (kinds.get(kind)?.count ?? 0) + 1 });
    }
  }
  return [...kinds.values()].map(({ note, name, count }) => {
    if (count === all.length) return note;
    const where = `${name}: ${note}`;
    return count === 1 ? where : `${where} (and ${counted(count - 1, "snapshot")} more like that)`;
  });
}
