import { SKETCH_GAMMA } from "../../inventory/schema.ts";
import { bigkeys } from "../../queries/bigkeys.ts";
import { counted } from "../../queries/words.ts";
import { humanBytes, humanShare } from "../../units.ts";
import { finding, rule } from "../rule.ts";
import { totalSums } from "../sums.ts";

const EXAMPLES = 3;
const SKETCH_SQL = `SELECT bucket, sum(keys) AS keys FROM sketches
  WHERE snapshot = @snapshot AND type IS NOT NULL AND measure = 'bytes' GROUP BY bucket ORDER BY bucket DESC`;

/** A few keys that hold most of the memory. Counted from a sketch that knows sizes within 1%. */
export const concentration = rule({
  id: "concentration",
  looksFor: "few keys that hold most of the memory",
  needs: ["whole"],
  thresholds: { memory_share: 0.8, keys_share: 0.05, min_keys: 100 },
  find(scope, { memory_share: part, keys_share: limit, min_keys: least }) {
    const { keys, bytes } = totalSums(scope);
    if (keys < least) return [];
    const buckets = scope.inventory.all<{ bucket: number; keys: number }>(SKETCH_SQL, {
      snapshot: scope.snapshot.snapshot,
    });
    const few = fewest(buckets, part);
    if (few / keys > limit) return [];
    return [
      finding({
        severity: "info",
        title: `about ${counted(few, "key")} hold${few === 1 ? "s" : ""} ${humanShare(part)} of the memory`,
        evidence: [
          `That is ${humanShare(few / keys)} of ${counted(keys, "key")}; all together take ${humanBytes(bytes)}. These are sizes by MEMORY USAGE, known within 1%.`,
        ],
        figures: { keys, few_keys: few, few_keys_share: few / keys, memory_share: part, bytes },
        examples: bigkeys(scope, EXAMPLES, "bytes").map(({ key }) => key),
        advice: [
          "Begin with these keys: what is done about all others changes little. `rdbscope bigkeys` lists them.",
        ],
      }),
    ];
  },
});

/** How many of the largest make up a part of the whole. `buckets`: the largest first. */
function fewest(buckets: readonly { bucket: number; keys: number }[], part: number): number {
  const sized = buckets.map(({ bucket, keys }) => ({
    keys,
    each: SKETCH_GAMMA ** Math.max(0, bucket - 0.5),
  }));
  let left = sized.reduce((sum, { keys, each }) => sum + keys * each, 0) * part;
  let few = 0;
  for (const { keys, each } of sized) {
    const taken = Math.min(keys, Math.ceil(left / each));
    few += taken;
    left -= taken * each;
    if (left <= 0) break;
  }
  return few;
}
