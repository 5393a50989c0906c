import { Command } from "commander";
import { UsageError } from "../errors.ts";
import { isSqliteFile } from "../inventory/open.ts";
import { expandOne } from "../io/inputs/globs.ts";
import type { FoundValue } from "../pipeline/get-value.ts";
import { counted, thousands } from "../queries/words.ts";
import { damageNotesOf, damageTeller } from "./damage-notes.ts";
import { EXIT } from "./exit-status.ts";
import { interruptible } from "./interrupt.ts";
import { type Cli, warner, write } from "./io.ts";
import { addInputOptions, addLimitOption, addSecretOption, checkOptions, GET_OPTIONS } from "./options.ts";
import { readSecretFile } from "./secret-file.ts";
import { keyBytes } from "./split-args.ts";

/** Strings longer than so many bytes are cut on a terminal. */
const TERMINAL_BYTES = 1000;

/** `rdbscope get FILE KEY` */
export function getCommand(cli: Cli): Command {
  const command = new Command("get")
    .description("the value of one key, or its first elements")
    .argument("<file>", "a snapshot or an inventory")
    .argument("<key>", "the key; in quotes of its own with escapes as redis-cli has them: '\"\\x00\"'")
    .option("--as <json|resp>", "JSON, or the commands that make the value again", "json")
    .option("-n, --db <n>", "only in this database")
    .option("--snapshot <id>", "only in this snapshot of an inventory of several")
    .option("--snapshot-file <file>", "where an inventory's snapshot is now, if it was moved")
    .option("--quiet", "no notes on stderr");
  addInputOptions(
    addSecretOption(addLimitOption(command, "elements that are shown (entries of a stream)", 100)),
  );
  return command.action((file: string, key: string) => run(cli, expandOne(file), key, command));
}

async function run(cli: Cli, file: string, typed: string, command: Command): Promise<void> {
  const { hashKeysSecretFile, quiet, as, ...options } = checkOptions(GET_OPTIONS, command);
  const isTerminal = cli.stdout.isTTY === true;
  if (as === "resp" && isTerminal)
    throw new UsageError("--as resp is for files and pipes: a terminal would obey what stands in values");
  const hashSecret = hashKeysSecretFile === undefined ? undefined : readSecretFile(hashKeysSecretFile);
  const { getValue } = await import("../pipeline/get-value.ts");
  const warn = warner(cli, quiet);
  const onDamage = damageTeller(cli, file, warn);
  const asked = { ...options, file, key: keyBytes(typed), as, hashSecret, onDamage };
  const found = await interruptible((signal) =>
    getValue({ ...asked, signal, ...(isTerminal ? { cutBytes: TERMINAL_BYTES } : {}) }),
  );
  if (isSqliteFile(file)) for (const message of damageNotesOf(file)) warn(message);
  for (const one of found) {
    await write(cli, one.text);
    for (const note of notesOf(one, as, options.limit)) warn(note);
    if (one.damage !== undefined) cli.status = EXIT.damaged;
  }
}

function notesOf(found: FoundValue, as: string, limit: number): string[] {
  const { db, elements, shown, pending, readable, damage } = found;
  const unreadable =
    as === "json"
      ? "only its server can read the value: null"
      : "no command makes this value; export --values restore writes it as RESTORE";
  return [
    ...(readable ? [] : [unreadable]),
    ...(shown < elements
      ? [
          `database ${db}: the first ${thousands(shown)} of ${counted(elements, "element")}; --limit N shows more`,
        ]
      : []),
    ...(pending > limit
      ? [
          `database ${db}: the first ${counted(limit, "pending id")} of each list, of which the longest has ${thousands(pending)}; --limit N shows more`,
        ]
      : []),
    ...(damage === undefined ? [] : [`${damage}; what could be read of the value is shown`]),
  ];
}
