import type { Command } from "commander";
import { memkeys } from "../queries/memkeys.ts";
import { notesOf } from "../queries/notes.ts";
import { renderMemkeys } from "../reports/memkeys.ts";
import { type Cli, layoutOf, writeLines } from "./io.ts";
import { checkOptions, QUESTION_OPTIONS } from "./options.ts";
import { forEachScope, questionCommand, runQuestion } from "./question.ts";

/** `rdbscope memkeys FILE` */
export function memkeysCommand(cli: Cli): Command {
  return questionCommand(
    "memkeys",
    "the biggest key and the averages of each type, as redis-cli --memkeys --memkeys-samples 0 tells them",
  ).action(async (file: string, _, command: Command) => {
    const options = checkOptions(QUESTION_OPTIONS, command);
    if (options.format !== "table") return runQuestion(cli, command, file, "memkeys");
    await forEachScope(cli, file, options, false, (scopes) => {
      const layout = layoutOf(cli, options);
      const lines = scopes.flatMap((scope, i) => [
        ...(i > 0 ? [""] : []),
        ...renderMemkeys(
          memkeys(scope),
          notesOf(scope),
          scopes.length > 1 ? scope.snapshot.path : undefined,
          layout,
        ),
      ]);
      return writeLines(cli, lines);
    });
  });
}
