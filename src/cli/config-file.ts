import { UsageError } from "../errors.ts";
import { isSetting, parseSettings, SETTING_NAMES } from "../memory/index.ts";
import { nearName } from "../near-names.ts";
import { readSmallFile } from "./read-text.ts";
import { splitArgs } from "./split-args.ts";

/** No redis.conf is longer: the one that Redis ships, with all its comments, has some 100 KB. */
const MAX_BYTES = 16 * 1024 ** 2;

/**
 * The directives of a redis.conf that change what keys take, the last of each. Everything else in it is passed over;
 * `warn` is told where that is spelt almost like one of them.
 * @throws {UsageError} at the first line that is none, includes a file, or gives a value that cannot be.
 * @throws {IoError} when it cannot be read
 */
export function readConfigFile(
  path: string,
  warn: (message: string) => void = () => {},
): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const [i, line] of readSmallFile(path, MAX_BYTES, "redis.conf")
    .toString("utf8")
    .split(/\r?\n/)
    .entries()) {
    const text = line.trim();
    if (text === "" || text.startsWith("#")) continue;
    const place = `${path}, line ${i + 1}`;
    const words = splitArgs(text);
    if (words === undefined) throw new UsageError(`${place}: quotes do not match`);
    const name = words[0]!.toLowerCase();
    if (name === "include") {
      throw new UsageError(`${place}: include is not followed: give the file that has the settings`);
    }
    if (!isSetting(name)) {
      const near = nearName(name, SETTING_NAMES);
      if (near !== undefined) warn(`${place}: ${name} is passed over: did you mean ${near}?`);
      continue;
    }
    if (words.length !== 2) throw new UsageError(`${place}: ${name} takes one value`);
    checkValue(place, name, words[1]!);
    setLast(settings, name, words[1]!);
  }
  return settings;
}

/** Sets a name behind all others: of two spellings of one directive the later one counts. */
export function setLast(settings: Record<string, string>, name: string, value: string): void {
  delete settings[name];
  settings[name] = value;
}

function checkValue(place: string, name: string, value: string): void {
  try {
    parseSettings({ [name]: value });
  } catch (error) {
    throw new UsageError(`${place}: ${(error as Error).message}`);
  }
}
