import { column, type Section } from "../queries/answer.ts";
import type { NamedQuestion } from "../queries/named/question.ts";
import type { Layout } from "./index.ts";
import { aligned } from "./schema.ts";
import { displayWidth, wrapped } from "./text.ts";

type Questions = Readonly<Record<string, NamedQuestion>>;

const GAP = "  ";

/** Named questions, a line each where it is wide enough: name, what it answers, parameters with their defaults. */
export function* renderQuestions(questions: Questions, { style, width }: Layout): Iterable<string> {
  const names = aligned(Object.keys(questions).map((name) => [name]));
  for (const [i, question] of Object.values(questions).entries()) {
    const start = displayWidth(names[i]!) + GAP.length;
    const params = paramsText(question);
    const [first, ...others] = wrapped(question.title + (params === "" ? "" : ` (${params})`), width - start);
    yield `${style.heading(names[i]!)}${GAP}${first}`;
    yield* others.map((line) => " ".repeat(start) + line.trimStart());
  }
}

/** One question with its parameters and its SQL. */
export function* renderQuestion(
  name: string,
  question: NamedQuestion,
  { style, width }: Layout,
): Iterable<string> {
  yield* wrapped(`${name}: ${question.title}`, width).map(style.heading);
  for (const [param, { default: value, meaning }] of Object.entries(question.params ?? {})) {
    const unless =
      value === undefined ? "has to be given" : value === null ? "default: all" : `default: ${value}`;
    yield* wrapped(`${GAP}${param}: ${meaning} (${unless})`, width);
  }
  yield "";
  yield `${question.sql};`;
}

/** The same for other formats, which carry the SQL too. */
export function questionsSection(questions: Questions): Section {
  return {
    name: "questions",
    title: "Questions",
    columns: [
      column("question", "Question", "text"),
      column("answers", "Answers", "text"),
      column("parameters", "Parameters", "text"),
      column("sql", "SQL", "text", { machineOnly: true }),
    ],
    rows: Object.entries(questions).map(([name, question]) => ({
      question: name,
      answers: question.title,
      parameters: paramsText(question),
      sql: question.sql,
    })),
  };
}

/** "limit=20 db": one without a value holds for all where it is not given, or, with a mark, has to be. */
function paramsText({ params = {} }: NamedQuestion): string {
  return Object.entries(params)
    .map(([name, { default: value }]) =>
      value === undefined ? `${name}=…` : value === null ? name : `${name}=${value}`,
    )
    .join(" ");
}
