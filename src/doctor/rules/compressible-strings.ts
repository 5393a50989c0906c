import { counted } from "../../queries/words.ts";
import { humanBytes } from "../../units.ts";
import { costText } from "../cost.ts";
import { evidenceOf } from "../evidence.ts";
import { finding, rule } from "../rule.ts";
import { totalSums } from "../sums.ts";

/** Large strings that the snapshot itself shows to be compressible. */
export const compressibleStrings = rule({
  id: "compressible-strings",
  looksFor: "strings from 1 KB on that LZF made much smaller in the snapshot",
  needs: ["evidence"],
  thresholds: { ratio: 2, saving_bytes: 10 * 1024, warning_saving_share: 0.05 },
  find(scope, { ratio: limit, saving_bytes: least, warning_saving_share: warning }) {
    const total = totalSums(scope).heap_bytes;
    return evidenceOf(scope, ["compressible"])
      .filter(({ payload_bytes: raw, stored_bytes: stored, saving_heap_bytes: saving }) => {
        return raw > limit * stored && saving >= least;
      })
      .map(({ pattern, keys, bytes, heap_bytes: heap, payload_bytes: raw, stored_bytes: stored, ...row }) =>
        finding({
          severity: row.saving_heap_bytes > warning * total ? "warning" : "info",
          title: `${pattern}: large strings that compress ${(raw / stored).toFixed(1)} to 1`,
          pattern,
          evidence: [
            `${counted(keys, "string")} of 1 KB and more: ${humanBytes(raw)} of text are ${humanBytes(stored)} in the snapshot, which compresses with LZF; in memory they take ${costText(heap, bytes)}.`,
          ],
          figures: {
            keys,
            bytes,
            heap_bytes: heap,
            payload_bytes: raw,
            stored_bytes: stored,
            ratio: raw / stored,
          },
          examples: row.examples,
          saving_bytes: row.saving_bytes,
          saving_heap_bytes: row.saving_heap_bytes,
          advice: [
            "Compress them in the client before SET, with LZ4 or zstd, which do at least as well as LZF; the saving is that of LZF, as the snapshot has it. The server never compresses strings in memory.",
            "rdbcompression must be on for the doctor to see this; a snapshot saved without it shows nothing.",
          ],
        }),
      );
  },
});
