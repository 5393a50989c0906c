import type { Command } from "commander";
import * as z from "zod";
import type { Cli } from "./io.ts";
import { addLimitOption, checkOptions, LIMIT } from "./options.ts";
import { questionCommand, runQuestion } from "./question.ts";

const OPTIONS = z.object({ limit: LIMIT });

/** `rdbscope hotkeys FILE` */
export function hotkeysCommand(cli: Cli): Command {
  const command = questionCommand("hotkeys", "the most and least used keys, by LFU counter or idle time");
  return addLimitOption(command, "show this many of each", 10).action((file: string) => {
    const { limit } = checkOptions(OPTIONS, command);
    return runQuestion(cli, command, file, "hotkeys", { largest: limit });
  });
}
