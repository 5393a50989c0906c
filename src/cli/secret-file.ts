import fs from "node:fs";
import { IoError, reasonOf, UsageError } from "../errors.ts";
import { MIN_SECRET_BYTES } from "../inventory/name-hash.ts";

const LF = 0x0a;
const CR = 0x0d;

/**
 * A secret: the bytes of a file without a line end behind them.
 * @throws {UsageError} when it could be guessed. @throws {IoError} when it cannot be read
 */
export function readSecretFile(path: string): Uint8Array {
  const bytes = readBytes(path);
  let end = bytes.length;
  if (bytes[end - 1] === LF) end--;
  if (bytes[end - 1] === CR) end--;
  if (end < MIN_SECRET_BYTES) {
    throw new UsageError(
      `${path}: a secret has ${MIN_SECRET_BYTES} bytes at least, and this ${end}; make one: openssl rand -hex 32 > FILE`,
    );
  }
  return bytes.subarray(0, end);
}

function readBytes(path: string): Uint8Array {
  try {
    return fs.readFileSync(path);
  } catch (cause) {
    throw new IoError(`cannot read ${path}: ${reasonOf(cause)}`, { cause });
  }
}
