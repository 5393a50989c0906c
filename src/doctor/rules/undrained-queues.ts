import { bigkeys } from "../../queries/bigkeys.ts";
import { counted, thousands } from "../../queries/words.ts";
import { humanBytes } from "../../units.ts";
import { keyText } from "../key-text.ts";
import { finding, rule } from "../rule.ts";
import { hasWord, QUEUE_WORDS } from "../words.ts";

/** Keys looked at: as many as every inventory ranks. */
const LOOKED_AT = 100;

/** Queues that nobody empties. */
export const undrainedQueues = rule({
  id: "undrained-queues",
  looksFor: "long lists, streams and sorted sets under names of queues",
  needs: [],
  thresholds: { words: QUEUE_WORDS, elements: 1000, critical_elements: 100_000 },
  find: (scope, { words, elements: limit, critical_elements: critical }) =>
    ["list", "stream", "zset"].flatMap((type) =>
      bigkeys({ ...scope, filters: { ...scope.filters, types: [type] } }, LOOKED_AT, "elements")
        .filter((row) => isTypeWanted(scope.filters.types, type) && isLong(row.elements, limit))
        .filter(({ key, pattern }) => hasWord(typeof key === "string" ? key : pattern, words))
        .map((row) => {
          const { key, db, elements, bytes, largest_element_bytes: largest } = row;
          return finding({
            severity: elements! > critical ? "critical" : "warning",
            title: `${keyText(key)}: a queue with ${counted(elements!, "element")} waiting`,
            evidence: [
              `The ${type} in database ${db} takes ${humanBytes(bytes)}; its largest entry has ${thousands(largest)} bytes.`,
              "A queue that is drained is short or gone in most snapshots: whoever consumes it is stopped, too slow, or no more.",
            ],
            figures: { db, type, elements, bytes },
            examples: [key],
            advice: [
              `Look at it: ${LENGTH[type]} key, twice, tells whether it still grows; CLIENT LIST whether anybody waits for it.`,
              `If nobody needs the entries: ${DROP[type]}. Cap it from now on, so that a consumer that stops fills no memory.`,
            ],
          });
        }),
    ),
});

const LENGTH: Readonly<Record<string, string>> = { list: "LLEN", stream: "XLEN", zset: "ZCARD" };
const DROP: Readonly<Record<string, string>> = {
  list: "LTRIM key 0 999, or UNLINK key",
  stream: "XTRIM key MAXLEN ~ 1000",
  zset: "ZREMRANGEBYRANK key 0 -1001",
};

function isTypeWanted(types: readonly string[] | undefined, type: string): boolean {
  return types === undefined || types.includes(type);
}

function isLong(elements: number | null, limit: number): boolean {
  return elements !== null && elements > limit;
}
