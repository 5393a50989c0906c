import { RdbError } from "../../parsers/errors.ts";
import { CANNOT_READ, IoError, isSqliteError, isSystemError, REFUSED, UsageError } from "../errors.ts";

/** What the process ends with, by what happened. */
export const EXIT = { fine: 0, gate: 1, usage: 2, damaged: 3, io: 4, bug: 5, interrupted: 130 } as const;

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];

/** The user pressed Ctrl-C, or somebody asked us to end. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** Who read our output has closed it: nothing more to say. */
export class ClosedOutput extends Error {
  override readonly name = "ClosedOutput";
}

/** The exit status of an error. */
export function statusOf(error: unknown): ExitStatus {
  if (error instanceof ClosedOutput) return EXIT.fine;
  if (error instanceof Interrupted) return EXIT.interrupted;
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof RdbError) return EXIT.damaged;
  if (error instanceof IoError || isSystemError(error) || isSqliteError(error)) return EXIT.io;
  return EXIT.bug;
}

/** Codes of files that failed without being damaged: one that could not be read may be another time, one that is no snapshot never. */
const OF_FAILED: Readonly<Record<string, ExitStatus>> = { [CANNOT_READ]: EXIT.io, [REFUSED]: EXIT.usage };

/** The exit status of a run of which these files failed: the highest of theirs. */
export function statusOfFailed(failed: readonly { readonly code: string }[]): number {
  return Math.max(EXIT.fine, ...failed.map(({ code }) => OF_FAILED[code] ?? EXIT.damaged));
}

/** Has the process end with this status, unless something with a higher one has happened: in whatever order it did. */
export function raiseStatus(cli: { status: number }, status: number): void {
  cli.status = Math.max(cli.status, status);
}
