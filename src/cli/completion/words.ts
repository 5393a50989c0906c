import { GROUPING_NAMES } from "../../diff/rollup-diff.ts";
import { RULES } from "../../doctor/rules/index.ts";
import { INDEX_COLUMNS } from "../../inventory/summaries.ts";
import { ALLOCATORS, PROFILES, TYPES } from "../../memory/index.ts";
import { SYNC_TYPES, WORKLOAD_NAMES } from "../../plan/rules-of-thumb.ts";
import { CSV_COMPAT } from "../../queries/csv-compat.ts";
import { NAMED_QUESTIONS } from "../../queries/named/index.ts";
import { PATTERN_ORDERS } from "../../queries/patterns.ts";
import { CHECK_FORMATS } from "../../reports/check/index.ts";
import { FORMATS } from "../../reports/index.ts";
import { VALUE_FORMATS } from "../../values/formats.ts";
import { ENGINES, PROGRESS_FORMATS, REPORT_FORMAT_NAMES } from "../options.ts";

const rules = RULES.map(({ id }) => id);

/** Parameters of all questions, as they are given. */
const params = [
  ...new Set(Object.values(NAMED_QUESTIONS).flatMap(({ params = {} }) => Object.keys(params))),
  "snapshot",
].map((name) => `${name}=`);

/** What options and arguments take that know their values; `command --option` where it is not the same for all commands. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  "--format": Object.keys(FORMATS),
  "report --format": REPORT_FORMAT_NAMES,
  "check --format": Object.keys(CHECK_FORMATS),
  "check --report": Object.keys(CHECK_FORMATS).map((name) => `${name}=`),
  "--progress": PROGRESS_FORMATS,
  "--engine": ENGINES,
  "--profile": Object.keys(PROFILES),
  "--profiles": Object.keys(PROFILES),
  "--workload": WORKLOAD_NAMES,
  "--sync": SYNC_TYPES,
  "--allocator": Object.keys(ALLOCATORS),
  "--type": TYPES,
  "--ttl": ["none", "any", "expired"],
  "--index": Object.keys(INDEX_COLUMNS),
  "--sort": PATTERN_ORDERS,
  "ttl --by": ["pattern"],
  "bigkeys --by": ["type"],
  "sizes --by": ["type"],
  "diff --by": GROUPING_NAMES,
  "--host": ["127.0.0.1", "::1", "localhost"],
  "--rules": rules,
  "--disable": rules,
  "--values": Object.keys(VALUE_FORMATS),
  "--csv-compat": Object.keys(CSV_COMPAT),
  "query sql": Object.keys(NAMED_QUESTIONS),
  "query --param": params,
};

/** The words that an option or argument of a command takes; undefined where they are not known. */
export function wordsOf(command: string, option: string): readonly string[] | undefined {
  return WORDS[`${command} ${option}`] ?? WORDS[option];
}
