import { UsageError } from "../errors.ts";

/** What INFO said, by field name. */
export type Info = ReadonlyMap<string, string>;

/** Field that every server's INFO has had since there were sections. */
const KNOWN_FIELD = "used_memory";

/**
 * Reads a saved answer of INFO; `path` is what messages call it.
 * @throws {UsageError} when it does not say how much memory is used
 */
export function parseInfo(text: string, path: string): Info {
  const info = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const [, name, value] = /^([A-Za-z][\w-]*):(.*)$/.exec(line.trim()) ?? [];
    if (name !== undefined) info.set(name, value!);
  }
  if (info.has(KNOWN_FIELD)) return info;
  throw new UsageError(`${path} has no ${KNOWN_FIELD}: save a whole INFO, as redis-cli INFO > info.txt does`);
}

/** A field's number; undefined when the server does not have it. */
export function infoNumber(info: Info, name: string): number | undefined {
  const text = info.get(name);
  const value = Number(text);
  return text === undefined || text.trim() === "" || !Number.isFinite(value) ? undefined : value;
}
