import { DOCUMENTED } from "../../inventory/documentation/index.ts";
import { NAMED_QUESTIONS } from "../../queries/named/index.ts";
import { FORMATS } from "../../reports/index.ts";

const KEYWORDS =
  "SELECT WITH VALUES EXPLAIN FROM WHERE GROUP ORDER BY HAVING LIMIT OFFSET JOIN LEFT USING ON AS AND OR NOT IN IS NULL LIKE GLOB BETWEEN CASE WHEN THEN ELSE END DISTINCT UNION ALL EXCEPT INTERSECT ASC DESC OVER PARTITION EXISTS CAST RECURSIVE MATERIALIZED count sum avg min max total round length hex substr instr coalesce iif typeof datetime strftime group_concat".split(
    " ",
  );
const RELATIONS = DOCUMENTED.map(({ name }) => name);
const COLUMNS = [...new Set(DOCUMENTED.flatMap(({ columns }) => columns.map(({ name }) => name)))];
const QUESTIONS = Object.keys(NAMED_QUESTIONS);

/** What may follow a command of the prompt. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  ".schema": RELATIONS,
  ".questions": QUESTIONS,
  ".format": Object.keys(FORMATS),
};

/** What a line up to the cursor may go on with, and the beginning of it that is there already. */
export type Completion = [candidates: string[], begun: string];

/** Completes a line of the prompt; `commands` are its own, `isFirst` tells that no statement was begun before it. */
export function complete(line: string, isFirst: boolean, commands: readonly string[]): Completion {
  if (isFirst && line.startsWith(".")) return completeCommand(line, commands);
  if (isFirst && /^\s*[\w-]*$/.test(line)) return matching([...QUESTIONS, ...KEYWORDS], line.trimStart());
  const question = isFirst ? /^([\w-]+)\s/.exec(line)?.[1] : undefined;
  if (question !== undefined && Object.hasOwn(NAMED_QUESTIONS, question))
    return completeParam(question, line);
  const begun = /\w*$/.exec(line)![0];
  const before = line.slice(0, line.length - begun.length);
  if (/\b(?:from|join)\s+$/i.test(before)) return matching(RELATIONS, begun);
  if (/\w\.$/.test(before)) return matching(COLUMNS, begun);
  return begun === "" ? [[], ""] : matching([...COLUMNS, ...RELATIONS, ...KEYWORDS], begun);
}

function completeCommand(line: string, commands: readonly string[]): Completion {
  const [, command, begun] = /^(\S+)\s+(\S*)$/.exec(line) ?? [];
  return command === undefined ? matching(commands, line) : matching(ARGUMENTS[command] ?? [], begun!);
}

function completeParam(question: string, line: string): Completion {
  const params = Object.keys(NAMED_QUESTIONS[question]!.params ?? {}).map((name) => `${name}=`);
  return matching(params, /\S*$/.exec(line)![0]);
}

/** Candidates that begin so; in small letters where what is there is. */
function matching(candidates: readonly string[], begun: string): Completion {
  const isSmall = begun === begun.toLowerCase();
  const wanted = begun.toLowerCase();
  const found = candidates.filter((one) => one.toLowerCase().startsWith(wanted));
  return [[...new Set(found.map((one) => (isSmall && begun !== "" ? one.toLowerCase() : one)))], begun];
}
