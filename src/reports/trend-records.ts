import type { Row, Value } from "../queries/answer.ts";
import type { Trend, TrendGroup } from "../trend/trend.ts";
import { csvField, rawCsvField } from "./csv.ts";

/** A trend with the `largest` types and patterns that grow or shrink most, in the order they had. */
export function limitedTrend(trend: Trend, largest: number): Trend {
  return { ...trend, types: most(trend.types, largest), patterns: most(trend.patterns, largest) };
}

/** Those of the groups that move most by the day; of a single point, the largest. */
export function most(groups: readonly TrendGroup[], largest: number): TrendGroup[] {
  const moves = ({ per_day: slope, last }: TrendGroup) => Math.abs(slope ?? last);
  const chosen = new Set([...groups].sort((a, b) => moves(b) - moves(a)).slice(0, largest));
  return groups.filter((group) => chosen.has(group));
}

/** What a record is about: all keys, a type or a pattern. */
type Subject = { readonly group: "all" | "type" | "pattern"; readonly name: string | null };

/** A trend for plots: a record a point of each line, one of its growth, and one a limit. */
export function* trendRecords({ points, totals, types, patterns, limits }: Trend): Iterable<Row> {
  const all: Subject = { group: "all", name: null };
  for (const { paths: _, ...figures } of points) yield { record: "point", ...all, ...figures };
  for (const { measure, ...growth } of totals) yield { record: "growth", ...all, measure, ...growth };
  const times = points.map(({ created_at: at }) => at);
  for (const group of types) yield* groupRecords({ group: "type", name: group.name }, group, times);
  for (const group of patterns) yield* groupRecords({ group: "pattern", name: group.name }, group, times);
  for (const { state, has_band: has, ...limit } of limits)
    yield { record: "limit", ...all, ...limit, state, has_band: Number(has) };
}

function* groupRecords(subject: Subject, group: TrendGroup, times: readonly number[]): Iterable<Row> {
  const { name: _, keys, bytes, ...growth } = group;
  for (const [i, at] of times.entries()) {
    yield { record: "point", ...subject, created_at: at, keys: keys[i] ?? 0, bytes: bytes[i] ?? 0 };
  }
  yield { record: "growth", ...subject, measure: "bytes", ...growth };
}

/** The same as CSV in long form, one figure a line; of growth and limits `created_at` is empty. */
export function* trendCsv(trend: Trend, raw: boolean): Iterable<string> {
  const field = raw ? rawCsvField : csvField;
  yield "record,group,name,created_at,measure,value";
  for (const { record, group, name, created_at: at, measure, ...figures } of trendRecords(trend)) {
    const start = [record, group, name, at].map(field).join(",");
    for (const [figure, value] of Object.entries(figures)) {
      yield `${start},${figureName(measure, figure)},${field(value)}`;
    }
  }
}

/** "bytes_per_day"; of points, whose figures are measures, "bytes". */
function figureName(measure: Value | undefined, figure: string): string {
  return typeof measure === "string" ? `${measure}_${figure}` : figure;
}
