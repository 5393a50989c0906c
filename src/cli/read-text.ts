import fs from "node:fs";
import { IoError, reasonOf, UsageError } from "../errors.ts";

/**
 * A small file of text; `-` is the standard input. `what` is what it should be, in words.
 * @throws {IoError} when it cannot be read. @throws {UsageError} when it is longer than such a file can be
 */
export function readText(path: string, maxBytes: number, what: string): string {
  try {
    const source = path === "-" ? 0 : path;
    if (source === 0 || fs.statSync(source).size <= maxBytes) {
      const bytes = fs.readFileSync(source);
      if (bytes.length <= maxBytes) return bytes.toString("utf8");
    }
  } catch (cause) {
    throw new IoError(`cannot read ${path}: ${reasonOf(cause)}`, { cause });
  }
  throw new UsageError(`${path} is larger than ${maxBytes / 1024 ** 2} MiB: it is no ${what}`);
}
