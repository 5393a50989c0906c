/** Fewer words of one place are never taken for drawn ones. */
const FEW = 12;
/** None of them is so much more frequent than the middle one: people use the words they name things by unevenly. */
const EVENNESS = 4;
const NOISE = 2;
/** Share of all names that the middle one stands for at most: a more frequent one is worth a pattern of its own. */
const RARE_SHARE = 0.01;

/**
 * Whether words of one place look as if they were drawn from a list of topics, folders or places: many, each rare among `all` names,
 * and about equally frequent. So they are values, although each of them comes again and again. `counts`: names by word.
 */
export function areDrawn(counts: readonly number[], all: number): boolean {
  if (counts.length < FEW) return false;
  const sorted = [...counts].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)]!;
  return middle <= all * RARE_SHARE && sorted.at(-1)! <= middle * EVENNESS + NOISE;
}
