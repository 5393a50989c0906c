import fs from "node:fs";
import path from "node:path";
import { IoError, UsageError } from "../../errors.ts";

const SPECIAL = /[*?[]/;

/**
 * File names, with those patterns expanded that no shell expanded: `*`, `?` and `[a-z]` in any part of a path. What
 * exists under the very name given is taken as it is.
 * @throws {IoError} when nothing matches a pattern
 */
export function expandGlobs(names: readonly string[]): string[] {
  return names.flatMap((name) => {
    if (!SPECIAL.test(name) || fs.existsSync(name)) return [name];
    const found = expand(name);
    if (found.length === 0) throw new IoError(`no file matches ${name}`);
    return found;
  });
}

/** The one file that a name or a pattern means. @throws {UsageError} when it means several */
export function expandOne(name: string): string {
  const found = expandGlobs([name]);
  if (found.length > 1) throw new UsageError(`${name} matches ${found.length} files: give one of them`);
  return found[0]!;
}

function expand(pattern: string): string[] {
  const [first, ...parts] = pattern.split("/");
  let found = first === "" ? ["/"] : matches("", first!);
  for (const part of parts) found = found.flatMap((folder) => matches(folder, part));
  return found;
}

/** What a folder ("" is the current one) holds under a name or a pattern, in the order of names. */
function matches(folder: string, part: string): string[] {
  if (!SPECIAL.test(part)) {
    const name = path.join(folder, part);
    return fs.existsSync(name) ? [name] : [];
  }
  const pattern = toRegExp(part);
  const isHidden = (name: string) => name.startsWith(".") && !part.startsWith(".");
  return namesIn(folder)
    .filter((name) => pattern.test(name) && !isHidden(name))
    .sort()
    .map((name) => path.join(folder, name));
}

function namesIn(folder: string): string[] {
  try {
    return fs.readdirSync(folder === "" ? "." : folder);
  } catch {
    return []; // No folder, or none that we may read: nothing in it matches.
  }
}

function toRegExp(glob: string): RegExp {
  const source = glob.replace(/\[(!?)([^\]]+)\]|[\\^$.*+?()[\]{}|]/g, (found, not?: string, set?: string) => {
    if (set !== undefined) return `[${not === "!" ? "^" : ""}${set.replace(/[\\\]^]/g, "\\$&")}]`;
    return { "*": "[^/]*", "?": "[^/]" }[found] ?? `\\${found}`;
  });
  return new RegExp(`^${source}$`, "su");
}
