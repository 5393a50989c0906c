import type { Command } from "commander";
import type { Cli } from "./io.ts";
import { questionCommand, runQuestion } from "./question.ts";

/** `rdbscope encodings FILE` */
export function encodingsCommand(cli: Cli): Command {
  return questionCommand("encodings", "how keys and memory spread over encodings").action(
    (file: string, _, command: Command) => runQuestion(cli, command, file, "encodings"),
  );
}
