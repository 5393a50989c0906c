import { planNotes } from "../plan/notes.ts";
import { savingNotes } from "../plan/savings/notes.ts";
import { PLAN_SECTIONS } from "../plan/sections/index.ts";
import type { PlanContext, PlanTable } from "../plan/sections/section.ts";
import { column, type Section, type Value } from "../queries/answer.ts";
import { thousands } from "../queries/words.ts";
import { csvField, rawCsvField } from "./csv.ts";
import type { Part } from "./index.ts";
import { DERIVED_NOTE } from "./target.ts";

/** All that a reader has to know of a plan. */
function notesOfPlan({ plan, history, savings }: PlanContext): string[] {
  const ofSavings = new Set(
    [...(savings ?? [])].flatMap(([{ scenario }, found]) =>
      savingNotes(found, plan.catalogue).map((note) =>
        plan.scenarios.length > 1 ? `${scenario.name}: ${note}` : note,
      ),
    ),
  );
  const derived = plan.scenarios.some(({ data }) => !data.profile_measured);
  return [...planNotes(plan), ...(derived ? [DERIVED_NOTE] : []), ...(history?.notes ?? []), ...ofSavings];
}

/** The same for programs, whose rows do not say what they leave out. */
export function notesForPrograms(context: PlanContext): string[] {
  const cut = sectionsOf(context).flatMap(({ name, more }) =>
    more === 0 ? [] : [`${name}: ${thousands(more)} more are left out (--limit)`],
  );
  return [...notesOfPlan(context), ...cut];
}

/** A plan as tables; machine formats begin each row with its section. Notes stand below the last. */
export function planParts(context: PlanContext): Part[] {
  const sections = sectionsOf(context);
  const last = sections.length - 1;
  return sections.map((section, i) => ({
    section: i === last ? { ...section, notes: notesOfPlan(context) } : section,
    extra: { section: section.name },
  }));
}

/** The same for programs: notes are rows of a section of their own. */
export function planRecords(context: PlanContext): Part[] {
  const notes: Section = {
    name: "notes",
    title: "Notes",
    columns: [column("note", "Note", "text")],
    rows: notesForPrograms(context).map((note) => ({ note })),
  };
  return [...sectionsOf(context), notes].map((section) => ({ section, extra: { section: section.name } }));
}

function sectionsOf(context: PlanContext): PlanTable[] {
  return PLAN_SECTIONS.flatMap(({ make }) => make(context) ?? []);
}

/** What a row is about: one value as it is, several as words. */
function itemOf(values: readonly (Value | undefined)[]): Value | undefined {
  return values.length === 1 ? values[0] : values.join(", ");
}

/** A plan as CSV in long form, one figure a line: `section,scenario,item,measure,value`. */
export function* planCsv(context: PlanContext, raw: boolean): Iterable<string> {
  const field = raw ? rawCsvField : csvField;
  yield "section,scenario,item,measure,value";
  for (const { name, items, make } of PLAN_SECTIONS) {
    const section = make(context);
    if (section === undefined) continue;
    const measures = section.columns
      .map((one) => one.name)
      .filter((one) => one !== "scenario" && !items.includes(one));
    for (const row of section.rows) {
      const start = [name, row.scenario, itemOf(items.map((one) => row[one]))].map(field).join(",");
      for (const measure of measures) yield `${start},${measure},${field(row[measure])}`;
    }
  }
}
