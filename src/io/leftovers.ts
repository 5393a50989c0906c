import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

/** What the names of all our temporary files begin with. */
const PREFIX = ".rdbscope-";
/** Names are PREFIX, process id, place, time of making, and something of their own. */
const NAME = new RegExp(`^\\${PREFIX}(\\d+)-([0-9a-f]{8})-([0-9a-z]+)-`);
/** Where process ids mean the same as here: this host, and on Linux this namespace of them. */
const PLACE = placeOf();
/** What another place has not touched for so long is no run's any more. */
const FOREIGN_MS = 3_600_000;
const STARTED_AT = Date.now() - process.uptime() * 1000;

/** A name by which later runs can tell whether the run that made the file is still there. */
export function tempName(rest: string, pid = process.pid, place = PLACE, madeAt = Date.now()): string {
  return `${PREFIX}${pid}-${place}-${Math.floor(madeAt).toString(36)}-${rest}`;
}

/** Temporary files and folders that this process has. */
const own = new Set<string>();

/** Lets `removeOwn` know of a temporary file or folder. */
export function track(file: string): void {
  own.add(file);
}

/** Removes one of this process's temporary files or folders. What cannot be removed is left to the next run. */
export function removeTemp(file: string): void {
  own.delete(file);
  try {
    fs.rmSync(file, { force: true, recursive: true });
  } catch {
    // Its folder cannot be written to any more: what went wrong before is what is told.
  }
}

/** Removes everything that this process has made and not removed, for a process that ends now. */
export function removeOwn(): void {
  for (const file of own) removeTemp(file);
}

/** Removes temporary files, and folders of them, of runs that are no more. */
export function removeLeftovers(folder: string): void {
  for (const name of fs.readdirSync(folder)) {
    const file = path.join(folder, name);
    try {
      if (isLeftover(name, file)) fs.rmSync(file, { force: true, recursive: true });
    } catch {
      // Gone meanwhile, or another user's: theirs to remove.
    }
  }
}

/** Whether a temporary file is of a run that is no more. */
export function isLeftover(name: string, file: string): boolean {
  const [, pid, place, madeAt] = NAME.exec(name) ?? [];
  if (pid === undefined || madeAt === undefined) return false;
  if (place !== PLACE) return Date.now() - touchedAt(file) > FOREIGN_MS;
  // A container's processes have the same few ids each time: our own id may have been another run's before.
  if (Number(pid) === process.pid) return Number.parseInt(madeAt, 36) < STARTED_AT - 1;
  return !isRunning(Number(pid));
}

function touchedAt(file: string): number {
  const stat = fs.lstatSync(file);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...fs.readdirSync(file).map((name) => touchedAt(path.join(file, name))));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function placeOf(): string {
  let namespace = "";
  try {
    namespace = fs.readlinkSync("/proc/self/ns/pid");
  } catch {
    // No Linux: one namespace a host.
  }
  return createHash("sha256").update(`${os.hostname()} ${namespace}`).digest("hex").slice(0, 8);
}
