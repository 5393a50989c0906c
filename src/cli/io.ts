import { once } from "node:events";
import { FORMATS, type FormatName, type Layout, lineEnd, type Part } from "../reports/index.ts";
import { COLOURS, PLAIN, type Style } from "../reports/style.ts";
import { ClosedOutput } from "./exit-status.ts";

/** Where a command reads its surroundings and writes its words. */
export interface Cli {
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly env: { readonly NO_COLOR?: string | undefined; readonly TERM?: string | undefined };
  /** What the process shall end with when nothing is thrown. */
  status: number;
  /** Set when stdout broke. */
  outputError: NodeJS.ErrnoException | undefined;
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

async function write(cli: Cli, text: string): Promise<void> {
  checkOutput(cli);
  if (!cli.stdout.write(text)) {
    try {
      await once(cli.stdout, "drain");
    } catch (error) {
      cli.outputError ??= error as NodeJS.ErrnoException;
    }
  }
  checkOutput(cli);
}

/** @throws {ClosedOutput} when the reader of our output has gone. */
export function checkOutput({ outputError }: Cli): void {
  if (outputError === undefined) return;
  if (outputError.code === "EPIPE") throw new ClosedOutput();
  throw outputError;
}

/** Writes a report in a format. */
export async function writeParts(
  cli: Cli,
  parts: Iterable<Part>,
  format: FormatName,
  layout: Layout,
): Promise<void> {
  await writeLines(cli, FORMATS[format](parts, layout), lineEnd(format));
}

/** Colours for a terminal that wants them. */
export function styleOf(cli: Cli, color: boolean): Style {
  const wanted =
    color && cli.stdout.isTTY === true && (cli.env.NO_COLOR ?? "") === "" && cli.env.TERM !== "dumb";
  return wanted ? COLOURS : PLAIN;
}

/** A line about what is going on, beside the results. */
export function note(cli: Cli, message: string): void {
  cli.stderr.write(`rdbscope: ${message}\n`);
}
