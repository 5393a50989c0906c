import { RdbError } from "../../parsers/errors.ts";
import { IoError, isSqliteError, isSystemError, UsageError } from "../errors.ts";

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

/** The exit status of a run of which these files failed. One that could not be read at all may be another time. */
export function statusOfFailed(failed: readonly { readonly code: string }[]): ExitStatus {
  return failed.some(({ code }) => code === "CANNOT_READ") ? EXIT.io : EXIT.damaged;
}
