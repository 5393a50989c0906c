import { counted, thousands } from "../../queries/words.ts";
import { trimCommand } from "../advice.ts";
import { costText } from "../cost.ts";
import { keyText } from "../key-text.ts";
import { bigKeysOf, costOf, type SizedBigKey } from "../largest.ts";
import { finding, rule } from "../rule.ts";
import { hasWord, QUEUE_WORDS } from "../words.ts";

/** Queues that nobody empties. */
export const undrainedQueues = rule({
  id: "undrained-queues",
  looksFor: "long lists, streams and sorted sets under names of queues",
  needs: [],
  isExact: true,
  thresholds: { words: QUEUE_WORDS, elements: 1000, critical_elements: 100_000 },
  find: (scope, { words, elements: limit, critical_elements: critical }) =>
    Object.keys(LENGTH)
      .filter((type) => isTypeWanted(scope.filters.types, type))
      .flatMap((type) => bigKeysOf(scope, "elements", type))
      .filter(({ elements }) => elements !== null && elements > limit)
      .filter(({ key, pattern }) => hasWord(typeof key === "string" ? key : pattern, words))
      .sort((a, b) => costOf(b) - costOf(a))
      .map((row) => told(row, limit, row.elements! > critical ? "critical" : "warning")),
});

function told(row: SizedBigKey, limit: number, severity: "critical" | "warning") {
  const { key, db, type, bytes, heap_bytes: heap, largest_element_bytes: largest } = row;
  const elements = row.elements!;
  const keep = Math.floor(limit);
  return finding({
    severity,
    title: `${keyText(key)}: a queue with ${counted(elements, "element")} waiting`,
    evidence: [
      `The ${type} in database ${db} takes ${costText(heap, bytes)}; its longest element has ${counted(largest, "byte")}.`,
      `A queue that is drained is short or gone in most snapshots: whoever consumes it is stopped, too slow, or no more${type === "stream" ? ", or acknowledges entries and nobody trims them" : ""}.`,
    ],
    figures: { db, type, elements, bytes, heap_bytes: heap },
    examples: [key],
    advice: [
      `Look at it: ${LENGTH[type]} key, twice, tells whether it still grows; CLIENT LIST whether anybody waits for it.`,
      `If nobody needs the entries: UNLINK key${keep < 1 ? "" : `, or keep ${thousands(keep)}: ${trimCommand(type, keep, elements)}`}. Cap it from now on, so that a consumer that stops fills no memory.`,
    ],
  });
}

const LENGTH: Readonly<Record<string, string>> = { list: "LLEN", stream: "XLEN", zset: "ZCARD" };

function isTypeWanted(types: readonly string[] | undefined, type: string): boolean {
  return types === undefined || types.includes(type);
}
