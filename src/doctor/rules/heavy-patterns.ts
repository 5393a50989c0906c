import { counted } from "../../queries/words.ts";
import { humanBytes } from "../../units.ts";
import { bigKeyAdvice } from "../advice.ts";
import { finding, rule } from "../rule.ts";
import { patternSums } from "../sums.ts";

/** Patterns whose keys are big on average. */
export const heavyPatterns = rule({
  id: "heavy-patterns",
  looksFor: "patterns whose keys are big on average, or that have a very big one",
  needs: [],
  thresholds: {
    average_bytes: 10 * 1024,
    critical_average_bytes: 1024 ** 2,
    critical_key_bytes: 10 * 1024 ** 2,
    min_keys: 2,
  },
  find: (scope, t) =>
    patternSums(scope)
      .filter(({ keys, bytes }) => keys >= t.min_keys && bytes / keys > t.average_bytes)
      .map(({ pattern, types, keys, bytes, max_bytes: max }) => {
        const average = bytes / keys;
        const critical = average > t.critical_average_bytes || max > t.critical_key_bytes;
        return finding({
          severity: critical ? "critical" : "warning",
          title: `${pattern}: ${humanBytes(average)} a key on average`,
          pattern,
          evidence: [
            `${counted(keys, "key")} (${types}) take ${humanBytes(bytes)}; the largest takes ${humanBytes(max)}.`,
          ],
          figures: { types, keys, bytes, average_bytes: average, max_bytes: max },
          advice: types.split(",").flatMap(bigKeyAdvice),
        });
      }),
});
