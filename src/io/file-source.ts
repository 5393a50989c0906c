import fs from "node:fs";
import type { ByteSource } from "../../parsers/window.ts";
import { IoError } from "../errors.ts";

/** A snapshot file, read at any offset. Several threads may each have their own. */
export class FileSource implements ByteSource {
  readonly size: number;
  readonly modifiedAt: number;
  private readonly fd: number;
  private readonly path: string;

  /** @throws {IoError} when the file cannot be opened or is no file */
  constructor(path: string) {
    this.path = path;
    try {
      this.fd = fs.openSync(path, "r");
      const stat = fs.fstatSync(this.fd);
      if (!stat.isFile()) {
        fs.closeSync(this.fd);
        throw new Error("not a file");
      }
      this.size = stat.size;
      this.modifiedAt = Math.floor(stat.mtimeMs);
    } catch (cause) {
      throw new IoError(`cannot open ${path}: ${reason(cause)}`, { cause });
    }
  }

  read(target: Uint8Array, targetStart: number, length: number, position: number): number {
    try {
      return fs.readSync(this.fd, target, targetStart, length, position);
    } catch (cause) {
      throw new IoError(`cannot read ${this.path} at byte ${position}: ${reason(cause)}`, { cause });
    }
  }

  close(): void {
    fs.closeSync(this.fd);
  }
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message.replace(/^(E[A-Z]+: [^,]+),.*$/, "$1") : String(cause);
}
