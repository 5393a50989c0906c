import fs from "node:fs";
import { IoError, reasonOf, UsageError } from "../errors.ts";

/**
 * A small file of text. `what` is what it should be, in words.
 * @throws {IoError} when it cannot be read. @throws {UsageError} when it is longer than such a file can be
 */
export function readText(path: string, maxBytes: number, what: string): string {
  try {
    if (fs.statSync(path).size <= maxBytes) return fs.readFileSync(path, "utf8");
  } catch (cause) {
    throw new IoError(`cannot read ${path}: ${reasonOf(cause)}`, { cause });
  }
  throw new UsageError(`${path} is larger than ${maxBytes / 1024 ** 2} MiB: it is no ${what}`);
}
