import fs from "node:fs";
import type { ByteSource } from "../../parsers/window.ts";
import { IoError, reasonOf } from "../errors.ts";

/** A snapshot file, read at any offset. Several threads may each have their own. */
export class FileSource implements ByteSource {
  readonly size: number;
  readonly modifiedAt: number;
  /** Device, inode, size and time of the last change: another file, and one that was written to, has another. */
  readonly identity: string;
  private readonly fd: number;
  private readonly path: string;

  /** @throws {IoError} when the file cannot be opened, is no file, or is not the one of that identity any more */
  constructor(path: string, identity?: string) {
    this.path = path;
    try {
      this.fd = fs.openSync(path, "r");
      const stat = fs.fstatSync(this.fd, { bigint: true });
      if (!stat.isFile()) {
        fs.closeSync(this.fd);
        throw new Error("not a file");
      }
      this.size = Number(stat.size);
      this.modifiedAt = Number(stat.mtimeMs);
      this.identity = identityOf(stat);
      if (identity !== undefined && identity !== this.identity) {
        fs.closeSync(this.fd);
        throw changed(path);
      }
    } catch (cause) {
      if (cause instanceof IoError) throw cause;
      throw new IoError(`cannot open ${path}: ${reasonOf(cause)}`, { cause });
    }
  }

  read(target: Uint8Array, targetStart: number, length: number, position: number): number {
    try {
      return fs.readSync(this.fd, target, targetStart, length, position);
    } catch (cause) {
      throw new IoError(`cannot read ${this.path} at byte ${position}: ${reasonOf(cause)}`, { cause });
    }
  }

  close(): void {
    fs.closeSync(this.fd);
  }
}

/** Whether a name still is the file of an identity, and nobody wrote to it. */
export function isUnchanged(path: string, identity: string): boolean {
  const stat = fs.statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat !== undefined && identityOf(stat) === identity;
}

/** The error to throw when a file is not what it was. */
export function changed(path: string): IoError {
  return new IoError(`${path} changed while it was read: read it when nobody writes to it, or a copy`);
}

function identityOf({ dev, ino, size, mtimeNs }: fs.BigIntStats): string {
  return [dev, ino, size, mtimeNs].join(":");
}
