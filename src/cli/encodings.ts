import type { Command } from "commander";
import type { Cli } from "./io.ts";
import { addFleetOption, questionCommand, runQuestion } from "./question.ts";

/** `rdbscope encodings FILE` */
export function encodingsCommand(cli: Cli): Command {
  return addFleetOption(questionCommand("encodings", "how keys and memory spread over encodings")).action(
    (file: string, _, command: Command) => runQuestion(cli, command, file, "encodings"),
  );
}
