import fs from "node:fs";
import net from "node:net";
import type { Readable } from "node:stream";
import { IoError, reasonOf, UsageError } from "../../errors.ts";
import type { Pieces } from "./byte-reader.ts";

const PIECE_BYTES = 2 ** 18;
/** Names of the standard input. */
const STANDARD_INPUT = new Set(["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"]);

/** Whether a name means the standard input; a file that was redirected to it is a file, if it has a name. */
export function isStandardInput(name: string): boolean {
  if (name === "-") return true;
  return STANDARD_INPUT.has(name) && fs.statSync(name, { throwIfNoEntry: false })?.isFile() !== true;
}

/** The bytes of a file, a pipe, a device or the standard input, in order. @throws {IoError} */
export async function* readPieces(name: string, signal: AbortSignal | undefined): Pieces {
  signal?.throwIfAborted();
  const stream = open(name);
  const abort = () => stream.destroy(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  try {
    for await (const piece of stream) {
      yield piece;
      signal?.throwIfAborted();
    }
  } catch (cause) {
    signal?.throwIfAborted();
    if ((cause as NodeJS.ErrnoException).syscall === undefined) throw cause;
    throw new IoError(`cannot read ${name}: ${reasonOf(cause)}`, { cause });
  } finally {
    signal?.removeEventListener("abort", abort);
    stream.destroy();
  }
}

function open(name: string): Readable {
  if (isStandardInput(name)) {
    if (process.stdin.isTTY)
      throw new UsageError("the standard input is a terminal: give a file, or pipe one in");
    return process.stdin;
  }
  if (!fs.statSync(name).isFIFO()) return fs.createReadStream(name, { highWaterMark: PIECE_BYTES });
  // Opened so that to wait for who writes into it can be interrupted.
  const fd = fs.openSync(name, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  return new net.Socket({ fd, readable: true, writable: false });
}
