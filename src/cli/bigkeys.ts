import type { Command } from "commander";
import { z } from "zod";
import type { Cli } from "./io.ts";
import { checkOptions, LARGEST } from "./options.ts";
import { questionCommand, runQuestion } from "./question.ts";

const OPTIONS = z.object({ largest: LARGEST });

/** `rdbscope bigkeys FILE` */
export function bigkeysCommand(cli: Cli): Command {
  return questionCommand("bigkeys", "the biggest keys, by memory and by elements")
    .option("-l, --largest <n>", "show this many of each", "10")
    .action((file: string, _, command: Command) =>
      runQuestion(cli, command, file, "bigkeys", checkOptions(OPTIONS, command)),
    );
}
