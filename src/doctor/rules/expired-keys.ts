import { counted } from "../../queries/words.ts";
import { humanShare } from "../../units.ts";
import { costText } from "../cost.ts";
import { finding, rule } from "../rule.ts";
import { patternSums, totalSums } from "../sums.ts";

/** Keys past their time that were still in memory. */
export const expiredKeys = rule({
  id: "expired-keys",
  looksFor: "keys past their time that still took memory when the snapshot was made",
  needs: [],
  thresholds: { expired_share: 0.01, warning_share: 0.1 },
  find(scope, { expired_share: limit, warning_share: warning }) {
    const { keys, expired, expired_bytes: bytes, expired_heap_bytes: heap } = totalSums(scope);
    const share = keys === 0 ? 0 : expired / keys;
    if (expired === 0 || share < limit) return [];
    const [most] = patternSums(scope).sort((a, b) => b.expired - a.expired);
    return [
      finding({
        severity: share >= warning ? "warning" : "info",
        title: `${counted(expired, "key")} past their time ${expired === 1 ? "is" : "are"} still held`,
        evidence: [
          `${humanShare(share)} of all keys had expired when the snapshot was made; they take ${costText(heap, bytes)}.`,
          `Most of them are of the pattern ${most!.pattern}: ${counted(most!.expired, "key")}.`,
        ],
        figures: { keys, expired, expired_share: share, expired_bytes: bytes, expired_heap_bytes: heap },
        saving_bytes: bytes,
        saving_heap_bytes: heap,
        advice: [
          "Let the server look harder for them: CONFIG SET active-expire-effort 10 (1 is the default; it takes CPU).",
          "To be rid of them at once, touch every key: redis-cli --scan | xargs -n 1000 redis-cli EXISTS > /dev/null. A restart drops them, too.",
          "A replica never expires keys itself: if the snapshot is a replica's, look at its primary.",
        ],
      }),
    ];
  },
});
