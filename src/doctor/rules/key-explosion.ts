import type { Scope } from "../../queries/scope.ts";
import { counted } from "../../queries/words.ts";
import { humanBytes, humanShare } from "../../units.ts";
import { finding, rule } from "../rule.ts";
import { packing, settingOf } from "../settings.ts";
import { isBucketable, ttlCaveat } from "../small.ts";
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
      .map((sums) => {
        const { pattern, keys, heap_bytes: heap, payload_bytes: payload, bytes } = sums;
        const without = sums.keys_without_ttl;
        return finding({
          severity: keys > warning ? "warning" : "info",
          title: `${pattern}: ${counted(keys, "key")}`,
          pattern,
          evidence: [
            `They hold ${humanBytes(payload)} of data, names included, in ${humanBytes(heap)} of heap: ${Math.round((heap - payload) / keys)} bytes a key are not data.`,
            `${humanShare(without / keys)} of them never expire.`,
          ],
          figures: { keys, bytes, heap_bytes: heap, payload_bytes: payload, keys_without_ttl: without },
          advice: [
            ...(isBucketable(scope, sums) ? [`${bucketAdvice(scope)}${ttlCaveat(sums)}`] : []),
            ...(without > 0 ? ["Give those a TTL that should go after a time."] : []),
            "Find out who makes them: a pattern that grows with every request needs a limit. Watch the count with `rdbscope patterns --sort keys`.",
          ],
        });
      }),
});

function bucketAdvice(scope: Scope): string {
  const { directive } = settingOf(scope, "hash-max-listpack-entries");
  return `They are small: bucketed into hashes, which stay ${packing(scope)}s up to ${directive}, they cost less: HSET prefix:{id/100} {id%100} value.`;
}
