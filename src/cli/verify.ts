import { Command } from "commander";
import { isSqliteFile, openInventory } from "../inventory/open.ts";
import { expandOne } from "../io/inputs/globs.ts";
import type { Fault, Verification } from "../pipeline/verify.ts";
import { type Column, column, type Row, type Section } from "../queries/answer.ts";
import { damageNotes } from "../queries/notes.ts";
import { jsonArray, toJson } from "../reports/json.ts";
import { EXIT } from "./exit-status.ts";
import { interruptible } from "./interrupt.ts";
import { type Cli, layoutOf, warner, writeLines, writeParts } from "./io.ts";
import {
  addInputOptions,
  addReportOptions,
  checkOptions,
  VERIFY_OPTIONS,
  type VerifyOptions,
} from "./options.ts";
import { ProgressBar } from "./progress.ts";

type Facts = Readonly<Record<string, unknown>>;

const COLUMNS: readonly Column[] = [column("fact", "Fact", "text"), column("value", "Value", "count")];

/** `rdbscope verify FILE` */
export function verifyCommand(cli: Cli): Command {
  const command = new Command("verify")
    .description(
      "check a snapshot's structure and checksum (as redis-check-rdb does), or an inventory's pages",
    )
    .argument("<file>", "a snapshot or an inventory")
    .option("--workers <n>", "threads that read (default: as many as the machine has)")
    .option("--ignore-checksum", "exit 0 even when only the checksum does not match");
  return addReportOptions(addInputOptions(command)).action((file: string) =>
    run(cli, expandOne(file), command),
  );
}

async function run(cli: Cli, file: string, command: Command): Promise<void> {
  const options = checkOptions(VERIFY_OPTIONS, command);
  const { facts, faults, notes } = isSqliteFile(file)
    ? checkInventory(file)
    : await checkSnapshot(cli, file, options);
  const serious = faults.filter(
    ({ code }) => code !== "CHECKSUM_MISMATCH" || options.ignoreChecksum !== true,
  );
  if (serious.length > 0) cli.status = EXIT.damaged;
  const { format } = options;
  if (format === "json" || format === "ndjson") {
    const lines = [toJson(facts)];
    await writeLines(cli, format === "json" ? jsonArray(lines) : lines);
  } else {
    const section: Section = { name: "verify", title: "", columns: COLUMNS, rows: flat(facts) };
    await writeParts(cli, [{ section, extra: {} }], format, layoutOf(cli, options));
  }
  const warn = warner(cli, options.quiet);
  for (const { message } of faults) warn(`${file}: ${message}`);
  for (const message of notes) warn(`${file}: ${message}`);
}

async function checkSnapshot(cli: Cli, file: string, options: VerifyOptions): Promise<Checked> {
  const { workers, tempDir, maxExpanded } = options;
  const { verify } = await import("../pipeline/verify.ts");
  const bar = new ProgressBar(cli, options.quiet === true);
  try {
    const facts: Verification = await interruptible((signal) =>
      verify(file, { workers, tempDir, maxExpanded, signal, onProgress: (progress) => bar.update(progress) }),
    );
    return { facts: { ...facts } as Facts, faults: facts.faults, notes: facts.notes };
  } finally {
    bar.stop();
  }
}

/** What was found: faults, and what is worth a note. */
interface Checked {
  readonly facts: Facts;
  readonly faults: readonly Fault[];
  readonly notes: readonly string[];
}

function checkInventory(file: string): Checked {
  const inventory = openInventory(file);
  try {
    const faults = inventory.check().map((message) => ({ code: "BAD_INVENTORY", offset: 0, message }));
    return {
      facts: { path: file, sound: faults.length === 0, faults },
      faults,
      notes: damageNotes(inventory),
    };
  } finally {
    inventory.close();
  }
}

/** Facts as rows: lists and objects become one row a member. */
function* flat(facts: Facts, prefix = ""): Iterable<Row> {
  for (const [name, value] of Object.entries(facts)) {
    const fact = `${prefix}${name}`;
    if (!Array.isArray(value) && !isRecord(value)) {
      yield { fact, value: typeof value === "number" ? value : String(value ?? "") };
    } else if (isRecord(value)) yield* flat(value, `${fact} `);
    else if (value.length === 0) yield { fact, value: "none" };
    else for (const one of value) yield { fact, value: isRecord(one) ? sentence(one) : String(one) };
  }
}

function isRecord(value: unknown): value is Facts {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `{type: "HASH", keys: 3}` as "HASH 3"; a fault as its message. */
function sentence({ message, ...others }: Facts): string {
  return typeof message === "string" ? message : Object.values(others).join(" ");
}
