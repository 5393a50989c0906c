import { RULES } from "../../doctor/rules/index.ts";
import { INDEX_COLUMNS } from "../../inventory/summaries.ts";
import { ALLOCATORS, PROFILES, TYPES } from "../../memory/index.ts";
import { CSV_COMPAT } from "../../queries/csv-compat.ts";
import { PATTERN_ORDERS } from "../../queries/patterns.ts";
import { FORMATS } from "../../reports/index.ts";
import { VALUE_FORMATS } from "../../values/formats.ts";

const rules = RULES.map(({ id }) => id);

/** What options take that know their values; `command --option` where it is not the same for all commands. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  "--format": Object.keys(FORMATS),
  "--profile": Object.keys(PROFILES),
  "--profiles": Object.keys(PROFILES),
  "--allocator": Object.keys(ALLOCATORS),
  "--type": TYPES,
  "--ttl": ["none", "any", "expired"],
  "--index": Object.keys(INDEX_COLUMNS),
  "--sort": PATTERN_ORDERS,
  "ttl --by": ["pattern"],
  "bigkeys --by": ["type"],
  "sizes --by": ["type"],
  "--rules": rules,
  "--disable": rules,
  "--values": Object.keys(VALUE_FORMATS),
  "--csv-compat": Object.keys(CSV_COMPAT),
};

/** The words that an option of a command takes; undefined where they are not known. */
export function wordsOf(command: string, option: string): readonly string[] | undefined {
  return WORDS[`${command} ${option}`] ?? WORDS[option];
}
