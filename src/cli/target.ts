import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { IoError, reasonOf, UsageError } from "../errors.ts";
import { type Inventory, isSqliteFile, openInventory } from "../inventory/open.ts";
import { expandGlobs } from "../io/inputs/globs.ts";
import { removeLeftovers, removeTemp, tempName, track } from "../io/leftovers.ts";
import type { PatternSettings } from "../patterns/index.ts";
import type { KeyFilter } from "../pipeline/filter.ts";
import { runAnalysis } from "./analysis.ts";
import { interruptible } from "./interrupt.ts";
import type { Cli } from "./io.ts";
import type { AnalysisOptions } from "./options.ts";

/** An inventory to be opened. */
interface InventoryFile {
  readonly path: string;
  /** As messages call it. */
  readonly name: string;
  /** It was made for this question. */
  readonly isTemporary: boolean;
  /** To be called once it is open: its name is needed no more. */
  readonly opened: () => void;
}

/**
 * Lets `ask` ask an inventory: the file itself, or one made of a snapshot for this question and removed again.
 * Which of the two a file is, its content tells; several files, or those
 * that a glob matches, are snapshots of one inventory. `needed` is what the question needs of a snapshot.
 */
export async function withInventory<T>(
  cli: Cli,
  file: string | readonly string[],
  options: AnalysisOptions,
  needed: Needed,
  ask: (inventory: Inventory) => Promise<T>,
): Promise<T> {
  return withInventoryFile(cli, file, options, needed, async ({ path, name, isTemporary, opened }) => {
    if (!isTemporary) rejectOptions(name, { "temp-dir": options.tempDir });
    const inventory = openInventory(path, name);
    opened();
    return askAndClose(inventory, ask);
  });
}

/** As `withInventory`, for another process to open. */
export async function withInventoryFile<T>(
  cli: Cli,
  file: string | readonly string[],
  options: AnalysisOptions,
  needed: Needed,
  ask: (file: InventoryFile) => Promise<T>,
): Promise<T> {
  const files = expandGlobs([file].flat());
  const [first] = files;
  if (files.length > 1 || !isSqliteFile(first!)) return withTemporary(cli, files, options, needed, ask);
  const { workers, profile, allocator, set, config, ignoreChecksum, maxExpanded, salvage } = options;
  const others = {
    "ignore-checksum": ignoreChecksum,
    salvage,
    sample: options.sample,
    "sample-seed": options.sampleSeed,
    "max-expanded": maxExpanded,
    "hash-keys": options.hashKeys,
    "hash-keys-secret-file": options.hashKeysSecretFile,
  };
  rejectOptions(first!, { workers, profile, allocator, set, config, ...others });
  return ask({ path: first!, name: first!, isTemporary: false, opened: () => {} });
}

/** Whether what somebody gave is an inventory, not a snapshot, or several. */
export function isInventoryInput(file: string): boolean {
  const files = expandGlobs([file]);
  return files.length === 1 && isSqliteFile(files[0]!);
}

/** Options without those that say how a snapshot is read: of two files these may be meant for the other one. */
export function bareOptions<T extends AnalysisOptions>({ quiet, progress, tempDir }: T): AnalysisOptions {
  return { quiet, progress, tempDir };
}

/** Whether a question needs a row a key, which keys, if not all, and how they become patterns, if not as usual. */
interface Needed {
  readonly keys: "all" | "none";
  readonly filters?: KeyFilter;
  readonly patterns?: PatternSettings;
}

/** Options that change how a snapshot is read say nothing about an inventory. */
function rejectOptions(file: string, options: Readonly<Record<string, unknown>>): void {
  const given = Object.entries(options).find(([, value]) => value !== undefined);
  if (given) throw new UsageError(`--${given[0]} is for snapshots; ${file} is an inventory already`);
}

async function withTemporary<T>(
  cli: Cli,
  inputs: readonly string[],
  options: AnalysisOptions,
  needed: Needed,
  ask: (file: InventoryFile) => Promise<T>,
): Promise<T> {
  let folder: string | undefined;
  const remove = () => folder === undefined || removeTemp(folder);
  try {
    const output = await interruptible(async () => {
      folder = makeTempFolder(options.tempDir ?? os.tmpdir());
      const file = path.join(folder, "inventory.sqlite");
      await runAnalysis(cli, options, { inputs, output: file, ...needed });
      return file;
    });
    // An open file lives on without a name, but on Windows: nothing to clean up after us.
    const opened = process.platform === "win32" ? () => {} : remove;
    return await ask({ path: output, name: inputs.join(", "), isTemporary: true, opened });
  } finally {
    remove();
  }
}

/** Does something with a folder for temporary files, which is removed again. */
export async function withTempFolder<T>(parent: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = makeTempFolder(parent);
  try {
    return await work(folder);
  } finally {
    removeTemp(folder);
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
