import { nearName } from "../near-names.ts";
import type { Growth, LargestKey, PatternLoad, PlanData } from "./data.ts";
import type { Scenario } from "./scenario.ts";

/** No plan is for more than an exbibyte. */
const MOST_BYTES = 2 ** 60;

/** A pattern now, and at the end of the months that are planned. */
export interface GrownPattern extends PatternLoad {
  /** A month, as a share of what there was. */
  readonly growth: number;
  readonly grown_bytes: number;
}

/**
 * Growth means more keys of the same kinds: those of a pattern by its own percentage, all others by that of all, each month on the
 * last one's. A pattern that stands for one key is that key, which becomes larger.
 * @throws {UsageError} for a pattern that there is none of
 */
export function grown(data: PlanData, scenario: Scenario): { growth: Growth; patterns: GrownPattern[] } {
  const { months, growth, growth_by_pattern: own = {} } = scenario;
  const known = data.patterns.map(({ pattern }) => pattern);
  const wrong = Object.keys(own).find((name) => !known.includes(name));
  if (wrong !== undefined) {
    const near = nearName(wrong, known);
    const help = near === undefined ? "`rdbscope patterns` tells those there are" : `did you mean ${near}?`;
    scenario.fail("growth_by_pattern", `${data.path} has no pattern ${wrong}: ${help}`);
  }
  const patterns = data.patterns.map((one): GrownPattern => {
    const rate = Object.hasOwn(own, one.pattern) ? own[one.pattern]! : growth;
    return { ...one, growth: rate, grown_bytes: one.heap_bytes * (1 + rate) ** months };
  });
  const sum = (of: (one: GrownPattern) => number) => patterns.reduce((total, one) => total + of(one), 0);
  const factor = (now: number, then: number) => (now === 0 ? (1 + growth) ** months : then / now);
  const keysThen = sum(({ keys, growth: rate }) => keys * (1 + rate) ** months);
  if (!(sum(({ grown_bytes: bytes }) => bytes) <= MOST_BYTES)) {
    const field = Object.keys(own).length > 0 ? "growth_by_pattern" : "growth";
    scenario.fail(
      field,
      `in ${months} months this makes more than 1E of the keys: give less growth, or fewer months`,
    );
  }
  const single = patterns
    .filter(({ keys }) => keys === 1)
    .map(({ pattern, grown_bytes: bytes }): LargestKey => ({ db: null, key: pattern, heap_bytes: bytes }));
  return {
    growth: {
      largest_key: single.reduce(
        (a, b) => (a !== null && a.heap_bytes >= b.heap_bytes ? a : b),
        data.largest_key,
      ),
      keys: factor(
        sum(({ keys }) => keys),
        keysThen,
      ),
      bytes: factor(
        sum(({ heap_bytes: bytes }) => bytes),
        sum(({ grown_bytes: bytes }) => bytes),
      ),
    },
    patterns: patterns.sort((a, b) => b.grown_bytes - a.grown_bytes || (a.pattern < b.pattern ? -1 : 1)),
  };
}
