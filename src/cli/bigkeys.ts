import type { Command } from "commander";
import { z } from "zod";
import type { Cli } from "./io.ts";
import { byOne, checkOptions, LARGEST } from "./options.ts";
import { questionCommand, runQuestion } from "./question.ts";

const OPTIONS = z.object({ largest: LARGEST, by: byOne("type") });

/** `rdbscope bigkeys FILE` */
export function bigkeysCommand(cli: Cli): Command {
  return questionCommand("bigkeys", "the biggest keys, by memory and by elements")
    .option("-l, --largest <n>", "show this many of each", "10")
    .option("--by <what>", "type: lists for each")
    .action((file: string, _, command: Command) => {
      const { largest, by } = checkOptions(OPTIONS, command);
      return runQuestion(cli, command, file, "bigkeys", { largest, byType: by !== undefined });
    });
}
