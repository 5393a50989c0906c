import { once } from "node:events";
import { IoError, reasonOf } from "../errors.ts";
import { FORMATS, type FormatName, type Layout, lineEnd, type Part } from "../reports/index.ts";
import { COLOURS, PLAIN, type Style } from "../reports/style.ts";
import { safeLine, wrapped } from "../reports/text.ts";
import { ClosedOutput } from "./exit-status.ts";

/** Where a command reads its surroundings and writes its words. */
export interface Cli {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
  readonly env: Readonly<
    Partial<Record<"NO_COLOR" | "TERM" | "COLUMNS" | "XDG_STATE_HOME", string | undefined>>
  >;
  /** What the process shall end with when nothing is thrown. */
  status: number;
  /** Set when stdout broke. */
  outputError: NodeJS.ErrnoException | undefined;
  /** Notes that stderr has already. */
  noted?: string[];
  /** Set where all that stderr is told are lines of JSON. */
  eventsAsJson?: boolean;
  /** Told before and after stdout may make us wait for whoever reads it. */
  readonly onWaiting?: (waiting: boolean) => void;
}

/** The surroundings of this process. */
export function processCli(onWaiting?: Cli["onWaiting"]): Cli {
  const { NO_COLOR, TERM, COLUMNS, XDG_STATE_HOME } = process.env;
  const cli: Cli = {
    // Only for who reads it: Node changes the mode of a pipe as soon as it is looked at, and inputs are read by their number.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    env: { NO_COLOR, TERM, COLUMNS, XDG_STATE_HOME },
    status: 0,
    outputError: undefined,
    ...(onWaiting === undefined ? {} : { onWaiting }),
  };
  process.stdout.on("error", (error) => {
    cli.outputError ??= error;
  });
  process.stderr.on("error", () => {}); // nobody listens: nothing to do
  return cli;
}

/** Characters gathered before they are written. */
const BATCH = 65536;

/** Writes lines to stdout at the pace of whoever reads it. */
export async function writeLines(cli: Cli, lines: Iterable<string>, end = "\n"): Promise<void> {
  let batch = "";
  for (const line of lines) {
    batch += line + end;
    if (batch.length < BATCH) continue;
    await write(cli, batch);
    batch = "";
  }
  if (batch !== "") await write(cli, batch);
}

/** Writes to stdout at the pace of whoever reads it. @throws {ClosedOutput} when nobody does any more */
export async function write(cli: Cli, text: string | Uint8Array): Promise<void> {
  checkOutput(cli);
  cli.onWaiting?.(true);
  if (!cli.stdout.write(text)) {
    try {
      await once(cli.stdout, "drain");
    } catch (error) {
      cli.outputError ??= error as NodeJS.ErrnoException;
    }
  }
  cli.onWaiting?.(false);
  checkOutput(cli);
}

/** @throws {ClosedOutput} when the reader of our output has gone. */
export function checkOutput({ outputError }: Cli): void {
  if (outputError === undefined) return;
  if (outputError.code === "EPIPE") throw new ClosedOutput();
  throw new IoError(`cannot write the answer: ${reasonOf(outputError)}`, { cause: outputError });
}

/** Writes a report in a format, and tells of columns that it has no room for. */
export async function writeParts(
  cli: Cli,
  parts: Iterable<Part>,
  format: FormatName,
  layout: Layout,
): Promise<void> {
  await writeLines(cli, FORMATS[format](parts, layout), lineEnd(format));
  noteLeftOut(cli, layout);
}

/** Tells of columns that a terminal is too narrow for. */
export function noteLeftOut(cli: Cli, { leftOut }: Layout): void {
  const count = leftOut?.size ?? 0;
  if (count === 0) return;
  const what = count === 1 ? "1 column does" : `${count} columns do`;
  note(cli, `${what} not fit: --format expanded, or a pipe, has ${count === 1 ? "it" : "them"}`);
}

/** Colours for a terminal that wants them. */
function styleOf(cli: Cli, color: boolean): Style {
  const wanted =
    color && cli.stdout.isTTY === true && (cli.env.NO_COLOR ?? "") === "" && cli.env.TERM !== "dumb";
  return wanted ? COLOURS : PLAIN;
}

/** A terminal that does not say how wide it is. */
const TERMINAL_WIDTH = 80;

/** Cells of a line: of a terminal, what COLUMNS or itself says; files and pipes take lines of any length. */
function widthOf({ env }: Cli, { isTTY, columns }: Cli["stdout" | "stderr"]): number {
  if (isTTY !== true) return Number.POSITIVE_INFINITY;
  const wanted = Number(env.COLUMNS);
  return Number.isInteger(wanted) && wanted > 0 ? wanted : columns || TERMINAL_WIDTH;
}

/** Options that decide how a report is laid out. */
interface LayoutOptions {
  readonly color: boolean;
  readonly rawCsv?: boolean | undefined;
  readonly quiet?: boolean | undefined;
}

/** How a command's report is laid out. */
export function layoutOf(cli: Cli, { color, rawCsv = false, quiet }: LayoutOptions, titles = false): Layout {
  const leftOut = quiet === true ? undefined : new Set<string>();
  return { style: styleOf(cli, color), titles, width: widthOf(cli, cli.stdout), rawCsv, leftOut };
}

/** Notes, but for those who want it quiet. */
export function warner(cli: Cli, quiet: boolean | undefined): (message: string) => void {
  return (message) => {
    if (quiet !== true) note(cli, message);
  };
}

/** A line about what is going on, beside the results; not what another one has told already. */
export function note(cli: Cli, message: string): void {
  cli.noted ??= [];
  if (cli.noted.some((told) => told.includes(message))) return;
  cli.noted.push(message);
  if (cli.eventsAsJson === true) writeEvent(cli, "note", { message: safeLine(message) });
  else writeErrors(cli, [`rdbscope: ${message}`]);
}

/** Writes a line of JSON to stderr, for programs: when, what kind of event, and what it says. */
export function writeEvent(
  cli: Cli,
  event: "progress" | "note" | "error" | "done",
  facts: Readonly<Record<string, string | number | null>>,
): void {
  cli.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), event, ...facts })}\n`);
}

/**
 * Writes lines to stderr, on a terminal wrapped at words. All words go there through here: file names and key names in them
 * may hold anything.
 */
export function writeErrors(cli: Cli, lines: readonly string[]): void {
  const width = widthOf(cli, cli.stderr);
  const shown = lines.flatMap((line) => wrapped(safeLine(line), width));
  cli.stderr.write(shown.map((line) => `${line}\n`).join(""));
}
