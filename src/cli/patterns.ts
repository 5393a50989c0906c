import type { Command } from "commander";
import * as z from "zod";
import { UsageError } from "../errors.ts";
import { PATTERN_ORDERS } from "../queries/patterns.ts";
import type { Cli } from "./io.ts";
import { addLimitOption, checkOptions, LIMIT, oneOf, TREE_DEPTH } from "./options.ts";
import { addFleetOption, DEFAULT_LARGEST, questionCommand, runQuestion } from "./question.ts";

const DEFAULT_DEPTH = 3;
const OPTIONS = z.object({
  limit: LIMIT,
  sort: oneOf(PATTERN_ORDERS).optional(),
  tree: z.boolean().optional(),
  depth: TREE_DEPTH.optional(),
});

/** `rdbscope patterns FILE` */
export function patternsCommand(cli: Cli): Command {
  const command = questionCommand("patterns", "which key-name templates there are, and what each holds");
  return addLimitOption(
    addFleetOption(command),
    "show this many; of a tree, below each branch",
    DEFAULT_LARGEST,
  )
    .option("--sort <figure>", `${PATTERN_ORDERS.join(", ")} (default: bytes)`)
    .option("--tree", "patterns as a tree of their segments")
    .option("--depth <n>", `levels of the tree (default: ${DEFAULT_DEPTH})`)
    .action((file: string) => {
      const { limit: largest, sort, tree, depth } = checkOptions(OPTIONS, command);
      if (tree === undefined && depth !== undefined) throw new UsageError("--depth needs --tree");
      if (tree !== undefined && sort !== undefined)
        throw new UsageError("--sort is for the list: a tree is ordered by memory");
      if (tree)
        return runQuestion(cli, command, file, "patternTree", { largest, depth: depth ?? DEFAULT_DEPTH });
      return runQuestion(cli, command, file, "patterns", { largest, order: sort ?? "bytes" });
    });
}
