import fs from "node:fs";
import path from "node:path";
import { IoError, RunError, reasonOf, UsageError } from "../errors.ts";
import { removeLeftovers, removeTemp, tempName, track } from "./leftovers.ts";

/** The name that a file gets when it is complete. */
export class OutputName {
  /** Links followed: a link stays one, and what it leads to is replaced. */
  readonly path: string;
  readonly folder: string;
  private readonly force: boolean;

  /** @throws {UsageError} when the target exists and may not be replaced */
  constructor(target: string, force: boolean) {
    this.path = follow(path.resolve(target));
    this.folder = path.dirname(this.path);
    this.force = force;
    this.refuseOthers();
    this.refuseExisting();
  }

  /** Makes something in the target's folder, where what earlier runs left is removed. @throws {IoError} when nothing can be written there */
  makeBeside(make: () => void): void {
    const { folder } = this;
    try {
      removeLeftovers(folder);
      make();
    } catch (cause) {
      if (cause instanceof UsageError) throw cause;
      const { code } = cause as NodeJS.ErrnoException;
      const isThere = code === "ENOENT" && fs.existsSync(folder);
      const reason = isThere ? "no file can be made there" : reasonOf(cause);
      throw new RunError(`cannot write in ${folder}: ${reason}`, { cause });
    }
  }

  /**
   * Gives a complete file its name. Of two runs that end at once the last keeps it, or the first where nothing may be
   * replaced.
   */
  publish(file: string): void {
    this.refuseExisting();
    try {
      if (this.force || !this.link(file)) fs.renameSync(file, this.path);
    } catch (cause) {
      if (cause instanceof UsageError) throw cause;
      throw new RunError(`cannot rename ${file} to ${this.path}: ${reasonOf(cause)}`, { cause });
    }
    syncFolder(this.folder);
  }

  /** Whatever is said: folders, devices and pipes are not replaced. */
  private refuseOthers(): void {
    const stat = statOrNone(this.path);
    if (stat === undefined || stat.isFile()) return;
    const what = stat.isDirectory() ? "a folder" : "a device or a pipe";
    throw new UsageError(`${this.path} is ${what}: give the output a file name of its own, as --output FILE`);
  }

  private refuseExisting(): void {
    if (!this.force && fs.existsSync(this.path)) throw this.existing();
  }

  /** Gives the file a second name unless that is taken, which a rename cannot do; false where there are no such links. */
  private link(file: string): boolean {
    try {
      fs.linkSync(file, this.path);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") throw this.existing();
      return false;
    }
  }

  private existing(): UsageError {
    return new UsageError(
      `${this.path} exists already: give another name with --output, or replace it with --force`,
    );
  }
}

/**
 * A file that becomes the target only when complete: written beside it under another name, synced, then renamed.
 * What a run that was killed left there is removed by the next.
 */
export class TempFile {
  readonly path: string;
  private readonly name: OutputName;

  /** @throws {UsageError} when the target exists and may not be replaced. @throws {IoError} when nothing can be written there */
  constructor(target: string, force: boolean) {
    const name = new OutputName(target, force);
    this.name = name;
    // Who watches a folder for files of some ending, as node_exporter does for *.prom, shall not take it for one.
    this.path = path.join(name.folder, tempName(`${path.basename(name.path)}.part`));
    name.makeBeside(() => {
      track(this.path);
      fs.closeSync(fs.openSync(this.path, "wx"));
    });
  }

  /** Gives the complete file its name. */
  publish(): void {
    this.name.publish(this.path);
  }

  /** Removes the file if it was not published. */
  discard(): void {
    for (const suffix of ["", "-journal"]) removeTemp(this.path + suffix);
  }
}

/** What stands under a name. @throws {IoError} when nothing can */
export function statOrNone(name: string): fs.Stats | undefined {
  try {
    return fs.statSync(name, { throwIfNoEntry: false });
  } catch (cause) {
    throw new IoError(`cannot write ${name}: ${reasonOf(cause)}`, { cause });
  }
}

/** Links in a row that are followed, as Linux does. */
const MAX_LINKS = 40;

/** Where a link leads to, be it there or not; any other path is itself. */
function follow(file: string, links = 0): string {
  if (fs.lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return file;
  if (links === MAX_LINKS) throw new IoError(`${file}: too many links`);
  return follow(path.resolve(fs.realpathSync(path.dirname(file)), fs.readlinkSync(file)), links + 1);
}

/** Lets the new name survive a power cut. The file is whole and in its place: who cannot sync folders loses no more. */
function syncFolder(folder: string): void {
  try {
    const fd = fs.openSync(folder, "r");
    try {
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
  } catch {
    // Windows and some network filesystems open or sync no folders.
  }
}
