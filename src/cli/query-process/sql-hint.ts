import { UsageError } from "../../errors.ts";
import { DOCUMENTED } from "../../inventory/documentation/index.ts";
import { nearName } from "../../near-names.ts";
import { parseBytes } from "../../ranges.ts";

const TABLES = DOCUMENTED.map(({ name }) => name);
const COLUMNS = [...new Set(DOCUMENTED.flatMap(({ columns }) => columns.map(({ name }) => name)))];

/** What SQLite says of a statement, and what to do about it. A row a message. */
const HINTS: readonly (readonly [message: RegExp, hint: (found: string) => string])[] = [
  [/^SQL: no such table: (?:\w+\.)?(\w+)$/, (name) => nearest(name, TABLES)],
  [/^SQL: no such column: (?:\w+\.)?(\w+)/, (name) => nearest(name, COLUMNS)],
  [/^SQL: unrecognized token: "(\d[\w.]*?)b?"?$/i, plainBytes],
];

/** The same error with a hint, where one is known; any other as it is. */
export function withSqlHint(error: unknown): unknown {
  if (!(error instanceof UsageError)) return error;
  for (const [pattern, hint] of HINTS) {
    const found = pattern.exec(error.message)?.[1];
    const text = found === undefined ? "" : hint(found);
    if (text !== "") return new UsageError(`${error.message}: ${text}`);
  }
  return error;
}

function nearest(name: string, known: readonly string[]): string {
  const near = nearName(name, known);
  return `${near === undefined ? "" : `is it ${near}? `}rdbscope schema names all`;
}

function plainBytes(text: string): string {
  const bytes = parseBytes(text);
  return bytes === undefined ? "" : `sizes in SQL are plain bytes, as ${bytes}`;
}
