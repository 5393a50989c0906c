import { keysOfRows, ofRow } from "../../queries/sampling.ts";
import { expirySource, keySource, type Scope, scopeParams } from "../../queries/scope.ts";
import { counted } from "../../queries/words.ts";
import { humanShare, humanTime } from "../../units.ts";
import { costText } from "../cost.ts";
import { finding, rule } from "../rule.ts";

const MINUTE_MS = 60_000;

/** Keys of a pattern that expire after `starts_at` and up to `ends_at`, an hour later or more: `expiry`. */
interface BucketRow {
  readonly pattern: string;
  readonly starts_at: number;
  readonly ends_at: number;
  readonly in_pattern: number;
}

interface MinuteRow {
  readonly pattern: string;
  readonly minute: number;
  readonly keys: number;
  readonly bytes: number;
  readonly heap_bytes: number;
}

/** Many keys of a pattern that expire in the same minute. */
export const expirySpikes = rule({
  id: "expiry-spikes",
  looksFor: "many keys of a pattern that expire in the same minute",
  needs: ["rows", "whole"],
  thresholds: { keys: 1000, pattern_share: 0.1 },
  find(scope, { keys: least, pattern_share: limit }) {
    const buckets = fullBuckets(scope, least, limit);
    if (buckets.length === 0) return [];
    const expiring = new Map(buckets.map(({ pattern, in_pattern: keys }) => [pattern, keys]));
    return minutesOf(scope, buckets, least)
      .filter(({ pattern, keys }) => keys > limit * expiring.get(pattern)!)
      .map(({ pattern, minute, keys, bytes, heap_bytes: heap }) => {
        const share = keys / expiring.get(pattern)!;
        return finding({
          severity: "warning",
          title: `${pattern}: ${counted(keys, "key")} expire in the same minute`,
          pattern,
          evidence: [
            `Between ${humanTime(minute * MINUTE_MS)} UTC and a minute later ${humanShare(share)} of its expiring keys go, with ${costText(heap, bytes)}.`,
            "The server spends its time on deleting them then, and whoever needs them again makes them all at once.",
          ],
          figures: { minute_ms: minute * MINUTE_MS, keys, bytes, heap_bytes: heap, pattern_share: share },
          advice: ["Spread the TTLs by chance where they are set: EX 3600 ± 60 s, or 10% of longer ones."],
        });
      });
  },
});

/**
 * Buckets in which enough keys of a pattern expire, and how many of the pattern expire at all. A minute may lie in two of
 * them: half of what is wanted is enough.
 */
function fullBuckets(scope: Scope, least: number, share: number): BucketRow[] {
  return scope.inventory.all<BucketRow>(
    `SELECT pattern, starts_at, ends_at, in_pattern FROM (
       SELECT pattern, starts_at, ends_at, sum(keys) AS keys,
         sum(sum(keys)) OVER (PARTITION BY pattern) AS in_pattern
       FROM ${expirySource()} GROUP BY pattern, starts_at, ends_at)
     WHERE keys >= @least AND keys > @share * in_pattern`,
    { ...scopeParams(scope), least: least / 2, share: share / 2 },
  );
}

function minutesOf(scope: Scope, buckets: readonly BucketRow[], least: number): MinuteRow[] {
  return scope.inventory.all<MinuteRow>(
    `SELECT pattern, expires_at / ${MINUTE_MS} AS minute, ${keysOfRows(scope)} AS keys, sum(${ofRow(scope, "bytes")}) AS bytes,
       sum(${ofRow(scope, "heap_bytes")}) AS heap_bytes
     FROM ${keySource(scope)}
     WHERE expires_at BETWEEN @from AND @to AND pattern IN (SELECT value FROM json_each(@patterns))
     GROUP BY pattern, minute HAVING ${keysOfRows(scope)} >= @least ORDER BY keys DESC, pattern, minute`,
    {
      ...scopeParams(scope),
      least,
      from: Math.min(...buckets.map((one) => one.starts_at)) - MINUTE_MS,
      to: Math.max(...buckets.map((one) => one.ends_at)) + MINUTE_MS,
      patterns: JSON.stringify([...new Set(buckets.map(({ pattern }) => pattern))]),
    },
  );
}
