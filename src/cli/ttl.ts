import type { Command } from "commander";
import { z } from "zod";
import type { Cli } from "./io.ts";
import { byOne, checkOptions, LARGEST, NOW } from "./options.ts";
import { DEFAULT_LARGEST, questionCommand, runQuestion } from "./question.ts";

const OPTIONS = z.object({ largest: LARGEST, now: NOW, by: byOne("pattern") });

/** `rdbscope ttl FILE` */
export function ttlCommand(cli: Cli): Command {
  return questionCommand("ttl", "when keys expire, and what never does")
    .option(
      "--now <time>",
      "count from this time, such as now or 2026-11-21T15:00Z (default: the snapshot's own)",
    )
    .option("--by <what>", "pattern: a line for each")
    .option("-l, --largest <n>", "show this many patterns", String(DEFAULT_LARGEST))
    .action((file: string, _, command: Command) => {
      const { by, ...asked } = checkOptions(OPTIONS, command);
      return runQuestion(cli, command, file, "ttl", { ...asked, byPattern: by !== undefined });
    });
}
