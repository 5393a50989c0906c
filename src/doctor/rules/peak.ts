import { humanBytes, humanShare } from "../../units.ts";
import { infoNumber } from "../info.ts";
import { finding, rule } from "../rule.ts";

/** Memory at its highest ever. */
export const peak = rule({
  id: "peak",
  looksFor: "memory at its peak, or far below it",
  needs: ["info"],
  infoFields: [{ names: ["used_memory_peak"] }],
  isExact: true,
  thresholds: { near_share: 0.95, far_share: 0.66, min_bytes: 100 * 1024 ** 2 },
  find(_, { near_share: near, far_share: far, min_bytes: least }, info) {
    const used = infoNumber(info, "used_memory") ?? 0;
    const most = infoNumber(info, "used_memory_peak") ?? 0;
    if (most < least || (used < near * most && used > far * most)) return [];
    const share = used / most;
    const figures = { used_memory: used, used_memory_peak: most, share };
    if (share >= near) {
      return [
        finding({
          severity: "info",
          title: `memory is at ${humanShare(share)} of its peak`,
          evidence: [`${humanBytes(used)} now, ${humanBytes(most)} at most: it probably still grows.`],
          figures,
          advice: [
            "Take a snapshot a day and see which patterns grow; set maxmemory before the machine's end comes.",
          ],
        }),
      ];
    }
    return [
      finding({
        severity: "info",
        title: `memory was ${humanBytes(most)} once, ${humanBytes(used)} now`,
        evidence: [
          `That is ${humanShare(share)} of the peak; what the allocator holds of it stays resident and fragmented.`,
        ],
        figures,
        advice: ["MEMORY PURGE gives back what lies idle; plan for the peak, which may come again."],
      }),
    ];
  },
});
