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
