import type { Command } from "commander";
import * as z from "zod";
import type { Cli } from "./io.ts";
import { addLimitOption, byOne, checkOptions, LIMIT, NOW } from "./options.ts";
import { DEFAULT_LARGEST, questionCommand, runQuestion } from "./question.ts";

const OPTIONS = z.object({ limit: LIMIT, now: NOW, by: byOne("pattern") });

/** `rdbscope ttl FILE` */
export function ttlCommand(cli: Cli): Command {
  const command = questionCommand("ttl", "when keys expire, and what never does")
    .option(
      "--now <time>",
      "count from this time, such as now or 2026-11-21T15:00Z (default: the snapshot's own)",
    )
    .option("--by <what>", "pattern: a line for each");
  return addLimitOption(command, "show this many patterns", DEFAULT_LARGEST).action((file: string) => {
    const { by, limit, ...asked } = checkOptions(OPTIONS, command);
    return runQuestion(cli, command, file, "ttl", { ...asked, largest: limit, byPattern: by !== undefined });
  });
}
