import { Command } from "commander";
import { isDatasetFolder } from "../dataset/folder.ts";
import { reasonOf } from "../errors.ts";
import { type Inventory, isDamagedInventory, isSqliteFile, openInventory } from "../inventory/open.ts";
import { expandOne } from "../io/inputs/globs.ts";
import type { Fault, Verification } from "../pipeline/verify.ts";
import { damageNotes } from "../queries/notes.ts";
import { HUMAN_FORMATS } from "../reports/index.ts";
import { jsonArray, toJson } from "../reports/json.ts";
import { type Facts, verifyRows, verifySection } from "../reports/verify.ts";
import { raiseStatus, statusOfFailed } from "./exit-status.ts";
import { interruptible } from "./interrupt.ts";
import { type Cli, layoutOf, warner, writeLines, writeParts } from "./io.ts";
import {
  addInputOptions,
  addProgressOption,
  addReportOptions,
  checkOptions,
  VERIFY_OPTIONS,
  type VerifyOptions,
} from "./options.ts";
import { progressOf } from "./progress.ts";

/** `rdbscope verify FILE` */
export function verifyCommand(cli: Cli): Command {
  const command = new Command("verify")
    .description(
      "check a snapshot's structure and checksum (as redis-check-rdb does), an inventory's pages, or a dataset's checksums",
    )
    .argument("<file>", "a snapshot, an inventory, or the folder of a dataset")
    .option("--workers <n>", "threads that read (default: as many as the machine has)")
    .option("--ignore-checksum", "exit 0 even when only the checksum does not match");
  return addReportOptions(addProgressOption(addInputOptions(command))).action((file: string) =>
    run(cli, expandOne(file), command),
  );
}

async function run(cli: Cli, file: string, command: Command): Promise<void> {
  const options = checkOptions(VERIFY_OPTIONS, command);
  const { facts, faults, notes, areFaultsShown = false } = await check(cli, file, options);
  const serious = faults.filter(
    ({ code }) => code !== "CHECKSUM_MISMATCH" || options.ignoreChecksum !== true,
  );
  raiseStatus(cli, statusOfFailed(serious));
  const { format } = options;
  if (format === "json" || format === "ndjson") {
    const lines = [toJson(facts)];
    await writeLines(cli, format === "json" ? jsonArray(lines) : lines);
  } else {
    const section = format === "csv" ? verifyRows(facts) : verifySection(facts);
    await writeParts(cli, [{ section, extra: {} }], format, layoutOf(cli, options));
  }
  const warn = warner(cli, options.quiet);
  const areTold = areFaultsShown && HUMAN_FORMATS.includes(format) && options.progress !== "json";
  for (const { message } of areTold ? [] : faults) warn(`${file}: ${message}`);
  for (const message of notes) warn(`${file}: ${message}`);
}

async function check(cli: Cli, file: string, options: VerifyOptions): Promise<Checked> {
  if (isDatasetFolder(file)) return checkDataset(file);
  return isSqliteFile(file) ? checkInventory(file) : checkSnapshot(cli, file, options);
}

async function checkDataset(folder: string): Promise<Checked> {
  const { datasetFaults } = await import("../dataset/verify.ts");
  const faults = datasetFaults(folder).map((fault) => ({ ...fault, offset: 0 }));
  return {
    facts: { path: folder, faults, sound: faults.length === 0 },
    faults,
    notes: [],
    areFaultsShown: true,
  };
}

async function checkSnapshot(cli: Cli, file: string, options: VerifyOptions): Promise<Checked> {
  const { workers, tempDir, maxExpanded } = options;
  const { verify } = await import("../pipeline/verify.ts");
  const bar = progressOf(cli, options, [file]);
  try {
    const facts: Verification = await interruptible((signal) =>
      verify(file, { workers, tempDir, maxExpanded, signal, onProgress: (progress) => bar.update(progress) }),
    );
    const { faults, notes } = facts;
    if (faults.length === 0) bar.done();
    return { facts: { ...facts, sound: faults.length === 0 }, faults, notes };
  } finally {
    bar.stop();
  }
}

/** What was found: faults, and what is worth a note. */
interface Checked {
  readonly facts: Facts;
  readonly faults: readonly Fault[];
  readonly notes: readonly string[];
  /** There may be so many faults that tables which list them are enough. */
  readonly areFaultsShown?: boolean;
}

function checkInventory(file: string): Checked {
  const { messages, notes } = readInventory(file);
  const faults = messages.map((message) => ({ code: "BAD_INVENTORY", offset: 0, message }));
  return { facts: { path: file, faults, sound: faults.length === 0 }, faults, notes };
}

/** What is wrong with an inventory's pages; of one that is whole, also what is to be said of its snapshots. */
function readInventory(file: string): { messages: string[]; notes: string[] } {
  let inventory: Inventory | undefined;
  try {
    inventory = openInventory(file);
    const messages = inventory.check();
    return { messages, notes: messages.length > 0 ? [] : damageNotes(inventory) };
  } catch (error) {
    if (!isDamagedInventory(error)) throw error;
    return { messages: [`pages are missing or broken (${reasonOf(error.cause)})`], notes: [] };
  } finally {
    inventory?.close();
  }
}
