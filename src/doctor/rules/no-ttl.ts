import { counted, thousands } from "../../queries/words.ts";
import { humanShare } from "../../units.ts";
import { costText } from "../cost.ts";
import { examplesOf } from "../examples.ts";
import { type Finding, finding, rule } from "../rule.ts";
import { type PatternSums, patternSums } from "../sums.ts";
import { hasWord, TEMPORARY_WORDS } from "../words.ts";

/** Keys that never expire where they should: temporary by name, or most of their pattern expires. */
export const noTtl = rule({
  id: "no-ttl",
  looksFor: "keys that never expire in patterns that are temporary, or that mostly expire",
  needs: [],
  thresholds: {
    words: TEMPORARY_WORDS,
    no_ttl_share: 0.05,
    mostly_share: 0.5,
    min_keys: 10,
    pattern_bytes: 100 * 1024,
  },
  find(scope, { words, no_ttl_share: limit, mostly_share: mostly, min_keys: least, pattern_bytes: bytes }) {
    const found = patternSums(scope)
      .filter(({ heap_bytes: heap, keys_without_ttl: without }) => heap >= bytes && without >= least)
      .map((sums) => ({
        sums,
        share: sums.keys_without_ttl / sums.keys,
        temporary: hasWord(sums.pattern, words),
      }))
      .filter(({ share, temporary }) => share > limit && (temporary || 1 - share > mostly));
    const patterns = found.map(({ sums }) => sums.pattern);
    const examples = examplesOf(scope, patterns, "expires_at IS NULL");
    return found.map(({ sums, temporary }) => told(sums, temporary, examples.get(sums.pattern)!));
  },
});

function told(sums: PatternSums, temporary: boolean, examples: Finding["examples"]) {
  const { pattern, keys, keys_without_ttl: without, bytes, heap_bytes: heap } = sums;
  const share = without / keys;
  const why = temporary
    ? "by its name it is temporary"
    : `${humanShare(1 - share)} of its keys expire, these were probably forgotten`;
  return finding({
    severity: "warning",
    title: `${pattern}: ${without === keys ? "none" : `${humanShare(share)}`} of its keys ${without === keys ? "ever expires" : "never expire"}`,
    pattern,
    evidence: [
      `${thousands(without)} of ${counted(keys, "key")} have no TTL, and ${why}.`,
      `All keys of the pattern take ${costText(heap, bytes)}; what has no TTL stays until somebody deletes it.`,
    ],
    figures: { keys, keys_without_ttl: without, no_ttl_share: share, bytes, heap_bytes: heap },
    examples,
    advice: [
      "Set the TTL in the command that writes: SET key value EX 3600, or EXPIRE key 3600 in the same MULTI for other types.",
      "For the keys that are there: SCAN with MATCH, then EXPIRE key 86400 NX (Redis 7.0; before, ask TTL first).",
      ...(temporary
        ? []
        : ["Look for a write path that drops the TTL: a plain SET does, unless KEEPTTL is given."]),
    ],
  });
}
