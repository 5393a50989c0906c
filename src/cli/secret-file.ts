import { UsageError } from "../errors.ts";
import { MIN_SECRET_BYTES } from "../inventory/name-hash.ts";
import { readSmallFile } from "./read-text.ts";

const MAX_BYTES = 1024 ** 2;
const LF = 0x0a;
const CR = 0x0d;

/**
 * A secret: the bytes of a file without a line end behind them.
 * @throws {UsageError} when it could be guessed. @throws {IoError} when it cannot be read
 */
export function readSecretFile(path: string): Uint8Array {
  const bytes = readSmallFile(path, MAX_BYTES, "secret");
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
