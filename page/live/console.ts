import type { Question, Start } from "../../src/cli/serve/shapes.ts";
import { freshId, h, refill } from "../dom.ts";
import { panel, type Section, section } from "../panel.ts";
import { table } from "../table.ts";
import { api } from "./api.ts";
import { asking } from "./asking.ts";
import { save } from "./download.ts";
import { paramInputs } from "./params.ts";
import { resultView } from "./result.ts";

const FIRST = `SELECT pattern, count(*) AS keys, sum(bytes) AS bytes
FROM keys WHERE expires_at IS NULL
GROUP BY pattern ORDER BY bytes DESC LIMIT 20`;

/** Where SQL is asked of the inventory. */
export function consoleSection({ questions, tables, limits }: Start): Section {
  const id = freshId();
  const sql = h("textarea", { id, rows: 6, spellcheck: "false", autocomplete: "off", autocapitalize: "off" });
  sql.value = FIRST;
  const params = paramInputs();
  const told = asking();
  const result = h("div", { class: "result" });
  const asked = () => ({ sql: sql.value, params: params.values() });
  const run = () =>
    told.run("Asking…", async (signal) => {
      const began = performance.now();
      const answer = await api.sql(asked(), signal).catch((error) => {
        refill(result);
        throw error;
      });
      const rows = answer.parts.reduce((sum, part) => sum + part.rows.length, 0);
      refill(result, resultView(answer));
      return `${rows.toLocaleString("en-US")} ${rows === 1 ? "row" : "rows"} in ${((performance.now() - began) / 1000).toFixed(1)} s`;
    });
  const csv = () =>
    told.run("Asking for CSV…", async (signal) => {
      const answer = await api.csv(asked(), signal);
      save(answer.csv, "rdbscope.csv", "text/csv;charset=utf-8");
      return ["saved as rdbscope.csv", ...(answer.cut === null ? [] : [answer.cut]), ...answer.notes].join(
        "; ",
      );
    });
  sql.addEventListener("input", () => params.none());
  sql.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    void run();
  });
  const choose = (question: Question) => {
    sql.value = question.name;
    params.of(question);
    void run();
  };
  const within = limits.seconds === 0 ? "" : `, ${limits.seconds} s at most`;
  return section(
    "sql",
    "SQL console",
    panel({
      title: "Ask the inventory",
      hint: `One SELECT, or the name of a question. It can only read${within}; ${limits.rows.toLocaleString("en-US")} rows are shown. Ctrl+Enter runs it.`,
      chart: h(
        "div",
        { class: "console" },
        questionChooser(questions, choose),
        h("div", {}, h("label", { for: id }, "SQL"), sql),
        params.element,
        h(
          "div",
          { class: "actions" },
          h("button", { type: "button", class: "strong", click: run }, "Run"),
          h("button", { type: "button", class: "quiet", click: csv }, "Save as CSV"),
        ),
        told.element,
      ),
      table: h("div", {}, result, columnsHelp(tables)),
      wide: true,
    }),
  );
}

function questionChooser(questions: readonly Question[], choose: (question: Question) => void): HTMLElement {
  const id = freshId();
  const select = h(
    "select",
    { id },
    h("option", { value: "" }, "Choose one, or write SQL"),
    ...questions.map(({ name, title }) => h("option", { value: name }, `${name}: ${title}`)),
  );
  const ask = h("button", { type: "button", class: "quiet" }, "Ask");
  ask.addEventListener("click", () => {
    const question = questions.find(({ name }) => name === select.value);
    if (question !== undefined) choose(question);
  });
  return h(
    "div",
    {},
    h("label", { for: id }, "Questions with names"),
    h("div", { class: "with-button" }, select, ask),
  );
}

/** What tables and columns there are. */
function columnsHelp(tables: Start["tables"]): HTMLElement {
  return h(
    "details",
    { class: "behind" },
    h("summary", {}, "Tables and columns"),
    ...tables.map(({ name, meaning, columns }) =>
      h(
        "details",
        { class: "columns" },
        h("summary", {}, h("code", {}, name), ` ${meaning}`),
        table(
          name,
          [
            { title: "Column", cell: (row) => h("code", {}, row.name), isHead: true },
            { title: "Unit", cell: ({ unit }) => unit, from: "half" },
            { title: "Meaning", cell: (row) => row.meaning },
          ],
          columns,
        ),
      ),
    ),
  );
}
