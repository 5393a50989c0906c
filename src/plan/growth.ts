import { UsageError } from "../errors.ts";
import { isNameHash } from "../inventory/name-hash.ts";
import { nearName } from "../near-names.ts";
import type { Growth, LargestKey, PatternLoad, PlanData } from "./data.ts";
import type { Scenario } from "./scenario.ts";
import { scaledSlots } from "./slots.ts";

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
 * last one's, in the slots that they are in. A pattern that stands for one key is that key, which becomes larger.
 * @throws {UsageError} for a pattern that there is none of
 */
export function grown(data: PlanData, scenario: Scenario): { growth: Growth; patterns: GrownPattern[] } {
  const { months, growth, growth_by_pattern: own = {} } = scenario;
  checkNames(data, scenario);
  const times = (rate: number) => (1 + rate) ** months;
  const patterns = data.patterns.map((one): GrownPattern => {
    const rate = Object.hasOwn(own, one.pattern) ? own[one.pattern]! : growth;
    return { ...one, growth: rate, grown_bytes: one.heap_bytes * times(rate) };
  });
  const sum = (of: (one: GrownPattern) => number) => patterns.reduce((total, one) => total + of(one), 0);
  const now = sum(({ heap_bytes: bytes }) => bytes);
  const then = sum(({ grown_bytes: bytes }) => bytes);
  if (now > MOST_BYTES)
    throw new UsageError(`${data.path} has more than 1E of keys: no plan is made of that many`);
  if (!(then <= MOST_BYTES)) {
    const field = Object.keys(own).length > 0 ? "growth_by_pattern" : "growth";
    scenario.fail(
      field,
      `in ${months} months this makes more than 1E of the keys: give less growth, or fewer months`,
    );
  }
  const factor = (before: number, after: number) => (before === 0 ? times(growth) : after / before);
  const both = (rate: number) => ({ keys: times(rate), bytes: times(rate) });
  const factors = new Map(Object.entries(own).map(([pattern, rate]) => [pattern, both(rate)]));
  return {
    growth: {
      keys: factor(
        sum(({ keys }) => keys),
        sum(({ keys, growth: rate }) => keys * times(rate)),
      ),
      bytes: factor(now, then),
      largest_key: largestThen(data.largest_key, patterns),
      slots:
        data.slots?.patterns == null || factors.size === 0
          ? data.slots
          : scaledSlots(data.slots, factors, both(growth)),
    },
    patterns: patterns.sort((a, b) => b.grown_bytes - a.grown_bytes || (a.pattern < b.pattern ? -1 : 1)),
  };
}

function checkNames(data: PlanData, scenario: Scenario): void {
  const known = data.patterns.map(({ pattern }) => pattern);
  const wrong = Object.keys(scenario.growth_by_pattern ?? {}).find((name) => !known.includes(name));
  if (wrong === undefined) return;
  const near = nearName(wrong, known);
  const help = known.some(isNameHash)
    ? "names are hashed, those of patterns that stand for a single key, too: `rdbscope patterns` with the same secret tells them"
    : near === undefined
      ? "`rdbscope patterns` tells those there are"
      : `did you mean ${near}?`;
  scenario.fail("growth_by_pattern", `${data.path} has no pattern ${wrong}: ${help}`);
}

/** The key that takes most then: that of now, unless it is all of its pattern, which becomes larger or smaller, or another such. */
function largestThen(now: LargestKey | null, patterns: readonly GrownPattern[]): LargestKey | null {
  const single = patterns
    .filter(({ keys }) => keys === 1)
    .map(
      ({ pattern, grown_bytes: bytes }): LargestKey => ({
        db: pattern === now?.key ? now.db : null,
        key: pattern,
        heap_bytes: bytes,
      }),
    );
  const others = now !== null && single.some(({ key }) => key === now.key) ? [] : [now];
  return [...others, ...single].reduce<LargestKey | null>(
    (a, b) => (a !== null && (b === null || a.heap_bytes >= b.heap_bytes) ? a : b),
    null,
  );
}
