import type { SharedIds } from "./shared-ids.ts";
import { commonItems, type TailSample, unitedSample } from "./tail-sketch.ts";
import type { DiffTally } from "./tally.ts";

/** A hint: keys of one pattern may have been renamed to another. */
export type RenameHint = {
  readonly old_pattern: string;
  readonly new_pattern: string;
  /** Removed keys of the one for which an added key of the other has the same rest of the name, type and data size. */
  readonly alike_keys: number;
  /** 1: counted. 0: estimated from a sample of some hundred keys. */
  readonly is_exact: number;
  readonly removed_keys: number;
  readonly added_keys: number;
};

/** Fewer keys that look alike say nothing. */
const FEWEST = 3;
/** Of the keys removed here or added there, whichever are fewer, so many have to look alike. */
const LEAST_SHARE = 0.5;

type Tails = ReadonlyMap<number, TailSample>;

/** What looks like a renamed prefix, the most keys first; each pattern is in one hint at most. */
export function renameHints(tallies: readonly DiffTally[], { patterns }: SharedIds): RenameHint[] {
  const removed = united(tallies.map(({ tails }) => tails[0]));
  const added = united(tallies.map(({ tails }) => tails[1]));
  const found: RenameHint[] = [];
  for (const [old, now] of candidates(removed, added)) {
    const [a, b] = [removed.get(old)!, added.get(now)!];
    const common = commonItems(a, b);
    if (common.items < FEWEST || common.items < Math.min(a.items, b.items) * LEAST_SHARE) continue;
    found.push({
      old_pattern: patterns[old] ?? "",
      new_pattern: patterns[now] ?? "",
      alike_keys: common.items,
      is_exact: Number(common.isExact),
      removed_keys: a.items,
      added_keys: b.items,
    });
  }
  return firstOfEach(found);
}

function united(all: readonly Tails[]): Map<number, TailSample> {
  const ids = new Set(all.flatMap((one) => [...one.keys()]));
  return new Map([...ids].map((id) => [id, unitedSample(all.flatMap((one) => one.get(id) ?? []))]));
}

/** Pairs of patterns whose samples have something in common. */
function* candidates(removed: Tails, added: Tails): Iterable<[old: number, now: number]> {
  const patternsOf = new Map<number, number[]>();
  for (const [id, { hashes }] of removed) {
    for (const hash of hashes) {
      const ids = patternsOf.get(hash);
      if (ids === undefined) patternsOf.set(hash, [id]);
      else ids.push(id);
    }
  }
  for (const [now, { hashes }] of added) {
    const olds = new Set(Array.from(hashes).flatMap((hash) => patternsOf.get(hash) ?? []));
    for (const old of olds) if (old !== now) yield [old, now];
  }
}

function firstOfEach(hints: readonly RenameHint[]): RenameHint[] {
  const best = [...hints].sort(
    (a, b) =>
      b.alike_keys - a.alike_keys || (a.old_pattern + a.new_pattern < b.old_pattern + b.new_pattern ? -1 : 1),
  );
  const olds = new Set<string>();
  const news = new Set<string>();
  return best.filter(({ old_pattern: old, new_pattern: now }) => {
    if (olds.has(old) || news.has(now)) return false;
    olds.add(old);
    news.add(now);
    return true;
  });
}
