import type { Command } from "commander";
import { z } from "zod";
import type { Cli } from "./io.ts";
import { checkOptions, LARGEST } from "./options.ts";
import { questionCommand, runQuestion } from "./question.ts";

const OPTIONS = z.object({ largest: LARGEST });

/** `rdbscope hotkeys FILE` */
export function hotkeysCommand(cli: Cli): Command {
  return questionCommand("hotkeys", "the most and least used keys, by LFU counter or idle time")
    .option("-l, --largest <n>", "show this many of each", "10")
    .action((file: string, _, command: Command) =>
      runQuestion(cli, command, file, "hotkeys", checkOptions(OPTIONS, command)),
    );
}
