import { counted } from "../../queries/words.ts";
import { costText } from "../cost.ts";
import { evidenceOf } from "../evidence.ts";
import { finding, rule } from "../rule.ts";
import { packing } from "../settings.ts";
import { patternSums } from "../sums.ts";

/** Strings that hold JSON documents. */
export const jsonStrings = rule({
  id: "json-strings",
  looksFor: "strings that begin like JSON",
  needs: ["evidence"],
  thresholds: { keys: 100, bytes: 10 * 1024, pattern_share: 0.5 },
  find(scope, { keys: many, bytes: least, pattern_share: share }) {
    const found = evidenceOf(scope, ["json"]).filter(
      ({ keys, heap_bytes: heap }) => keys >= many && heap >= least,
    );
    if (found.length === 0) return [];
    const counts = new Map(patternSums(scope).map(({ pattern, keys }) => [pattern, keys]));
    return found
      .filter(({ pattern, keys }) => keys >= share * counts.get(pattern)!)
      .map(({ pattern, keys, bytes, heap_bytes: heap, payload_bytes: payload, examples }) =>
        finding({
          severity: "info",
          title: `${pattern}: ${counted(keys, "string")} of JSON`,
          pattern,
          evidence: [
            `They take ${costText(heap, bytes)}, ${Math.round(payload / keys)} bytes of text each on average; names of fields, quotes and braces are stored with every one.`,
          ],
          figures: { keys, bytes, heap_bytes: heap, payload_bytes: payload },
          examples,
          unclaimed_because: "it depends on the documents, of which the inventory has none",
          advice: [
            `Flat objects of a few fields: HSET key field value … stays a ${packing(scope)}, holds numbers as such, and lets one field be read or written. Try one: HSET it, then compare MEMORY USAGE of both.`,
            "Documents that are read whole: MessagePack or compression in the client are smaller than JSON.",
          ],
        }),
      );
  },
});
