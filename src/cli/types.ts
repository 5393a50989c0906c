import type { Command } from "commander";
import type { Cli } from "./io.ts";
import { addFleetOption, questionCommand, runQuestion } from "./question.ts";

/** `rdbscope types FILE` */
export function typesCommand(cli: Cli): Command {
  return addFleetOption(questionCommand("types", "how keys and memory spread over types")).action(
    (file: string, _, command: Command) => runQuestion(cli, command, file, "types"),
  );
}
