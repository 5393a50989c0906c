import { type Column, column, type Row, type Section } from "../../queries/answer.ts";
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

/** A table of the answer. */
export interface PlanSection {
  /** Its name in machine formats. */
  readonly name: string;
  /** Columns that together name a row, within its scenario. */
  readonly items: readonly string[];
  /** Undefined where there is nothing to show. */
  readonly make: (context: PlanContext) => Section | undefined;
}

/** Rows of each scenario below each other, behind the scenario's name, which tables of a single one do without. */
export function byScenario(
  { plan }: PlanContext,
  head: Pick<Section, "name" | "title">,
  columns: readonly Column[],
  rowsOf: (one: PlannedScenario) => readonly Row[],
): Section | undefined {
  const { scenarios } = plan;
  const rows = scenarios.flatMap((one) =>
    rowsOf(one).map((row) => ({ scenario: one.scenario.name, ...row })),
  );
  if (rows.length === 0) return undefined;
  const isSingle = scenarios.length === 1;
  return {
    ...head,
    columns: [column("scenario", "Scenario", "text", { machineOnly: isSingle }), ...columns],
    rows,
  };
}
