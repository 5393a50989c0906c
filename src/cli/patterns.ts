import type { Command } from "commander";
import { z } from "zod";
import { PATTERN_ORDERS } from "../queries/patterns.ts";
import type { Cli } from "./io.ts";
import { checkOptions, LARGEST, oneOf } from "./options.ts";
import { DEFAULT_LARGEST, questionCommand, runQuestion } from "./question.ts";

const OPTIONS = z.object({ largest: LARGEST, sort: oneOf(PATTERN_ORDERS) });

/** `rdbscope patterns FILE` */
export function patternsCommand(cli: Cli): Command {
  return questionCommand("patterns", "which key-name templates there are, and what each holds")
    .option("-l, --largest <n>", "show this many", String(DEFAULT_LARGEST))
    .option("--sort <figure>", PATTERN_ORDERS.join(", "), "bytes")
    .action((file: string, _, command: Command) => {
      const { largest, sort } = checkOptions(OPTIONS, command);
      return runQuestion(cli, command, file, "patterns", { largest, order: sort });
    });
}
