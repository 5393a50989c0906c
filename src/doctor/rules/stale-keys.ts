import { IDLE_BOUNDS } from "../../inventory/schema.ts";
import { keysOfRows, ofRow } from "../../queries/sampling.ts";
import { keySource, scopeParams } from "../../queries/scope.ts";
import { counted, thousands } from "../../queries/words.ts";
import { humanShare } from "../../units.ts";
import { costText } from "../cost.ts";
import { finding, rule } from "../rule.ts";
import { totalSums } from "../sums.ts";

const DAY_SECONDS = 86_400;

/** Whether there can be one: the inventory knows how many keys have been idle how long, so that most need no look at rows. */
const ANY_SQL = `SELECT 1 FROM access WHERE snapshot = @snapshot AND measure = 'idle_seconds' AND at_least >= @atLeast
  LIMIT 1`;

interface StaleRow {
  readonly pattern: string;
  readonly keys: number;
  readonly bytes: number;
  readonly heap_bytes: number;
  readonly longest: number;
}

/** Keys that nobody has asked for in a long time. Snapshots tell that where the policy is an LRU one. */
export const staleKeys = rule({
  id: "stale-keys",
  looksFor: "keys that nobody has asked for in a long time (where the snapshot has idle times)",
  needs: ["rows"],
  thresholds: { idle_days: 30, memory_share: 0.01 },
  find(scope, { idle_days: days, memory_share: limit }) {
    const idle = days * DAY_SECONDS;
    const atLeast = IDLE_BOUNDS.findLast((bound) => bound <= idle) ?? 0;
    if (scope.inventory.get(ANY_SQL, { snapshot: scope.snapshot.snapshot, atLeast }) === undefined) return [];
    const total = totalSums(scope).heap_bytes;
    const rows = scope.inventory.all<StaleRow>(
      `SELECT pattern, ${keysOfRows(scope)} AS keys, sum(${ofRow(scope, "bytes")}) AS bytes,
         sum(${ofRow(scope, "heap_bytes")}) AS heap_bytes, max(idle_seconds) AS longest
       FROM ${keySource(scope)} WHERE idle_seconds > @idle GROUP BY pattern ORDER BY heap_bytes DESC, pattern`,
      { ...scopeParams(scope), idle },
    );
    return rows
      .filter(({ heap_bytes: heap }) => heap > limit * total)
      .map(({ pattern, keys, bytes, heap_bytes: heap, longest }) =>
        finding({
          severity: "info",
          title: `${pattern}: ${counted(keys, "key")} nobody asked for in over ${thousands(days)} days`,
          pattern,
          evidence: [
            `They take ${costText(heap, bytes)}, ${humanShare(heap / total)} of all; the longest idle one was last used ${thousands(Math.floor(longest / DAY_SECONDS))} days before the snapshot.`,
          ],
          figures: { keys, bytes, heap_bytes: heap, longest_idle_seconds: longest },
          saving_bytes: bytes,
          saving_heap_bytes: heap,
          advice: [
            "If they can be had again from elsewhere, delete them (SCAN, OBJECT IDLETIME key, UNLINK key) or give them a TTL. The saving is that of deleting them all.",
            "Under maxmemory-policy allkeys-lru the server drops such keys itself when it needs room.",
          ],
        }),
      );
  },
});
