import { counted } from "../../queries/words.ts";
import { humanBytes, humanShare } from "../../units.ts";
import { finding, rule } from "../rule.ts";
import { patternSums, totalSums } from "../sums.ts";

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
      .map(({ pattern, types, keys, heap_bytes: heap, payload_bytes: payload, overhead }) =>
        finding({
          severity: overhead > t.warning_overhead_share * heap ? "warning" : "info",
          title: `${pattern}: ${humanShare(overhead / heap)} of its memory is not data`,
          pattern,
          evidence: [
            `${counted(keys, "key")} (${types}) hold ${humanBytes(payload)} of data, names included, in ${humanBytes(heap)} of heap.`,
            `That is ${Math.round(overhead / keys)} bytes of objects, entries and rounding a key.`,
          ],
          figures: { types, keys, heap_bytes: heap, payload_bytes: payload, overhead_share: overhead / heap },
          advice: [
            "Fewer, fuller keys cost less: put small values that belong together into one hash, within the limits of a listpack.",
            "`rdbscope explain FILE KEY` tells where every byte of one of them goes.",
          ],
        }),
      );
  },
});
