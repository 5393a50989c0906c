import type { Command } from "commander";
import * as z from "zod";
import type { Cli } from "./io.ts";
import { byOne, checkOptions } from "./options.ts";
import { questionCommand, runQuestion } from "./question.ts";

const OPTIONS = z.object({ by: byOne("type") });

/** `rdbscope sizes FILE` */
export function sizesCommand(cli: Cli): Command {
  return questionCommand("sizes", "a histogram of keys and memory by size class")
    .option("--by <what>", "type: a histogram for each")
    .action((file: string, _, command: Command) => {
      const { by } = checkOptions(OPTIONS, command);
      return runQuestion(cli, command, file, "sizes", { byType: by !== undefined });
    });
}
