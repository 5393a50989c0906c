import { keysOfRows, ofRow } from "../../queries/sampling.ts";
import { keySource, scopeParams } from "../../queries/scope.ts";
import { counted, thousands } from "../../queries/words.ts";
import { humanBytes, humanShare } from "../../units.ts";
import { finding, rule } from "../rule.ts";
import { totalSums } from "../sums.ts";

const DAY_SECONDS = 86_400;

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
    const total = totalSums(scope).bytes;
    const rows = scope.inventory.all<StaleRow>(
      `SELECT pattern, ${keysOfRows(scope)} AS keys, sum(${ofRow(scope, "bytes")}) AS bytes,
         sum(${ofRow(scope, "heap_bytes")}) AS heap_bytes, max(idle_seconds) AS longest
       FROM ${keySource(scope)} WHERE idle_seconds > @idle GROUP BY pattern ORDER BY bytes DESC, pattern`,
      { ...scopeParams(scope), idle: days * DAY_SECONDS },
    );
    return rows
      .filter(({ bytes }) => bytes > limit * total)
      .map(({ pattern, keys, bytes, heap_bytes: heap, longest }) =>
        finding({
          severity: "info",
          title: `${pattern}: ${counted(keys, "key")} nobody asked for in over ${thousands(days)} days`,
          pattern,
          evidence: [
            `They take ${humanBytes(bytes)}, ${humanShare(bytes / total)} of all; the longest idle one was last used ${thousands(Math.floor(longest / DAY_SECONDS))} days before the snapshot.`,
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
