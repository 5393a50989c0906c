import { Command } from "commander";
import type { Explanation } from "../index.ts";
import { isSqliteFile } from "../inventory/open.ts";
import { expandOne } from "../io/inputs/globs.ts";
import { explanationParts, explanationSections } from "../reports/explain.ts";
import { jsonArray, toJson } from "../reports/json.ts";
import { damageNotesOf, damageTeller } from "./damage-notes.ts";
import { interruptible } from "./interrupt.ts";
import { type Cli, layoutOf, warner, writeLines, writeParts } from "./io.ts";
import {
  addInputOptions,
  addReportOptions,
  addSecretOption,
  addTargetOptions,
  checkOptions,
  choiceOf,
  EXPLAIN_OPTIONS,
} from "./options.ts";
import { readSecretFile } from "./secret-file.ts";
import { keyBytes } from "./split-args.ts";

/** `rdbscope explain FILE KEY` */
export function explainCommand(cli: Cli): Command {
  const command = new Command("explain")
    .description("where every byte of one key goes, part by part")
    .argument("<file>", "a snapshot or an inventory")
    .argument("<key>", "the key; in quotes of its own with escapes as redis-cli has them: '\"\\x00\"'")
    .option("-n, --db <n>", "only in this database")
    .option("--snapshot <id>", "only in this snapshot of an inventory of several")
    .option("--snapshot-file <file>", "where an inventory's snapshot is now, if it was moved");
  addReportOptions(addInputOptions(addSecretOption(addTargetOptions(command))));
  return command.action((file: string, key: string) => run(cli, expandOne(file), key, command));
}

async function run(cli: Cli, file: string, typed: string, command: Command): Promise<void> {
  const options = checkOptions(EXPLAIN_OPTIONS, command);
  const { db, snapshot, snapshotFile, tempDir, maxExpanded, format } = options;
  const secretFile = options.hashKeysSecretFile;
  const hashSecret = secretFile === undefined ? undefined : readSecretFile(secretFile);
  const more = { snapshot, snapshotFile, hashSecret, tempDir, maxExpanded };
  const warn = warner(cli, options.quiet);
  const choice = choiceOf(options, warn);
  const onDamage = damageTeller(cli, file, warn);
  const { explain } = await import("../index.ts");
  const found = await interruptible((signal) =>
    explain({ file, key: keyBytes(typed), db, signal, onDamage, ...more, ...choice }),
  );
  if (isSqliteFile(file)) for (const message of damageNotesOf(file)) warn(message);
  if (format === "json" || format === "ndjson") {
    const lines = found.map((one: Explanation) => toJson(one));
    await writeLines(cli, format === "json" ? jsonArray(lines) : lines);
    return;
  }
  const parts = format === "csv" ? found.map(explanationParts) : found.flatMap(explanationSections);
  await writeParts(cli, parts, format, layoutOf(cli, options));
}
