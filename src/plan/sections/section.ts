import { type Column, column, type Row, type Section } from "../../queries/answer.ts";
import { thousands } from "../../queries/words.ts";
import type { Trend } from "../../trend/trend.ts";
import type { Plan, PlannedScenario } from "../plan.ts";
import type { RankedSavings } from "../savings/rank.ts";

/** What sections are made of. */
export interface PlanContext {
  readonly plan: Plan;
  /** How used_memory went so far; undefined where no series was given. */
  readonly history: Trend | undefined;
  /** What could be saved, by scenario; undefined where nobody asked. */
  readonly savings: ReadonlyMap<PlannedScenario, RankedSavings> | undefined;
  /** Lines that a ranking has at most. */
  readonly largest: number;
}

/** A table, and how many rows it leaves out. */
export interface PlanTable extends Section {
  readonly more: number;
}

/** A table of the answer. */
export interface PlanSection {
  /** Its name in machine formats. */
  readonly name: string;
  /** Columns that together name a row, within its scenario. */
  readonly items: readonly string[];
  /** Undefined where there is nothing to show. */
  readonly make: (context: PlanContext) => PlanTable | undefined;
}

/** A ranking of a scenario: the rows that are shown, and how many there are. */
export interface Ranking {
  readonly rows: readonly Row[];
  readonly all: number;
}

/**
 * Rows of each scenario below each other, behind the scenario's name, which tables of a single one do without. Of rankings, the
 * first column that is shown says in a last line how many more there are.
 */
export function byScenario(
  { plan }: PlanContext,
  head: Pick<Section, "name" | "title">,
  columns: readonly Column[],
  rowsOf: (one: PlannedScenario) => readonly Row[] | Ranking,
): PlanTable | undefined {
  const { scenarios } = plan;
  const found = scenarios.map((one) => {
    const made = rowsOf(one);
    const { rows, all } = "rows" in made ? made : { rows: made, all: made.length };
    return { rows: rows.map((row) => ({ scenario: one.scenario.name, ...row })), more: all - rows.length };
  });
  const rows = found.flatMap((one) => one.rows);
  if (rows.length === 0) return undefined;
  const isSingle = scenarios.length === 1;
  const more = found.reduce((sum, one) => sum + one.more, 0);
  const shown = [column("scenario", "Scenario", "text", { machineOnly: isSingle }), ...columns];
  const table = { ...head, columns: shown, rows, more };
  return more === 0 ? table : { ...table, rest: restOf(shown, more) };
}

function restOf(columns: readonly Column[], more: number): Row {
  const first = columns.find((one) => !one.machineOnly);
  return Object.fromEntries(
    columns.map((one) => [
      one.name,
      one === first ? `(${thousands(more)} more)` : one.kind === "key" ? null : "",
    ]),
  );
}
