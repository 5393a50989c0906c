import fs from "node:fs";
import os from "node:os";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { IoError, reasonOf } from "../errors.ts";
import { interruptible } from "./interrupt.ts";
import { type Cli, warner } from "./io.ts";
import { addInputOptions, addReportOptions, addRunOptions, checkOptions, QUERY_OPTIONS } from "./options.ts";
import { askInProcess } from "./query-process/ask.ts";
import { withInventoryFile } from "./target.ts";

/** Bundled, this file is as deep, but in another folder. */
const CHILD = `../cli/query-process/child${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`;

/** `rdbscope query FILE SQL` */
export function queryCommand(cli: Cli): Command {
  const command = new Command("query")
    .description("ask SQL of the inventory, read-only (tables and columns: docs/sql.md)")
    .argument("<file>", "a snapshot or an inventory")
    .argument("<sql>", 'one SELECT, such as "SELECT key, bytes FROM keys ORDER BY bytes DESC LIMIT 5"')
    .option("--timeout <time>", "how long the statement may run, such as 30s or 1h (0: no limit)", "5m")
    .option("--max-memory <size>", "memory that it may take, such as 500M (0: no limit)", "1G");
  return addReportOptions(addInputOptions(addRunOptions(command))).action((file: string, sql: string) =>
    run(cli, command, file, sql),
  );
}

async function run(cli: Cli, command: Command, file: string, sql: string): Promise<void> {
  const options = checkOptions(QUERY_OPTIONS, command);
  const { timeout: timeoutMs, maxMemory, tempDir, format, color, rawCsv } = options;
  if (tempDir !== undefined) checkFolder(tempDir);
  const limits = { timeoutMs, maxMemory, sortFolder: tempDir ?? os.tmpdir() };
  const warn = warner(cli, options.quiet);
  await withInventoryFile(cli, file, options, { keys: "all" }, ({ path, name, opened }) => {
    const task = { parent: process.pid, path, name, sql, format, color, rawCsv, limits };
    return interruptible((signal) =>
      askInProcess(fileURLToPath(new URL(CHILD, import.meta.url)), task, signal, (report) => {
        if (report.opened) opened();
        if (report.note !== undefined) warn(report.note);
      }),
    );
  });
}

/** @throws {IoError} when SQLite could not sort there: it would choose another folder without a word. */
function checkFolder(folder: string): void {
  try {
    fs.accessSync(`${folder}/.`, fs.constants.W_OK);
  } catch (cause) {
    throw new IoError(`cannot write in ${folder}: ${reasonOf(cause)}`, { cause });
  }
}
