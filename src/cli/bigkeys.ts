import type { Command } from "commander";
import * as z from "zod";
import type { Cli } from "./io.ts";
import { addLimitOption, byOne, checkOptions, LIMIT } from "./options.ts";
import { addFleetOption, questionCommand, runQuestion } from "./question.ts";

const OPTIONS = z.object({ limit: LIMIT, by: byOne("type") });

/** `rdbscope bigkeys FILE` */
export function bigkeysCommand(cli: Cli): Command {
  const command = questionCommand("bigkeys", "the biggest keys, by memory and by elements");
  return addLimitOption(addFleetOption(command), "show this many of each", 10)
    .option("--by <what>", "type: lists for each")
    .action((file: string) => {
      const { limit, by } = checkOptions(OPTIONS, command);
      return runQuestion(cli, command, file, "bigkeys", { largest: limit, byType: by !== undefined });
    });
}
