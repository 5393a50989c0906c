import { DOCUMENTED } from "../../inventory/documentation/index.ts";
import type { Inventory } from "../../inventory/open.ts";
import { isPerSnapshot, NAMED_QUESTIONS } from "../../queries/named/index.ts";
import type { NamedQuestion } from "../../queries/named/question.ts";
import { report } from "../../report-data/report.ts";
import type { Question, Start } from "./shapes.ts";
import { MOST_ROWS } from "./sql.ts";

/** What the page begins with: the report, and what may be asked besides. */
export function startOf(inventory: Inventory, timeoutMs: number): Start {
  return {
    report: report(inventory),
    questions: Object.entries(NAMED_QUESTIONS).map(([name, one]) => questionOf(name, one)),
    tables: DOCUMENTED.map(({ name, meaning, columns }) => ({
      name,
      meaning,
      columns: columns.map((column) => ({ name: column.name, unit: column.unit, meaning: column.meaning })),
    })),
    limits: { rows: MOST_ROWS, seconds: timeoutMs / 1000 },
  };
}

function questionOf(name: string, question: NamedQuestion): Question {
  const { title, sql, params = {} } = question;
  const snapshot = { default: null, meaning: "only this snapshot" };
  const all = Object.entries({ ...params, ...(isPerSnapshot(question) ? { snapshot } : {}) });
  return {
    name,
    title,
    sql,
    params: all.map(([param, one]) => ({
      name: param,
      ...(one.default === undefined ? {} : { default: one.default }),
      meaning: one.meaning,
    })),
  };
}
