import { disagreements } from "../diff/mixed.ts";
import { UsageError } from "../errors.ts";
import { counted } from "../queries/words.ts";
import { humanTime } from "../units.ts";
import type { Measured } from "./measured.ts";

/** Snapshots that are one point of a series: one, or one of each node of a cluster. */
export type Round = readonly Measured[];

/** What may stand in a series that is refused otherwise. */
export interface RoundOptions {
  /** Nodes of the cluster that the snapshots are of; 1: of one server. */
  readonly nodes: number;
  /** Snapshots that were not analyzed alike. */
  readonly allowMixed: boolean;
  /** The time of the file for snapshots that have none of their own. */
  readonly fileTimes: boolean;
}

/** A series in the order of its times, and what there is to say of what was left out or let in. */
export interface Series {
  readonly rounds: readonly Round[];
  readonly notes: readonly string[];
}

/**
 * Puts snapshots into the order of their times, and together what is of one time.
 * @throws {UsageError} where that would be no series: no snapshot at all, other settings, no times, times twice, nodes missing
 */
export function series(all: readonly Measured[], options: RoundOptions): Series {
  if (all.length === 0) throw new UsageError("a trend needs a snapshot at least");
  const { kept, repeated } = withoutRepeats(all);
  const ordered = [...kept].sort((a, b) => timeOf(a) - timeOf(b));
  const mixed = mixedNotes(ordered, options.allowMixed);
  const fromFiles = fileTimeNotes(ordered, options.fileTimes);
  const rounds = options.nodes === 1 ? singles(ordered) : roundsOf(ordered, options.nodes);
  const twice =
    repeated > 0 ? [`${counted(repeated, "snapshot")} given more than once: each counts once`] : [];
  return { rounds, notes: [...mixed, ...fromFiles, ...twice] };
}

/** Milliseconds since the epoch. */
export function timeOf({ scope }: Measured): number {
  return scope.snapshot.created_at;
}

/** The same snapshot may be there as a file and in an inventory. */
function withoutRepeats(all: readonly Measured[]): { kept: Measured[]; repeated: number } {
  const known = new Set<string>();
  const kept = all.filter((one) => {
    const identity = `${timeOf(one)} ${one.scope.snapshot.fingerprint}`;
    return !known.has(identity) && known.add(identity);
  });
  return { kept, repeated: all.length - kept.length };
}

function mixedNotes(ordered: readonly Measured[], allowMixed: boolean): string[] {
  const [first, ...others] = ordered;
  const told = others.map((other) => ({ other, differences: disagreements([first!.scope], [other.scope]) }));
  const different = told.filter(({ differences }) => differences.length > 0);
  const [one] = different;
  if (one === undefined) return [];
  const what = one.differences.join(", ");
  if (!allowMixed) {
    throw new UsageError(
      `${first!.name} and ${one.other.name} were not analyzed alike, so that their figures are no series: ${what}; ` +
        "analyze them for the same server (--profile, --allocator, --set), or take them as they are with --allow-mixed",
    );
  }
  return [
    `--allow-mixed: ${counted(different.length, "snapshot")} of ${ordered.length} not analyzed as the first was (${what}); a jump may be of that alone`,
  ];
}

function fileTimeNotes(ordered: readonly Measured[], allowed: boolean): string[] {
  const without = ordered.filter(({ scope }) => scope.snapshot.created_at_source === "file");
  if (without.length === 0) return [];
  const one = without[0]!.name;
  if (!allowed) {
    const others = without.length > 1 ? ` and ${without.length - 1} more have` : " has";
    throw new UsageError(
      `${one}${others} no time of creation: if the times of the files are theirs (copies often have others), say --file-times`,
    );
  }
  return [`--file-times: ${counted(without.length, "snapshot")} at the time of the file`];
}

function singles(ordered: readonly Measured[]): Round[] {
  for (const [i, one] of ordered.entries()) {
    const next = ordered[i + 1];
    if (next === undefined || timeOf(next) !== timeOf(one)) continue;
    throw new UsageError(
      `${one.name} and ${next.name} are both of ${humanTime(timeOf(one))}: ` +
        "of the nodes of a cluster, --nodes N adds up what belongs together; else leave one out",
    );
  }
  return ordered.map((one) => [one]);
}

/**
 * As many snapshots as there are nodes, one after the other, are one point; only where no two points overlap or come as near to each
 * other as the snapshots of one do.
 */
function roundsOf(ordered: readonly Measured[], nodes: number): Round[] {
  const left = ordered.length % nodes;
  if (left !== 0) {
    throw new UsageError(
      `${counted(ordered.length, "snapshot")} make no whole points of ${nodes} nodes (--nodes ${nodes}): ${left} too many, or ${nodes - left} missing`,
    );
  }
  const rounds = Array.from({ length: ordered.length / nodes }, (_, i) =>
    ordered.slice(i * nodes, (i + 1) * nodes),
  );
  const longest = Math.max(...rounds.map((round) => timeOf(round.at(-1)!) - timeOf(round[0]!)));
  for (const [i, round] of rounds.entries()) {
    const next = rounds[i + 1];
    if (next === undefined || timeOf(next[0]!) - timeOf(round.at(-1)!) > longest) continue;
    const [last, first] = [round.at(-1)!, next[0]!];
    throw new UsageError(
      `--nodes ${nodes}: it cannot be told which snapshots belong together: ${last.name} of ${humanTime(timeOf(last))} and ` +
        `${first.name} of ${humanTime(timeOf(first))} are as near to each other as those of one point`,
    );
  }
  return rounds;
}
