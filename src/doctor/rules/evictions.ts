import { counted } from "../../queries/words.ts";
import { infoNumber } from "../info.ts";
import { finding, rule } from "../rule.ts";

/** Keys that the server threw away for want of room. */
export const evictions = rule({
  id: "evictions",
  looksFor: "keys that were evicted",
  needs: ["info"],
  infoFields: [{ names: ["evicted_keys"] }],
  isExact: true,
  thresholds: { evicted_keys: 0 },
  find(_, { evicted_keys: limit }, info) {
    const evicted = infoNumber(info, "evicted_keys") ?? 0;
    if (evicted <= limit) return [];
    const hits = infoNumber(info, "keyspace_hits") ?? 0;
    const misses = infoNumber(info, "keyspace_misses") ?? 0;
    const rate = hits + misses === 0 ? null : hits / (hits + misses);
    const policy = info.get("maxmemory_policy") ?? "unknown";
    return [
      finding({
        severity: "warning",
        title: `${counted(evicted, "key")} were evicted`,
        evidence: [
          `Since the server's start (or CONFIG RESETSTAT), under ${policy}${rate === null ? "" : `; ${(rate * 100).toFixed(1)}% of reads find their key`}.`,
        ],
        figures: { evicted_keys: evicted, hit_rate: rate, maxmemory_policy: policy },
        advice: [
          "In a cache that is how it should be while the hit rate holds. Anywhere else data was lost: raise maxmemory, or free what the other findings tell.",
        ],
      }),
    ];
  },
});
