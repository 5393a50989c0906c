import { UsageError } from "../errors.ts";
import type { SqlParams, SqlValue } from "../inventory/open.ts";
import { isText } from "../inventory/utf8.ts";
import { nearName } from "../near-names.ts";
import { DATASET_QUESTIONS, withLimit } from "../queries/named/fleet.ts";
import { isPerSnapshot, looksNamed, namedQuestion } from "../queries/named/index.ts";
import type { Param, ParamType } from "../queries/named/question.ts";
import { parseBytes, parseDuration } from "../ranges.ts";
import { type Statement, toParamRecords } from "./query-process/protocol.ts";
import { keyBytes } from "./split-args.ts";
import { parseTypeName, TYPE_NAMES } from "./type-names.ts";

/**
 * What was typed in the place of SQL, with `name=value` for each parameter, as a statement; `known` are the questions that may be
 * asked by name.
 */
export function statementOf(text: string, params: readonly string[], known?: readonly string[]): Statement {
  const typed = text.trim().replace(/^([\w-]+)\s*;$/, "$1");
  const given = splitParams(params);
  if (looksNamed(typed)) {
    const statement = namedStatement(typed, given);
    if (known?.includes(typed) === false) throw unknownToDatasets(typed);
    return statement;
  }
  return { sql: text, params: toParamRecords(mapped(given, (value) => readLiteral(value))) };
}

/** @throws {UsageError} when there is no such question, or a parameter is not one of its own */
function namedStatement(name: string, given: ReadonlyMap<string, string>): Statement {
  const question = namedQuestion(name);
  const known: Readonly<Record<string, Param>> = {
    ...question.params,
    ...(isPerSnapshot(question) ? { snapshot: SNAPSHOT } : {}),
  };
  for (const param of given.keys()) {
    if (Object.hasOwn(known, param)) continue;
    const names = Object.keys(known);
    const near = nearName(param, names);
    const hint =
      near !== undefined ? `is it ${near}?` : names.length > 0 ? `it has ${names.join(", ")}` : "it has none";
    throw new UsageError(`${name} has no parameter ${param}: ${hint}`);
  }
  const params: Record<string, SqlValue> = {};
  for (const [param, one] of Object.entries(known)) {
    const text = given.get(param) ?? one.default;
    if (text !== undefined) params[param] = text === null ? null : readParam(param, one.type, text);
    else if (one !== SNAPSHOT) throw new UsageError(`${name} needs --param ${param}=VALUE: ${one.meaning}`);
  }
  if (!DATASET_QUESTIONS.includes(name))
    return { sql: question.sql, params: toParamRecords(params), question: name };
  const { limit, ...others } = params;
  const sql = limit === undefined ? question.sql : withLimit(question.sql, Number(limit));
  return { sql, params: toParamRecords(others), question: name };
}

/** What is wrong with a question that a dataset is asked and only inventories can answer. */
export function unknownToDatasets(name: string): UsageError {
  return new UsageError(
    `${name} is a question for inventories; of a dataset: ${DATASET_QUESTIONS.join(", ")}`,
  );
}

/** Without it, a question is asked of each snapshot. */
const SNAPSHOT: Param = { type: "number", meaning: "only this snapshot of an inventory of several" };

/** How the value of a parameter is read, and what it is if that fails. A row a type. */
const PARAM_TYPES = {
  number: [(text) => (/^\d{1,15}$/.test(text) ? Number(text) : undefined), "a whole number"],
  bytes: [parseBytes, "a size such as 500, 10K or 1M"],
  duration: [parseDuration, "a time such as 90s, 24h or 30d"],
  text: [(text) => text, "a text"],
  key: [keyValue, "the name of a key"],
  type: [parseTypeName, `one of ${TYPE_NAMES}`],
} as const satisfies Record<ParamType, readonly [(text: string) => SqlValue | undefined, string]>;

function readParam(param: string, type: ParamType, text: string): SqlValue {
  const [parse, expected] = PARAM_TYPES[type];
  const value = parse(text);
  if (value === undefined) throw new UsageError(`--param ${param}: "${text}" is not ${expected}`);
  return value;
}

/** As the inventory has names: TEXT if they are, else bytes. */
function keyValue(text: string): SqlValue {
  const bytes = keyBytes(text);
  return isText(bytes, bytes.length) ? bytes.toString("utf8") : bytes;
}

function splitParams(params: readonly string[]): Map<string, string> {
  const given = new Map<string, string>();
  for (const text of params) {
    const match = /^[:@$]?([A-Za-z_]\w*)=(.*)$/s.exec(text);
    if (match === null) throw new UsageError(`--param: "${text}" is not name=value`);
    const [, name, value] = match as unknown as [string, string, string];
    if (given.has(name)) throw new UsageError(`--param ${name} was given twice`);
    given.set(name, value);
  }
  return given;
}

const MAX_INTEGER = 2n ** 63n;

/** A value as SQL writes it: 10, 1.5, NULL, 'text' and x'00ff'; anything else is the text that it is. */
export function readLiteral(text: string): SqlValue {
  if (/^-?(?:0|[1-9]\d{0,18})$/.test(text)) {
    const integer = BigInt(text);
    if (integer < MAX_INTEGER && integer >= -MAX_INTEGER) return integer;
  }
  if (/^-?\d+\.\d+(?:e[+-]?\d+)?$/i.test(text)) return Number(text);
  if (/^null$/i.test(text)) return null;
  if (/^'(?:[^']|'')*'$/.test(text)) return text.slice(1, -1).replaceAll("''", "'");
  if (/^x'(?:[\da-f]{2})*'$/i.test(text)) return Buffer.from(text.slice(2, -1), "hex");
  return text;
}

function mapped(given: ReadonlyMap<string, string>, read: (text: string) => SqlValue): SqlParams {
  return Object.fromEntries([...given].map(([name, value]) => [name, read(value)]));
}
