import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { IoError, reasonOf, UsageError } from "../errors.ts";
import { type Inventory, isSqliteFile, openInventory } from "../inventory/open.ts";
import { expandGlobs } from "../io/inputs/globs.ts";
import { removeLeftovers, removeTemp, tempName, track } from "../io/leftovers.ts";
import { runAnalysis } from "./analysis.ts";
import { interruptible } from "./interrupt.ts";
import type { Cli } from "./io.ts";
import type { RunOptions } from "./options.ts";

/**
 * Lets `ask` ask an inventory: the file itself, or one made of a snapshot for this question and removed again.
 * Which of the two a file is, its content tells; the files
 * that a glob matches are snapshots of one inventory. `keys` is what the question needs of a snapshot.
 */
export async function withInventory<T>(
  cli: Cli,
  file: string,
  options: RunOptions,
  keys: "all" | "none",
  ask: (inventory: Inventory) => Promise<T>,
): Promise<T> {
  const files = expandGlobs([file]);
  const [first] = files;
  if (files.length > 1 || !isSqliteFile(first!)) return withTemporary(cli, files, options, keys, ask);
  rejectRunOptions(first!, options);
  return askAndClose(openInventory(first!), ask);
}

/** Options that change how a snapshot is read say nothing about an inventory. */
function rejectRunOptions(file: string, options: RunOptions): void {
  const { workers, profile, allocator, set, config, ignoreChecksum, tempDir, maxExpanded } = options;
  const others = { "ignore-checksum": ignoreChecksum, "temp-dir": tempDir, "max-expanded": maxExpanded };
  const given = Object.entries({ workers, profile, allocator, set, config, ...others });
  const first = given.find(([, value]) => value !== undefined);
  if (first) throw new UsageError(`--${first[0]} is for snapshots; ${file} is an inventory already`);
}

async function withTemporary<T>(
  cli: Cli,
  inputs: readonly string[],
  options: RunOptions,
  keys: "all" | "none",
  ask: (inventory: Inventory) => Promise<T>,
): Promise<T> {
  let folder: string | undefined;
  const remove = () => folder === undefined || removeTemp(folder);
  try {
    const inventory = await interruptible(async () => {
      folder = makeTempFolder(options.tempDir ?? os.tmpdir());
      const output = path.join(folder, "inventory.sqlite");
      await runAnalysis(cli, options, { inputs, output, keys });
      const opened = openInventory(output, inputs.join(", "));
      if (process.platform !== "win32") remove(); // an open file lives on without a name: nothing to clean up after us
      return opened;
    });
    return await askAndClose(inventory, ask);
  } finally {
    remove();
  }
}

/** A folder named so that the next run removes it should this one be killed. */
function makeTempFolder(parent: string): string {
  try {
    removeLeftovers(parent);
    const folder = fs.mkdtempSync(path.join(parent, tempName("")));
    track(folder);
    return folder;
  } catch (cause) {
    throw new IoError(`cannot make a temporary folder in ${parent}: ${reasonOf(cause)}`, { cause });
  }
}

async function askAndClose<T>(inventory: Inventory, ask: (inventory: Inventory) => Promise<T>): Promise<T> {
  try {
    return await ask(inventory);
  } finally {
    inventory.close();
  }
}
