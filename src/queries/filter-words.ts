import type { QuestionFilters, TtlFilter } from "./filters.ts";
import { thousands } from "./words.ts";

/** Filters in words: "type hash; size from 10,240 bytes"; empty when nothing is filtered. */
export function filterWords(filters: QuestionFilters): string {
  const { dbs, types, pattern, key, keys, notKey, regex, minBytes, maxBytes, ttl } = filters;
  const like = regex === true ? "matching" : "like";
  const words: [unknown, () => string][] = [
    [types, () => `type ${types!.join(" or ")}`],
    [dbs, () => `database ${dbs!.join(" or ")}`],
    [pattern, () => `pattern ${pattern}`],
    [key, () => `a name ${like} ${key}`],
    [keys, () => `a name like ${keys!.join(" or ")}`],
    [notKey, () => `no name ${like} ${notKey}`],
    [minBytes, () => `at least ${thousands(minBytes!)} bytes`],
    [maxBytes, () => `at most ${thousands(maxBytes!)} bytes`],
    [ttl, () => ttlWords(ttl!)],
  ];
  return words.flatMap(([given, say]) => (given === undefined ? [] : [say()])).join("; ");
}

const TTL_WORDS = { none: "no TTL", any: "a TTL", expired: "a TTL that has run out" } as const;

/** A range's `max` is null or infinite where it has no end. */
function ttlWords(ttl: TtlFilter): string {
  if (typeof ttl === "string") return TTL_WORDS[ttl];
  const end =
    ttl.max === null || ttl.max === Number.POSITIVE_INFINITY ? " or more" : ` to ${thousands(ttl.max)}`;
  return `${thousands(ttl.min)}${end} seconds left`;
}
