import fs from "node:fs";
import type { Baseline } from "../check/totals.ts";
import { UsageError } from "../errors.ts";
import type { Inventory } from "../inventory/open.ts";
import { withDestination } from "./destination.ts";
import type { Cli } from "./io.ts";
import type { AnalysisOptions } from "./options.ts";
import { readText } from "./read-text.ts";
import { withInventory } from "./target.ts";

/** What a baseline file begins with, and no snapshot or inventory does. */
const BRACE = 0x7b;

/**
 * What growth is measured by: of a baseline file, of an inventory, or of a snapshot, which is analyzed for it.
 * @throws {UsageError} when it is none of these
 */
export async function readBaseline(cli: Cli, file: string, options: AnalysisOptions): Promise<Baseline> {
  const { makeBaseline, MAX_BASELINE_BYTES, parseBaseline } = await import("../check/totals.ts");
  if (isBaselineFile(file)) return parseBaseline(readText(file, MAX_BASELINE_BYTES, "baseline"), file);
  return withInventory(cli, file, options, { keys: "none" }, async (inventory) => makeBaseline(inventory));
}

/** Writes what a later check measures growth by, whole or not at all. */
export async function writeBaseline(
  cli: Cli,
  file: string,
  inventory: Inventory,
  snapshot: number | undefined,
) {
  const { makeBaseline } = await import("../check/totals.ts");
  const text = JSON.stringify(makeBaseline(inventory, snapshot), null, 1);
  await withDestination(cli, { output: file, force: true }, (take) => take(`${text}\n`));
}

/** @throws {UsageError} when a file is there that is no baseline: it would be replaced */
export function refuseTarget(file: string): void {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (stat === undefined || (stat.isFile() && stat.size === 0) || isBaselineFile(file)) return;
  throw new UsageError(`--update-baseline: ${file} is there and is no baseline: give another name`);
}

/** Whether it is no snapshot and no inventory, by its first byte. */
export function isBaselineFile(file: string): boolean {
  if (file === "-" || fs.statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return false;
  const fd = fs.openSync(file, "r");
  try {
    const head = Buffer.alloc(1);
    return fs.readSync(fd, head) === 1 && head[0] === BRACE;
  } finally {
    fs.closeSync(fd);
  }
}
