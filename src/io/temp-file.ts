import fs from "node:fs";
import path from "node:path";
import { IoError, UsageError } from "../errors.ts";

/** What the names of all our temporary files begin with; the id of the process follows. */
export const TEMP_PREFIX = ".rdbscope-";

/**
 * A file that becomes the target only when complete: written beside it under another name, synced, then renamed.
 * What a run that was killed left there is removed by the next.
 */
export class TempFile {
  readonly path: string;
  private readonly target: string;
  private readonly force: boolean;

  /** @throws {UsageError} when the target exists and may not be replaced. @throws {IoError} when nothing can be written there */
  constructor(target: string, force: boolean) {
    this.target = path.resolve(target);
    this.force = force;
    this.refuseExisting();
    const folder = path.dirname(this.target);
    this.path = path.join(
      folder,
      `${TEMP_PREFIX}${process.pid}-${Date.now().toString(36)}-${path.basename(target)}`,
    );
    try {
      removeLeftovers(folder);
      fs.closeSync(fs.openSync(this.path, "wx"));
    } catch (cause) {
      throw new IoError(`cannot write in ${folder}: ${(cause as Error).message}`, { cause });
    }
  }

  /** Gives the complete file its name. */
  publish(): void {
    this.refuseExisting();
    fs.renameSync(this.path, this.target);
    const folder = fs.openSync(path.dirname(this.target), "r");
    try {
      fs.fsyncSync(folder);
    } finally {
      fs.closeSync(folder);
    }
  }

  /** Removes the file if it was not published. */
  discard(): void {
    for (const suffix of ["", "-journal"]) fs.rmSync(this.path + suffix, { force: true });
  }

  private refuseExisting(): void {
    if (!this.force && fs.existsSync(this.target)) {
      throw new UsageError(
        `${this.target} exists already: give another name with --output, or replace it with --force`,
      );
    }
  }
}

/** Removes files of runs that are no more. */
export function removeLeftovers(folder: string): void {
  for (const name of fs.readdirSync(folder)) {
    const pid = new RegExp(`^\\${TEMP_PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || isRunning(Number(pid))) continue;
    try {
      fs.rmSync(path.join(folder, name), { force: true, recursive: true });
    } catch {
      // Another user's: theirs to remove.
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
