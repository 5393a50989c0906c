import type { Command } from "commander";
import * as z from "zod";
import type { Cli } from "./io.ts";
import { checkOptions } from "./options.ts";
import { questionCommand, runQuestion } from "./question.ts";

const OPTIONS = z.object({ exact: z.boolean().optional() });

/** `rdbscope pareto FILE` */
export function paretoCommand(cli: Cli): Command {
  return questionCommand("pareto", "how few keys hold 50, 80, 90 and 99 % of the memory")
    .option("--exact", "count from key rows, however many there are, not from size sketches")
    .action((file: string, _, command: Command) =>
      runQuestion(cli, command, file, "pareto", checkOptions(OPTIONS, command)),
    );
}
