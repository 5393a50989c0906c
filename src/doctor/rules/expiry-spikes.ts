import { expirySource, keySource, type Scope, scopeParams } from "../../queries/scope.ts";
import { counted } from "../../queries/words.ts";
import { humanBytes, humanShare, humanTime } from "../../units.ts";
import { finding, rule } from "../rule.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

interface HourRow {
  readonly pattern: string;
  readonly hour: number;
  readonly in_pattern: number;
}

interface MinuteRow {
  readonly pattern: string;
  readonly minute: number;
  readonly keys: number;
  readonly bytes: number;
}

/** Many keys of a pattern that expire in the same minute. */
export const expirySpikes = rule({
  id: "expiry-spikes",
  looksFor: "many keys of a pattern that expire in the same minute",
  needs: ["rows", "whole"],
  thresholds: { keys: 1000, pattern_share: 0.1 },
  find(scope, { keys: least, pattern_share: limit }) {
    const hours = fullHours(scope, least, limit);
    if (hours.length === 0) return [];
    const expiring = new Map(hours.map(({ pattern, in_pattern: keys }) => [pattern, keys]));
    return minutesOf(scope, hours, least)
      .filter(({ pattern, keys }) => keys > limit * expiring.get(pattern)!)
      .map(({ pattern, minute, keys, bytes }) => {
        const share = keys / expiring.get(pattern)!;
        return finding({
          severity: "warning",
          title: `${pattern}: ${counted(keys, "key")} expire in the same minute`,
          pattern,
          evidence: [
            `Between ${humanTime(minute * MINUTE_MS)} UTC and a minute later ${humanShare(share)} of its expiring keys go, with ${humanBytes(bytes)}.`,
            "The server spends its time on deleting them then, and whoever needs them again makes them all at once.",
          ],
          figures: { minute_ms: minute * MINUTE_MS, keys, bytes, pattern_share: share },
          advice: ["Spread the TTLs by chance where they are set: EX 3600 ± 60 s, or 10% of longer ones."],
        });
      });
  },
});

/** Hours in which enough keys of a pattern expire, and how many of the pattern expire at all. */
function fullHours(scope: Scope, least: number, share: number): HourRow[] {
  return scope.inventory.all<HourRow>(
    `SELECT pattern, hour, in_pattern FROM (
       SELECT pattern, hour, sum(keys) AS keys, sum(sum(keys)) OVER (PARTITION BY pattern) AS in_pattern
       FROM ${expirySource()} GROUP BY pattern, hour) WHERE keys >= @least AND keys > @share * in_pattern`,
    { ...scopeParams(scope), least, share },
  );
}

function minutesOf(scope: Scope, hours: readonly HourRow[], least: number): MinuteRow[] {
  const times = hours.map(({ hour }) => hour);
  return scope.inventory.all<MinuteRow>(
    `SELECT pattern, expires_at / ${MINUTE_MS} AS minute, count(*) AS keys, sum(bytes) AS bytes
     FROM ${keySource(scope)}
     WHERE expires_at BETWEEN @from AND @to AND pattern IN (SELECT value FROM json_each(@patterns))
     GROUP BY pattern, minute HAVING count(*) >= @least ORDER BY keys DESC, pattern, minute`,
    {
      ...scopeParams(scope),
      least,
      from: Math.min(...times) * HOUR_MS,
      // Buckets of hours far away are wider than an hour: see `expiryHourOf`.
      to: (Math.max(...times) + 30 * 24) * HOUR_MS,
      patterns: JSON.stringify([...new Set(hours.map(({ pattern }) => pattern))]),
    },
  );
}
