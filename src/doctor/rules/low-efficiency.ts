import type { Scope } from "../../queries/scope.ts";
import { counted, thousands } from "../../queries/words.ts";
import { humanBytes, humanShare } from "../../units.ts";
import { finding, rule } from "../rule.ts";
import { packing, settingOf } from "../settings.ts";
import { isBucketable, ttlCaveat } from "../small.ts";
import { type PatternSums, patternSums, totalSums } from "../sums.ts";

/** Patterns of which much of the memory is no data. */
export const lowEfficiency = rule({
  id: "low-efficiency",
  looksFor: "patterns that take much more memory than their data",
  needs: [],
  thresholds: { overhead_share: 0.2, warning_overhead_share: 0.75, memory_share: 0.05, min_keys: 10 },
  find(scope, t) {
    const total = totalSums(scope).heap_bytes;
    return patternSums(scope)
      .map((sums) => ({ ...sums, overhead: sums.heap_bytes - sums.payload_bytes }))
      .filter(
        ({ keys, heap_bytes: heap, overhead }) => keys >= t.min_keys && overhead > t.overhead_share * heap,
      )
      .filter(({ heap_bytes: heap }) => heap >= t.memory_share * total)
      .sort((a, b) => b.overhead - a.overhead)
      .map((sums) => {
        const { pattern, types, keys, heap_bytes: heap, payload_bytes: payload, overhead } = sums;
        return finding({
          severity: overhead > t.warning_overhead_share * heap ? "warning" : "info",
          title: `${pattern}: ${humanShare(overhead / heap)} of its memory is not data`,
          pattern,
          evidence: [
            `${counted(keys, "key")} (${types}) hold ${humanBytes(payload)} of data, names included, in ${humanBytes(heap)} of heap.`,
            `That is ${thousands(overhead / keys)} bytes of objects, entries and rounding a key.`,
          ],
          figures: {
            types,
            keys,
            bytes: sums.bytes,
            heap_bytes: heap,
            payload_bytes: payload,
            overhead_share: overhead / heap,
          },
          advice: [
            isBucketable(scope, sums) ? `${fullerKeys(scope)}${ttlCaveat(sums)}` : adviceFor(scope, sums),
            "`rdbscope explain FILE KEY` tells where every byte of one of them goes.",
          ],
        });
      });
  },
});

function fullerKeys(scope: Scope): string {
  return `They are small: fewer, fuller keys cost less. Put those that belong together into one hash, within the limits of a ${packing(scope)}.`;
}

/** A key that has more elements than this costs what its elements cost, not what a key does. */
const MANY_ELEMENTS = 64;

function adviceFor(scope: Scope, sums: PatternSums): string {
  const { types, keys, elements, heap_bytes: heap, payload_bytes: payload } = sums;
  const packed = packing(scope);
  if (elements > MANY_ELEMENTS * keys) {
    return `It is the elements that cost: ${Math.round((heap - payload) / elements)} bytes each besides their data. Hash tables and skiplists take most of that, ${packed}s and intsets little: divide such a key into several that stay within ${settingOf(scope, "hash-max-listpack-entries").directive} and its kin, or raise these (encoding-thresholds tells what that saves).`;
  }
  return types === "string"
    ? "Every key costs its object, its entry and the rounding of its size, whatever it holds. Values just above a size class of the allocator (64, 80, 96, 112, 128, 160, … bytes) waste most: shorter names or values help where they cross one."
    : `Every key costs its object and its entry, and a value that is no ${packed} some more for each element: fewer fields and elements, within the limits of a ${packed}, take least.`;
}
