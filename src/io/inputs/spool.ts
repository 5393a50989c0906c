import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { IoError, reasonOf } from "../../errors.ts";
import { removeLeftovers, removeTemp, tempName, track } from "../leftovers.ts";
import type { Pieces } from "./byte-reader.ts";

/** Room that is left to others. */
const RESERVE_BYTES = 2 ** 26;
/** Bytes between two looks at the room that is left. */
const CHECK_BYTES = 2 ** 26;

/** The temporary files of one run: bare snapshots of what was compressed or cannot seek. */
export class SpoolFolder {
  readonly folder: string;
  private readonly files = new Set<string>();
  private readonly roomIn: (folder: string) => number;
  private count = 0;

  /** `roomIn` tells how many bytes a folder has room for. */
  constructor(folder = os.tmpdir(), roomIn = freeBytes) {
    this.folder = folder;
    this.roomIn = roomIn;
  }

  /**
   * Writes pieces to a file and tells its path. `expected` is how many bytes there will be at least.
   * @throws {IoError} when there is no room
   */
  async write(name: string, pieces: Pieces, expected: number): Promise<string> {
    const file = path.join(this.folder, tempName(`${++this.count}-input`));
    const handle = await this.create(file);
    try {
      let bytes = 0;
      let checkAt = 0;
      for await (const piece of pieces) {
        if (bytes >= checkAt) {
          this.checkRoom(name, Math.max(0, expected - bytes));
          checkAt = bytes + CHECK_BYTES;
        }
        await this.append(handle, piece, name);
        bytes += piece.length;
      }
      return file;
    } catch (error) {
      this.remove(file);
      throw error;
    } finally {
      await handle.close();
    }
  }

  remove(file: string): void {
    this.files.delete(file);
    removeTemp(file);
  }

  /** Removes every file that is left. */
  close(): void {
    for (const file of this.files) this.remove(file);
  }

  private async create(file: string): Promise<fs.promises.FileHandle> {
    try {
      removeLeftovers(this.folder);
      track(file);
      this.files.add(file);
      return await fs.promises.open(file, "wx", 0o600);
    } catch (cause) {
      throw new IoError(`cannot write in ${this.folder}: ${reasonOf(cause)}`, { cause });
    }
  }

  private async append(handle: fs.promises.FileHandle, piece: Uint8Array, name: string): Promise<void> {
    try {
      for (let at = 0; at < piece.length; ) {
        at += (await handle.write(piece, at, piece.length - at)).bytesWritten;
      }
    } catch (cause) {
      throw new IoError(`${this.cannot(name)}: ${reasonOf(cause)}; ${ELSEWHERE}`, { cause });
    }
  }

  private checkRoom(name: string, needed: number): void {
    const room = this.roomIn(this.folder) - RESERVE_BYTES;
    if (room >= needed && room > 0) return;
    const least = needed > 0 ? `at least ${needed} bytes are needed, ` : "";
    throw new IoError(
      `${this.cannot(name)}: ${least}${Math.max(0, room)} are free (${RESERVE_BYTES} kept for others); ${ELSEWHERE}`,
    );
  }

  private cannot(name: string): string {
    return `cannot unpack ${name} into ${this.folder}`;
  }
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = fs.statfsSync(folder);
  return bavail * bsize;
}

const ELSEWHERE = "name a folder with more room: --temp-dir FOLDER";
