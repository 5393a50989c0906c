import { disagreements } from "../diff/mixed.ts";
import { type DiffSide, type Grouping, rollupDiff, rollupTotals } from "../diff/rollup-diff.ts";
import { shownLine, shownName } from "./names.ts";
import type { Changes } from "./types.ts";

/** What became of the snapshots of a baseline: the `most` largest changes of each grouping. */
export function changesOf(old: DiffSide, now: DiffSide, most: number): Changes {
  const madeAt = (side: DiffSide) => Math.max(...side.map(({ snapshot }) => snapshot.created_at));
  return {
    baseline: shownName(old[0]!.inventory.path),
    old_created_at: madeAt(old),
    new_created_at: madeAt(now),
    differ_in: disagreements(old, now).map(shownLine),
    totals: rollupTotals(old, now).map(({ measure, old: before, new: after, change }) => ({
      measure,
      old: before,
      new: after,
      change,
    })),
    patterns: groupsOf(old, now, "pattern", most),
    types: groupsOf(old, now, "type", most),
    encodings: groupsOf(old, now, "encoding", most),
  };
}

function groupsOf(old: DiffSide, now: DiffSide, by: Grouping, most: number): Changes["patterns"] {
  const all = rollupDiff(old, now, by).filter(({ status }) => status !== "same");
  const left = all.slice(most);
  return {
    rows: all.slice(0, most).map((row) => ({
      group: shownName(row.group),
      status: row.status,
      old_keys: row.old_keys,
      new_keys: row.new_keys,
      old_bytes: row.old_bytes,
      new_bytes: row.new_bytes,
      bytes_change: row.bytes_change,
      lower_bound_keys: row.lower_bound_keys,
    })),
    rest: { rows: left.length, bytes_change: left.reduce((sum, row) => sum + row.bytes_change, 0) },
  };
}
