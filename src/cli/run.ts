import { Command, CommanderError } from "commander";
import { RdbError } from "../../parsers/errors.ts";
import { UsageError } from "../errors.ts";
import { VERSION } from "../io/version.ts";
import { safeLine } from "../reports/text.ts";
import { commandsFor, VERSION_FLAGS } from "./commands.ts";
import { ClosedOutput, EXIT, Interrupted, statusOf } from "./exit-status.ts";
import { type Cli, note, writeErrors, writeEvent } from "./io.ts";

/** Runs one command line (without node and the script's name) and tells the exit status. Prints errors itself. */
export async function run(args: readonly string[], cli: Cli): Promise<number> {
  const root = program(cli, await commandsFor(args));
  try {
    await root.parseAsync([...args], { from: "user" });
    if (cli.eventsAsJson === true) writeEvent(cli, "done", { exit_status: cli.status });
    return cli.status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage;
    const command = root.commands.find((one) => one.name() === args[0]);
    if (error instanceof RdbError && command !== undefined) adviseOwn(command, error);
    report(cli, error);
    return statusOf(error);
  }
}

function program(cli: Cli, commands: Awaited<ReturnType<typeof commandsFor>>): Command {
  const root = new Command("rdbscope")
    .description("Where the memory of a Redis or Valkey snapshot went.")
    .version(VERSION, VERSION_FLAGS.join(", "));
  for (const make of commands) root.addCommand(make(cli));
  root.hook("preAction", (_, command) => {
    cli.eventsAsJson = command.opts().progress === "json";
    checkRawCsv(cli, command);
  });
  for (const command of [root, ...root.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => cli.stdout.write(text),
      writeErr: (text) => writeErrors(cli, text.replace(/\n$/, "").split("\n")),
      outputError: (text, write) => write(`${oneLine(text)} (see ${nameOf(command)} --help)\n`),
    });
  }
  return root;
}

/** @throws {UsageError} for raw CSV where it is not CSV, or where a terminal would obey it */
function checkRawCsv({ stdout }: Cli, command: Command): void {
  const { rawCsv, format, keys, csvCompat } = command.opts<Partial<Record<string, string | boolean>>>();
  if (rawCsv !== true) return;
  const isExport = command.name() === "export";
  if (isExport && keys !== "csv" && csvCompat === undefined)
    throw new UsageError("--raw-csv needs --keys csv or --csv-compat");
  if (!isExport && format !== "csv") throw new UsageError("--raw-csv needs --format csv");
  if (stdout.isTTY === true) {
    throw new UsageError("--raw-csv is for files and pipes: a terminal would obey what stands in key names");
  }
}

function oneLine(text: string): string {
  return text
    .replace(/^error: /, "rdbscope: ")
    .trim()
    .replace(/\s*\n\s*/g, " ");
}

function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${command.parent.name()} ${command.name()}`;
}

/** A command that salvages is advised itself, not `analyze`. */
function adviseOwn(command: Command, error: RdbError): void {
  if (!command.options.some(({ long }) => long === "--salvage")) return;
  error.message = error.message.replace(/\banalyze --salvage(?= \w+ [^;]*$)/, `${command.name()} --salvage`);
}

function report(cli: Cli, error: unknown): void {
  if (error instanceof ClosedOutput) return;
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const status = statusOf(error);
  if (cli.eventsAsJson === true)
    writeEvent(cli, "error", { message: safeLine(message), exit_status: status });
  else if (error instanceof Interrupted) note(cli, "interrupted");
  else if (status === EXIT.bug)
    writeErrors(cli, `rdbscope: this is a bug of rdbscope: ${stack ?? message}`.split("\n"));
  else note(cli, message);
}
