import { counted } from "../../queries/words.ts";
import { humanBytes, humanShare } from "../../units.ts";
import { finding, rule } from "../rule.ts";
import { patternSums } from "../sums.ts";

/** Patterns with so many keys that what each costs by itself adds up. */
export const keyExplosion = rule({
  id: "key-explosion",
  looksFor: "patterns of very many keys",
  needs: [],
  thresholds: { keys: 10_000, warning_keys: 1_000_000 },
  find: (scope, { keys: limit, warning_keys: warning }) =>
    patternSums(scope)
      .filter(({ keys }) => keys > limit)
      .map(({ pattern, keys, heap_bytes: heap, payload_bytes: payload, keys_without_ttl: without, bytes }) =>
        finding({
          severity: keys > warning ? "warning" : "info",
          title: `${pattern}: ${counted(keys, "key")}`,
          pattern,
          evidence: [
            `They hold ${humanBytes(payload)} of data in ${humanBytes(heap)} of heap: ${Math.round((heap - payload) / keys)} bytes a key are not data.`,
            `${humanShare(without / keys)} of them never expire.`,
          ],
          figures: { keys, bytes, heap_bytes: heap, payload_bytes: payload, keys_without_ttl: without },
          advice: [
            "If they are small, bucket them into hashes, which stay listpacks up to hash-max-listpack-entries: HSET pattern:{id/100} {id%100} value.",
            "If they should go after a time, give them a TTL. Watch the count with `rdbscope patterns --sort keys`.",
          ],
        }),
      ),
});
