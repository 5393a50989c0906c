import { UsageError } from "../../errors.ts";
import { DOCUMENTED } from "../../inventory/documentation/index.ts";
import { nearName } from "../../near-names.ts";
import { someOf } from "../../queries/words.ts";
import { parseBytes } from "../../ranges.ts";

const TABLES = DOCUMENTED.map(({ name }) => name);
const COLUMNS = [...new Set(DOCUMENTED.flatMap(({ columns }) => columns.map(({ name }) => name)))];

const PARAMETERS = "a parameter of a dataset is $name, neither :name nor @name";
const BYTES_OF_TEXT =
  "names of keys are bytes in datasets: key = encode($name), or encode('…'), compares with a text";
const NAMES_AS_TEXT = "names of keys are bytes in datasets: key_text of fleet_keys has them as text";

/** What SQLite or DuckDB says of a statement, and what to do about it. A row a message. */
const HINTS: readonly (readonly [message: RegExp, hint: (found: string) => string])[] = [
  [/^SQL: no such table: (?:\w+\.)?(\w+)$/, (name) => nearest(name, TABLES)],
  [/^SQL: no such column: (?:\w+\.)?(\w+)/, (name) => tablesWith(name) ?? nearest(name, COLUMNS)],
  [/^SQL: unrecognized token: "(\d[\w.]*?)b?"?$/i, plainBytes],
  [/^SQL: syntax error at or near "(:)"/, () => PARAMETERS],
  [/^SQL: Scalar Function with name \S*(@) does not exist/, () => PARAMETERS],
  [/^SQL: No function matches .* '[^']+\((?:[^')]+, )?(BLOB)[,)]/, () => NAMES_AS_TEXT],
  [/^SQL: Failure in (decode):/, () => NAMES_AS_TEXT],
  [/^SQL: Invalid .* string -> (blob) conversion/i, () => BYTES_OF_TEXT],
];

/** The same error with a hint, where one is known; any other as it is. */
export function withSqlHint(error: unknown): unknown {
  if (!(error instanceof UsageError)) return error;
  for (const [pattern, hint] of HINTS) {
    const found = pattern.exec(error.message)?.[1];
    const text = found === undefined ? "" : hint(found);
    if (text !== "") return new UsageError(`${error.message.replace(/[.\s]+$/, "")}: ${text}`);
  }
  return error;
}

/** Relations that a hint names. */
const SHOWN = 4;

/** A column that is one, but of other relations; undefined: it is none of any. */
function tablesWith(name: string): string | undefined {
  const found = DOCUMENTED.filter(({ columns }) => columns.some((column) => column.name === name));
  if (found.length === 0) return undefined;
  const names = found.map((relation) => relation.name);
  return `it is a column of ${someOf(names, SHOWN)}`;
}

/** A name like one that is not there: never the same, which may be there in another database. */
function nearest(name: string, known: readonly string[]): string {
  const near = nearName(
    name,
    known.filter((one) => one !== name.toLowerCase()),
  );
  return `${near === undefined ? "" : `is it ${near}? `}rdbscope schema names all`;
}

function plainBytes(text: string): string {
  const bytes = parseBytes(text);
  return bytes === undefined ? "" : `sizes in SQL are plain bytes, as ${bytes}`;
}
