import type { Command } from "commander";
import type { Cli } from "./io.ts";
import { questionCommand, runQuestion } from "./question.ts";

/** `rdbscope ttl FILE` */
export function ttlCommand(cli: Cli): Command {
  return questionCommand("ttl", "when keys expire, and what never does").action(
    (file: string, _, command: Command) => runQuestion(cli, command, file, "ttl"),
  );
}
