import { someOf, thousands } from "../words.ts";
import { DATASET_QUESTIONS } from "./fleet.ts";

/** What a snapshot of a fleet is known by: a partition of a dataset, or a snapshot of an inventory. */
export interface FleetSnapshot {
  readonly cluster: string;
  /** As 2026-01-31. */
  readonly date: string;
  readonly node: string;
}

/** The question that compares two days. */
const GROWTH = "cluster-growth";

/** The days that a question of a fleet is of: the last, or (growth) the first and the last. None: it is no such question. */
export function datesAsked(question: string | undefined, all: readonly FleetSnapshot[]): string[] {
  if (question === undefined || !DATASET_QUESTIONS.includes(question)) return [];
  const dates = [...new Set(all.map(({ date }) => date))].sort();
  const ends = question === GROWTH ? [dates[0], dates.at(-1)] : [dates.at(-1)];
  return [...new Set(ends)].filter((date) => date !== undefined);
}

/** What an answer of these days (`datesAsked`) lacks: nodes without a snapshot of them, or the other day to compare with. */
export function dateNotes(
  question: string | undefined,
  dates: readonly string[],
  all: readonly FleetSnapshot[],
): string[] {
  if (question === GROWTH && dates.length === 1)
    return [`there is one date only, ${dates[0]}: what grew is told of two or more`];
  const several = new Set(all.map(({ cluster }) => cluster)).size > 1;
  const nameOf = ({ cluster, node }: FleetSnapshot) => (several ? `${cluster}/${node}` : node);
  const nodes = new Set(all.map(nameOf));
  return dates.flatMap((date, i) => {
    const there = new Set(all.filter((one) => one.date === date).map(nameOf));
    const absent = [...nodes].filter((name) => !there.has(name)).sort();
    if (absent.length === 0) return [];
    const [have, are] = absent.length === 1 ? ["has", "is"] : ["have", "are"];
    const what =
      dates.length === 1
        ? `the last day, and ${are} not in this answer`
        : i === 0
          ? "the first day: what is there on the last counts as grown"
          : "the last day: what was there on the first counts as gone";
    return [
      `${thousands(absent.length)} of ${thousands(nodes.size)} nodes ${have} no snapshot of ${date}, ${what}: ${someOf(absent)}`,
    ];
  });
}
