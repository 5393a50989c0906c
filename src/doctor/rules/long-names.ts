import { keysOfRows } from "../../queries/sampling.ts";
import { hasKeyRows, keySource, type Scope, scopeParams } from "../../queries/scope.ts";
import { counted } from "../../queries/words.ts";
import { humanBytes, humanShare } from "../../units.ts";
import { nameSaving } from "../name-cost.ts";
import { finding, rule } from "../rule.ts";
import { shortened, shortening, WORD_LETTERS } from "../short-names.ts";
import { patternSums } from "../sums.ts";

const LENGTHS_SQL = (scope: Scope) => `SELECT octet_length(key) AS length, ${keysOfRows(scope)} AS keys
  FROM ${keySource(scope)} WHERE pattern = @of GROUP BY length`;

/** Patterns whose names take much of their memory. */
export const longNames = rule({
  id: "long-names",
  looksFor: "patterns whose key names take much of their memory",
  needs: [],
  thresholds: { average_bytes: 40, heap_share: 0.2, min_keys: 100 },
  find: (scope, { average_bytes: average, heap_share: limit, min_keys: least }) =>
    patternSums(scope)
      .filter(({ keys, name_bytes: names }) => keys >= least && names > average * keys)
      .filter(({ name_bytes: names, heap_bytes: heap }) => names > limit * heap)
      .map(({ pattern, keys, name_bytes: names, heap_bytes: heap, bytes }) => {
        const cut = shortening(pattern);
        const saving = cut === 0 ? undefined : savingOf(scope, pattern, cut);
        return finding({
          severity: "info",
          title: `${pattern}: names of ${Math.round(names / keys)} bytes on average`,
          pattern,
          evidence: [
            `The names of ${counted(keys, "key")} are ${humanBytes(names)}, ${humanShare(names / heap)} of the heap of these keys.`,
            ...(cut === 0
              ? []
              : [
                  `${cut} bytes of each are words that all of them have: with ${WORD_LETTERS} letters a word they go.`,
                ]),
          ],
          figures: { keys, bytes, name_bytes: names, heap_bytes: heap, bytes_cut: cut },
          saving_bytes: saving?.bytes ?? null,
          saving_heap_bytes: saving?.heapBytes ?? null,
          unclaimed_because: saving === undefined ? unclaimed(scope, cut) : null,
          advice: [
            cut === 0
              ? "The ids make them long: a number or 16 bytes of a hash in place of a text tell keys apart as well."
              : `Shorten the words that every name has to ${WORD_LETTERS} letters, and note what they mean: ${shortened(pattern)}.`,
          ],
        });
      }),
});

/** Why nothing is known of what shorter names save. */
function unclaimed(scope: Scope, cut: number): string {
  if (cut === 0) return "it depends on the ids that take the place of these";
  if (!hasKeyRows(scope)) return "the inventory has no row a key";
  if (scope.snapshot.hashed_names !== null) return "names are hashed, and their lengths with them";
  return "on this server a name stands in the object of its value, so that it depends on each value";
}

/** What names shorter by `cut` bytes save; undefined where that is not known to the byte. */
function savingOf(scope: Scope, pattern: string, cut: number) {
  if (!hasKeyRows(scope) || scope.snapshot.hashed_names !== null) return undefined;
  const rows = scope.inventory.all<{ length: number; keys: number }>(LENGTHS_SQL(scope), {
    ...scopeParams(scope),
    of: pattern,
  });
  return nameSaving(scope.snapshot, rows, cut);
}
