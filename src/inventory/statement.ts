import type Database from "better-sqlite3";
import { UsageError } from "../errors.ts";

/** What SQLite passes over before the first word: white space and comments. */
const BLANK = String.raw`(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*`;
const WORD = "([a-z]+)";
const FIRST_WORDS = new RegExp(`^${BLANK}${WORD}?${BLANK}${WORD}?${BLANK}${WORD}?${BLANK}${WORD}?`, "i");

/** First words of statements that read. */
const READING = new Set(["SELECT", "WITH", "VALUES"]);

const ACCEPTED =
  "only statements that return rows can be asked: one SELECT, WITH … SELECT or VALUES, or EXPLAIN before it";

/** The refusal of what does not read, or does more. */
export function notReading(): UsageError {
  return new UsageError(ACCEPTED);
}

/**
 * Checks how a statement begins, before SQLite sees it: some pragmas take effect as soon as they are prepared, even
 * behind EXPLAIN (sqlite.org/pragma.html). Whether a WITH writes, only the prepared statement tells.
 * @throws {UsageError} when it is none that reads.
 */
export function checkReading(sql: string): void {
  const words = (FIRST_WORDS.exec(sql) ?? []).slice(1).map((word = "") => word.toUpperCase());
  const explained = words[1] === "QUERY" && words[2] === "PLAN" ? 3 : 1;
  const verb = words[words[0] === "EXPLAIN" ? explained : 0]!;
  if (!READING.has(verb)) throw notReading();
}

/**
 * Gives a typed statement the values of its parameters, `:name` in its text: bound, so that a value is never SQL.
 * @throws {UsageError} when one of them has no value, or a value no parameter
 */
export function bindTyped(
  statement: Database.Statement,
  params: Readonly<Record<string, string | number | bigint | Buffer | null>>,
): void {
  const unused = new Set(Object.keys(params));
  const watched = Object.create(null);
  for (const [name, value] of Object.entries(params)) {
    const get = () => {
      unused.delete(name);
      return value;
    };
    Object.defineProperty(watched, name, { enumerable: true, get });
  }
  try {
    statement.bind(watched);
  } catch (error) {
    throw bindingError(error);
  }
  const [wrong] = unused;
  if (wrong !== undefined) throw new UsageError(`there is no :${wrong} in the statement`);
}

function bindingError(error: unknown): unknown {
  if (!(error instanceof RangeError || error instanceof TypeError)) return error;
  const missing = /^Missing named parameter "([A-Za-z_].*)"$/s.exec(error.message)?.[1];
  if (missing !== undefined)
    return new UsageError(`:${missing} has no value: give one with --param ${missing}=VALUE`);
  return new UsageError("parameters have names: write :name, and give it a value with --param name=VALUE");
}
