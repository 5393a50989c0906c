import { counted } from "../../queries/words.ts";
import { costText } from "../cost.ts";
import { type EvidenceSums, evidenceOf } from "../evidence.ts";
import { type Finding, finding, rule } from "../rule.ts";
import { settingOf } from "../settings.ts";
import { totalSums } from "../sums.ts";

/** Integers that are held as text: sets too large to be intsets, and strings with a format. */
export const integersAsText = rule({
  id: "integers-as-text",
  looksFor: "sets of integers that are no intsets, and integers stored with a format, such as 007 or 1,234",
  needs: ["evidence"],
  thresholds: { saving_bytes: 10 * 1024, warning_saving_share: 0.05 },
  find(scope, { saving_bytes: least, warning_saving_share: warning }) {
    const total = totalSums(scope).heap_bytes;
    return evidenceOf(scope, ["set-max-intset-entries", "formatted-integer"])
      .filter(({ saving_heap_bytes: saving }) => saving >= least)
      .map(
        (row): Finding => ({
          ...(row.evidence === "formatted-integer"
            ? formatted(row)
            : integerSet(row, settingOf(scope, "set-max-intset-entries").now)),
          severity: row.saving_heap_bytes > warning * total ? "warning" : "info",
        }),
      );
  },
});

function integerSet(row: EvidenceSums, now: number): Finding {
  const { pattern, keys, bytes, heap_bytes: heap, raised_to: raised } = row;
  return finding({
    ...common(row),
    title: `${pattern}: ${counted(keys, "set")} of integers held as text`,
    figures: { ...common(row).figures, directive: "set-max-intset-entries", now, raised_to: raised },
    evidence: [
      `They hold nothing but integers, more than the ${now} of set-max-intset-entries and at most ${raised}: as hash tables they take ${costText(heap, bytes)}, as intsets ${costText(heap - row.saving_heap_bytes, bytes - row.saving_bytes)}.`,
    ],
    advice: [
      `CONFIG SET set-max-intset-entries ${raised}, in the configuration file too; sets that are there become intsets when they are loaded (restart, or DEBUG RELOAD).`,
      "It costs CPU where such sets are written: SADD moves half of the intset on average. Reading (SISMEMBER) is a binary search.",
    ],
  });
}

function formatted(row: EvidenceSums): Finding {
  const { pattern, keys, bytes, heap_bytes: heap } = row;
  return finding({
    ...common(row),
    title: `${pattern}: ${counted(keys, "integer")} stored with a format`,
    evidence: [
      `Leading zeros, a sign, separators or a fraction of nothing but zeros keep the server from holding them as integers: they take ${costText(heap, bytes)}.`,
    ],
    advice: [
      "SET key 7 in place of 007, 1234 in place of 1,234: format numbers where they are shown. Leave those whose zeros mean something (post codes, telephone numbers).",
    ],
  });
}

function common({ pattern, keys, bytes, heap_bytes: heap, examples, ...row }: EvidenceSums) {
  return {
    severity: "info",
    pattern,
    figures: { keys, bytes, heap_bytes: heap, type: row.type },
    examples,
    saving_bytes: row.saving_bytes,
    saving_heap_bytes: row.saving_heap_bytes,
  } as const;
}
