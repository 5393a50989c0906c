import type { Command } from "commander";
import * as z from "zod";
import type { Cli } from "./io.ts";
import { addLimitOption, checkOptions, LIMIT, NODES } from "./options.ts";
import { addFleetOption, questionCommand, runQuestion } from "./question.ts";

const OPTIONS = z.object({ limit: LIMIT, nodes: NODES, tags: z.boolean().optional() });

/** `rdbscope slots FILE` */
export function slotsCommand(cli: Cli): Command {
  const command = questionCommand("slots", "how evenly keys and memory lie over a cluster's hash slots");
  return addLimitOption(addFleetOption(command), "show this many slots", 10)
    .option("--nodes <n>", "what each of this many nodes with even slot ranges would hold")
    .option("--tags", "the biggest hash tag of each slot, however many key rows have to be looked at")
    .action((file: string) => {
      const { limit, ...asked } = checkOptions(OPTIONS, command);
      return runQuestion(cli, command, file, "slots", { ...asked, largest: limit });
    });
}
