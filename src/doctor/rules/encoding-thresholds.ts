import { RAISABLE_NAMES, type RaisableName } from "../../memory/index.ts";
import { counted } from "../../queries/words.ts";
import { humanBytes } from "../../units.ts";
import { costText } from "../cost.ts";
import { type EvidenceSums, evidenceOf } from "../evidence.ts";
import { finding, rule } from "../rule.ts";
import { packing, settingOf } from "../settings.ts";
import { totalSums } from "../sums.ts";

/** Sets of integers are told by `integers-as-text`. */
const SETTINGS = RAISABLE_NAMES.filter((name) => name !== "set-max-intset-entries");

/** Values just beyond what a server packs: what it would save to raise the limit. */
export const encodingThresholds = rule({
  id: "encoding-thresholds",
  looksFor: "hashes, sets and sorted sets just beyond the limit up to which they are packed",
  needs: ["evidence"],
  thresholds: { saving_bytes: 10 * 1024, warning_saving_share: 0.05 },
  find(scope, { saving_bytes: least, warning_saving_share: warning }) {
    const total = totalSums(scope).heap_bytes;
    return [...bySetting(evidenceOf(scope, SETTINGS))]
      .map(([name, rows]) => ({ name, rows, sums: sumOf(rows) }))
      .filter(({ sums }) => sums.heapSaving >= least)
      .map(({ name, rows, sums }) => {
        const [first] = rows as [EvidenceSums];
        const { directive, now } = settingOf(scope, name);
        const of = name.endsWith("entries") ? "elements" : "bytes in their largest element";
        return finding({
          severity: sums.heapSaving > warning * total ? "warning" : "info",
          title: `${counted(sums.keys, "value")} just beyond ${directive} ${now}`,
          pattern: rows.length === 1 ? first.pattern : null,
          evidence: [
            `They have up to ${first.raised_to} ${of} and take ${costText(sums.heapBytes, sums.bytes)} as ${first.type === "zset" ? "skiplists" : "hash tables"}; as ${packing(scope)}s they would take ${costText(sums.heapBytes - sums.heapSaving, sums.bytes - sums.saving)}.`,
            `Most is saved in ${rows
              .slice(0, 3)
              .map(
                ({ pattern, keys, saving_heap_bytes: saving }) =>
                  `${pattern} (${counted(keys, "key")}, ${humanBytes(saving)})`,
              )
              .join(", ")}.`,
          ],
          figures: {
            directive,
            now,
            raised_to: first.raised_to,
            type: first.type,
            keys: sums.keys,
            bytes: sums.bytes,
            heap_bytes: sums.heapBytes,
          },
          examples: rows.slice(0, 3).flatMap(({ examples }) => examples),
          saving_bytes: sums.saving,
          saving_heap_bytes: sums.heapSaving,
          advice: [
            `CONFIG SET ${directive} ${first.raised_to}, and the same in the configuration file. Values that are there become smaller when they are loaded: restart, fail over to a fresh replica, or DEBUG RELOAD.`,
            `It costs CPU: a command on a ${packing(scope)} walks over its elements, so that twice as many take twice as long. Measure with your commands before going further.`,
          ],
        });
      });
  },
});

function bySetting(rows: readonly EvidenceSums[]): Map<RaisableName, EvidenceSums[]> {
  const found = new Map<RaisableName, EvidenceSums[]>();
  for (const row of rows) {
    const name = row.evidence as RaisableName;
    found.set(name, [...(found.get(name) ?? []), row]);
  }
  return found;
}

function sumOf(rows: readonly EvidenceSums[]) {
  const sum = (of: (row: EvidenceSums) => number) => rows.reduce((total, row) => total + of(row), 0);
  return {
    keys: sum((row) => row.keys),
    bytes: sum((row) => row.bytes),
    heapBytes: sum((row) => row.heap_bytes),
    saving: sum((row) => row.saving_bytes),
    heapSaving: sum((row) => row.saving_heap_bytes),
  };
}
