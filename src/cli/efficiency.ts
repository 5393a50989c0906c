import type { Command } from "commander";
import * as z from "zod";
import type { Cli } from "./io.ts";
import { addLimitOption, checkOptions, LIMIT } from "./options.ts";
import { DEFAULT_LARGEST, questionCommand, runQuestion } from "./question.ts";

const OPTIONS = z.object({ limit: LIMIT });

/** `rdbscope efficiency FILE` */
export function efficiencyCommand(cli: Cli): Command {
  const command = questionCommand(
    "efficiency",
    "how much of the memory is the data itself, by type and by pattern",
  );
  return addLimitOption(command, "show this many patterns", DEFAULT_LARGEST).action((file: string) => {
    const { limit } = checkOptions(OPTIONS, command);
    return runQuestion(cli, command, file, "efficiency", { largest: limit });
  });
}
