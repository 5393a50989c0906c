import { keyText } from "../../doctor/key-text.ts";
import { UsageError } from "../../errors.ts";
import type { Row, Value } from "../../queries/answer.ts";
import { mentionsKeys } from "../../queries/query.ts";
import { counted } from "../../queries/words.ts";
import { words } from "../../yaml/fields.ts";
import { type Context, ruleKind, violation } from "../rule.ts";

/** Columns of a row that are told. */
const TOLD = 8;

/** Values that a statement may ask for, as `:name`. */
const PARAMS: Readonly<Record<string, (context: Context) => number>> = {
  snapshot: ({ scope }) => scope.snapshot.snapshot,
  created_at: ({ scope }) => scope.snapshot.created_at,
  now: ({ now }) => now,
};

/** SQL that must return no rows. */
export const sql = ruleKind({
  id: "sql",
  looksFor: "rows of a SELECT that must return none",
  fields: {
    query: words(
      "One SELECT of the inventory: each row that it returns is a violation. May mention :snapshot, :created_at and :now (ms since the epoch).",
    ),
  },
  needs: ({ query }) => (mentionsKeys(query) ? ["rows"] : []),
  async check(context, { query }, found) {
    const names = Object.keys(PARAMS).filter((name) => new RegExp(`[:@$]${name}\\b`).test(query));
    if (context.snapshots > 1 && !names.includes("snapshot")) {
      throw new UsageError(
        `sql: ${context.scope.inventory.path} holds ${context.snapshots} snapshots, each of which is checked: say WHERE snapshot = :snapshot`,
      );
    }
    const params = Object.fromEntries(names.map((name) => [name, PARAMS[name]!(context)]));
    let rows = 0;
    await context.askSql(query, params, (row) => {
      rows++;
      found(
        violation({
          about: "row",
          name: nameOf(row),
          what: "a row that must not be",
          field: "query",
          detail: told(row),
        }),
      );
    });
    return { measured: counted(rows, "row") };
  },
});

/** What a row is about: its key, else its pattern, else what stands first in it. */
function nameOf(row: Row): string | Buffer | null {
  const value = row.key ?? row.pattern ?? Object.values(row)[0] ?? null;
  return typeof value === "string" || Buffer.isBuffer(value) || value === null ? value : String(value);
}

function told(row: Row): string {
  const pairs = Object.entries(row).filter(([name]) => name !== "key" && name !== "pattern");
  const shown = pairs.slice(0, TOLD).map(([name, value]) => `${name}=${valueText(value)}`);
  return [...shown, ...(pairs.length > TOLD ? ["…"] : [])].join(" ");
}

function valueText(value: Value): string {
  return typeof value === "string" || Buffer.isBuffer(value) ? keyText(value) : String(value ?? "NULL");
}
