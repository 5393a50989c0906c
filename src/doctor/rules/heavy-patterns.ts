import { counted } from "../../queries/words.ts";
import { humanBytes } from "../../units.ts";
import { bigKeyAdvice } from "../advice.ts";
import { costText } from "../cost.ts";
import { keyText } from "../key-text.ts";
import { costOf, largestOfPatterns, patternType, type SizedKey } from "../largest.ts";
import { finding, rule } from "../rule.ts";
import { type PatternSums, patternSums, type TypeSums, typeSums } from "../sums.ts";

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
  find(scope, t) {
    const heavy = patternSums(scope).filter(
      ({ keys, heap_bytes: heap }) => keys >= t.min_keys && heap / keys > t.average_bytes,
    );
    if (heavy.length === 0) return [];
    const patterns = new Set(heavy.map(({ pattern }) => pattern));
    const types = typeSums(scope).filter(
      ({ pattern, keys, heap_bytes: heap }) => patterns.has(pattern) && heap / keys > t.average_bytes,
    );
    const largest = largestOfPatterns(scope, types);
    return heavy.map((sums) =>
      told(
        sums,
        types
          .filter(({ pattern }) => pattern === sums.pattern)
          .map((own) => ({ own, largest: largest.get(patternType(own)) })),
        t,
      ),
    );
  },
});

/** The keys of one type that are big on average, and the largest of them, if it is known. */
interface HeavyType {
  readonly own: TypeSums;
  readonly largest: SizedKey | undefined;
}

interface Limits {
  readonly average_bytes: number;
  readonly critical_average_bytes: number;
  readonly critical_key_bytes: number;
}

function told(sums: PatternSums, types: readonly HeavyType[], t: Limits) {
  const { pattern, keys, bytes, heap_bytes: heap } = sums;
  const average = heap / keys;
  const known = types.flatMap(({ largest }) => (largest === undefined ? [] : [largest]));
  const [largest] = [...known].sort((a, b) => costOf(b) - costOf(a));
  const max = largest === undefined ? sums.max_bytes : costOf(largest);
  const critical = average > t.critical_average_bytes || max > t.critical_key_bytes;
  const most =
    largest === undefined
      ? `the largest takes ${costText(null, sums.max_bytes)}`
      : `the largest, ${keyText(largest.key)}, takes ${costText(largest.heap_bytes, largest.bytes)}`;
  return finding({
    severity: critical ? "critical" : "warning",
    title: `${pattern}: ${humanBytes(average)} a key on average`,
    pattern,
    evidence: [`${counted(keys, "key")} (${sums.types}) take ${costText(heap, bytes)}; ${most}.`],
    figures: {
      types: sums.types,
      keys,
      bytes,
      heap_bytes: heap,
      average_heap_bytes: average,
      max_bytes: sums.max_bytes,
    },
    examples: known.map(({ key }) => key),
    advice: types.flatMap((one) =>
      bigKeyAdvice(typical(one, t), { bytes: t.average_bytes, elements: Number.POSITIVE_INFINITY }),
    ),
  });
}

/** What advice is about: the largest key of a type, else what its keys are on average. */
function typical({ own, largest }: HeavyType, { average_bytes: limit }: Limits) {
  if (largest !== undefined && costOf(largest) > limit) {
    return { ...largest, bytes: costOf(largest) };
  }
  const { type, keys, heap_bytes: heap, payload_bytes: payload, elements } = own;
  return {
    type,
    elements: Math.round(elements / keys),
    bytes: heap / keys,
    payload_bytes: payload / keys,
    serialized_bytes: null,
    largest_element_bytes: null,
  };
}
