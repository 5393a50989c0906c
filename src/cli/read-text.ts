import fs from "node:fs";
import { IoError, reasonOf, UsageError } from "../errors.ts";

/** Bytes that are read at once. */
const PIECE = 64 * 1024;
/** How long to wait for an input that has nothing yet (ms). */
const PAUSE = 10;

/**
 * A small file of text; `-` is the standard input. `what` is what it should be, in words.
 * @throws {IoError} when it cannot be read. @throws {UsageError} when it is longer than such a file can be
 */
export function readText(path: string, maxBytes: number, what: string): string {
  return limited(path, maxBytes, what, () =>
    path === "-" ? readUpTo(0, maxBytes) : ofFile(path, maxBytes),
  ).toString("utf8");
}

/**
 * The bytes of a small file. Never more than `maxBytes` and one are read, whatever the file is: devices and pipes do not say how long they are.
 * @throws {IoError} when it cannot be read. @throws {UsageError} when it is longer than such a file can be
 */
export function readSmallFile(path: string, maxBytes: number, what: string): Buffer {
  return limited(path, maxBytes, what, () => ofFile(path, maxBytes));
}

function limited(path: string, maxBytes: number, what: string, read: () => Buffer | undefined): Buffer {
  let bytes: Buffer | undefined;
  try {
    bytes = read();
  } catch (cause) {
    throw new IoError(`cannot read ${path}: ${reasonOf(cause)}`, { cause });
  }
  if (bytes !== undefined) return bytes;
  throw new UsageError(`${path} is larger than ${maxBytes / 1024 ** 2} MiB: it is no ${what}`);
}

function ofFile(path: string, maxBytes: number): Buffer | undefined {
  const file = fs.openSync(path, "r");
  try {
    return readUpTo(file, maxBytes);
  } finally {
    fs.closeSync(file);
  }
}

/** Everything to the end; undefined: there is more than that. */
function readUpTo(file: number, maxBytes: number): Buffer | undefined {
  const pieces: Buffer[] = [];
  for (let left = maxBytes + 1; left > 0; ) {
    const piece = Buffer.allocUnsafe(Math.min(left, PIECE));
    const count = readPiece(file, piece);
    if (count === 0) return Buffer.concat(pieces);
    pieces.push(piece.subarray(0, count));
    left -= count;
  }
  return undefined;
}

/** Waits where the other end of a pipe that does not block has written nothing yet. */
function readPiece(file: number, piece: Buffer): number {
  for (;;) {
    try {
      return fs.readSync(file, piece);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EOF") return 0; // Windows: the end of a pipe
      if (code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
    }
  }
}
