import { byChange, type GroupChange, groupChange } from "./rollup-diff.ts";
import type { SharedIds } from "./shared-ids.ts";
import { type DiffTally, FLOW, PATTERN_PAIR } from "./tally.ts";

/** What became of a pattern, with how many of its keys are new, gone or changed. */
export type PatternChange = GroupChange & {
  readonly added_keys: number;
  readonly removed_keys: number;
  readonly changed_keys: number;
  /** Keys that only the other inventory files under another pattern, and are counted here on both sides. */
  readonly refiled_keys: number;
};

interface Amounts {
  old_keys: number;
  old_bytes: number;
  new_keys: number;
  new_bytes: number;
  lower_bound_keys: number;
  added_keys: number;
  removed_keys: number;
  changed_keys: number;
  refiled_keys: number;
}

/**
 * The rollups' changes by pattern, corrected by what is known of keys: as each inventory learnt its own patterns, a key may be filed
 * under another text in each. It is counted under the wider of the two on both sides then, so that what is left are changes of
 * keys.
 */
export function patternChanges(
  rollups: readonly GroupChange[],
  tallies: readonly DiffTally[],
  { patterns }: SharedIds,
): PatternChange[] {
  const found = new Map<string, Amounts>();
  for (const row of rollups) Object.assign(amountsOf(found, row.group), totalsOf(row));
  for (const { flows } of tallies) {
    for (const [pair, sums] of flows) {
      const old = patterns[Math.floor(pair / PATTERN_PAIR)] ?? "";
      const now = patterns[pair % PATTERN_PAIR] ?? "";
      const text = wider(old, now);
      const to = amountsOf(found, text);
      to.added_keys += sums[FLOW.addedKeys]!;
      to.removed_keys += sums[FLOW.removedKeys]!;
      to.changed_keys += sums[FLOW.changedKeys]!;
      if (old === now) continue;
      const keys = sums[FLOW.refiledKeys]!;
      to.refiled_keys += keys;
      move(amountsOf(found, old), to, "old", keys, sums[FLOW.refiledOldBytes]!);
      move(amountsOf(found, now), to, "new", keys, sums[FLOW.refiledNewBytes]!);
    }
  }
  return [...found]
    .map(([group, amounts]) => patternChange(group, amounts))
    .filter(isThere)
    .sort(byChange);
}

function isThere({ old_keys, new_keys }: GroupChange): boolean {
  return old_keys > 0 || new_keys > 0;
}

function totalsOf({ old_keys, old_bytes, new_keys, new_bytes, lower_bound_keys }: GroupChange) {
  return { old_keys, old_bytes, new_keys, new_bytes, lower_bound_keys };
}

/** Of two texts the one with fewer bytes that are no wildcard: it stands for more names. The same whichever is old. */
function wider(a: string, b: string): string {
  const literal = (text: string) => text.replaceAll("*", "").length;
  const difference = literal(a) - literal(b);
  return difference < 0 || (difference === 0 && a < b) ? a : b;
}

function move(from: Amounts, to: Amounts, side: "old" | "new", keys: number, bytes: number): void {
  from[`${side}_keys`] -= keys;
  from[`${side}_bytes`] -= bytes;
  to[`${side}_keys`] += keys;
  to[`${side}_bytes`] += bytes;
}

function amountsOf(found: Map<string, Amounts>, text: string): Amounts {
  let amounts = found.get(text);
  if (amounts === undefined) {
    amounts = {
      ...{ old_keys: 0, old_bytes: 0, new_keys: 0, new_bytes: 0, lower_bound_keys: 0 },
      ...{ added_keys: 0, removed_keys: 0, changed_keys: 0, refiled_keys: 0 },
    };
    found.set(text, amounts);
  }
  return amounts;
}

function patternChange(group: string, amounts: Amounts): PatternChange {
  const { old_keys, old_bytes, new_keys, new_bytes, lower_bound_keys, ...keys } = amounts;
  const change = groupChange(
    group,
    { keys: old_keys, bytes: old_bytes, lower_bound_keys: 0 },
    { keys: new_keys, bytes: new_bytes, lower_bound_keys },
  );
  const isSame = change.status === "same" && keys.added_keys + keys.removed_keys + keys.changed_keys === 0;
  return { ...change, status: change.status === "same" && !isSame ? "changed" : change.status, ...keys };
}
