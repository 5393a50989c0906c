import { counted } from "../../queries/words.ts";
import { humanBytes } from "../../units.ts";
import { evidenceOf } from "../evidence.ts";
import { finding, rule } from "../rule.ts";
import { patternSums } from "../sums.ts";

/** Strings that hold JSON documents. */
export const jsonStrings = rule({
  id: "json-strings",
  looksFor: "strings that begin like JSON",
  needs: ["evidence"],
  thresholds: { keys: 100, bytes: 10 * 1024, pattern_share: 0.5 },
  find(scope, { keys: many, bytes: least, pattern_share: share }) {
    const found = evidenceOf(scope, ["json"]).filter(({ keys, bytes }) => keys >= many && bytes >= least);
    if (found.length === 0) return [];
    const counts = new Map(patternSums(scope).map(({ pattern, keys }) => [pattern, keys]));
    return found
      .filter(({ pattern, keys }) => keys >= share * counts.get(pattern)!)
      .map(({ pattern, keys, bytes, payload_bytes: payload, examples }) =>
        finding({
          severity: "info",
          title: `${pattern}: ${counted(keys, "string")} of JSON`,
          pattern,
          evidence: [
            `They take ${humanBytes(bytes)}, ${Math.round(payload / keys)} bytes of text each on average; names of fields, quotes and braces are stored with every one.`,
          ],
          figures: { keys, bytes, payload_bytes: payload },
          examples,
          advice: [
            "Flat objects of a few fields: HSET key field value … stays a listpack, holds numbers as such, and lets one field be read or written. Try one: HSET it, then compare MEMORY USAGE of both.",
            "Documents that are read whole: MessagePack or compression in the client are smaller than JSON. What is saved depends on the documents, so the doctor claims nothing.",
          ],
        }),
      );
  },
});
