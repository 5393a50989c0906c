import { UsageError } from "../../errors.ts";
import { DOCUMENTED } from "../../inventory/documentation/index.ts";
import { NAMED_QUESTIONS, namedQuestion } from "../../queries/named/index.ts";
import { FORMATS, type FormatName, type Layout } from "../../reports/index.ts";
import { renderQuestion, renderQuestions } from "../../reports/questions.ts";
import { aligned, renderSchema } from "../../reports/schema.ts";
import { wrapped } from "../../reports/text.ts";
import { documentedRelation } from "../schema.ts";

/** What a command of the prompt sees and sets. */
export interface PromptState {
  format: FormatName;
  hasQuit: boolean;
}

/** A command of the prompt: what it does, and the lines that it prints. */
interface DotCommand {
  readonly takes?: string;
  readonly meaning: string;
  readonly run: (state: PromptState, argument: string | undefined, layout: Layout) => Iterable<string>;
}

const quit: DotCommand["run"] = (state) => {
  state.hasQuit = true;
  return [];
};

/** Every command of the prompt. */
export const DOT_COMMANDS: Readonly<Record<string, DotCommand>> = {
  ".tables": {
    meaning: "what can be asked: views, tables, and what they are made of",
    run: (_state, _argument, { width }) => {
      const heads = aligned(DOCUMENTED.map(({ name, kind }) => [name, kind]));
      return DOCUMENTED.flatMap(({ meaning }, i) => wrapped(`${heads[i]}  ${meaning}`, width));
    },
  },
  ".schema": {
    takes: "[NAME]",
    meaning: "the columns of a table or view, or of all, and what they mean",
    run: (_state, name, layout) =>
      renderSchema(name === undefined ? DOCUMENTED : [documentedRelation(name)], layout),
  },
  ".questions": {
    takes: "[NAME]",
    meaning: "the questions that have names; one with its SQL",
    run: (_state, name, layout) =>
      name === undefined
        ? renderQuestions(NAMED_QUESTIONS, layout)
        : renderQuestion(name, namedQuestion(name), layout),
  },
  ".format": {
    takes: "[NAME]",
    meaning: `how answers are written: ${Object.keys(FORMATS).join(", ")}`,
    run: (state, name) => {
      if (name === undefined) return [state.format];
      if (!Object.hasOwn(FORMATS, name))
        throw new UsageError(`${name} is not one of ${Object.keys(FORMATS).join(", ")}`);
      state.format = name as FormatName;
      return [];
    },
  },
  ".help": {
    meaning: "these lines",
    run: () => {
      const rows = Object.entries(DOT_COMMANDS).map(([name, { takes = "", meaning }]) => [
        `${name} ${takes}`.trim(),
        meaning,
      ]);
      const others = [
        ["SELECT …;", "SQL, in as many lines as you like, up to the semicolon"],
        ["top-patterns limit=5", "a question that has a name, with its parameters"],
        ["Tab, Ctrl-C, Ctrl-D", "completes; cancels the statement or the line; ends"],
      ];
      return aligned([...others, ...rows]).map((line) => line.trimEnd());
    },
  },
  ".quit": { meaning: "ends, as Ctrl-D does", run: quit },
  ".exit": { meaning: "the same", run: quit },
};

/** Does what a line that begins with a dot says. @throws {UsageError} when there is no such command */
export function runDotCommand(line: string, state: PromptState, layout: Layout): Iterable<string> {
  const [name, argument] = line.replace(/;?\s*$/, "").split(/\s+/, 2) as [string, string?];
  if (!Object.hasOwn(DOT_COMMANDS, name)) throw new UsageError(`there is no ${name}: .help names all`);
  return DOT_COMMANDS[name]!.run(state, argument, layout);
}
