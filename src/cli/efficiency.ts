import type { Command } from "commander";
import { z } from "zod";
import type { Cli } from "./io.ts";
import { checkOptions, LARGEST } from "./options.ts";
import { DEFAULT_LARGEST, questionCommand, runQuestion } from "./question.ts";

const OPTIONS = z.object({ largest: LARGEST });

/** `rdbscope efficiency FILE` */
export function efficiencyCommand(cli: Cli): Command {
  return questionCommand("efficiency", "how much of the memory is the data itself, by type and by pattern")
    .option("-l, --largest <n>", "show this many patterns", String(DEFAULT_LARGEST))
    .action((file: string, _, command: Command) =>
      runQuestion(cli, command, file, "efficiency", checkOptions(OPTIONS, command)),
    );
}
