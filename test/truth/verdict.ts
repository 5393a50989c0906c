import type { Group, Measurement } from "./measure.ts";

/** Shares that must hold; errors are shares of what the server answered. */
const LIMITS = {
  deterministicRight: 0.999,
  randomRight: 0.95,
  randomTotal: 0.01,
  folderTotal: 0.003,
  usedMemory: 0.02,
  usedMemoryRealistic: 0.01,
  baseline: 0.01,
} as const;

/** By chance so many random keys may lie outside the band, however few there are. */
const CHANCE_OUTSIDE = 2;
/** The total of a few random keys may be off by so many of its standard deviations, if these exceed 1%. */
const CHANCE_DEVIATIONS = 3;
const SHOWN = 3;

const percent = (share: number, digits = 2) => `${(100 * share).toFixed(digits)}%`;
/** Signed error as a share. */
export const errorShare = (ours: number, theirs: number): number =>
  theirs === 0 ? 0 : (ours - theirs) / theirs;

/** Bytes of all core types. */
export function totals({ groups }: Measurement): { ours: number; theirs: number; keys: number } {
  const sum = { ours: 0, theirs: 0, keys: 0 };
  for (const { state, ours, theirs, keys } of groups) {
    if (state.name === "apart") continue;
    sum.ours += ours;
    sum.theirs += theirs;
    sum.keys += keys;
  }
  return sum;
}

/** Everything about a folder that is not as it must be, a line each; none when the model holds. */
export function deviations(measurement: Measurement): string[] {
  return [
    ...keyDeviations(measurement),
    ...measurement.groups.flatMap(groupDeviations),
    ...totalDeviations(measurement),
    ...billDeviations(measurement),
  ];
}

function keyDeviations({ missing, unexpected, groups }: Measurement): string[] {
  const found: string[] = [];
  if (groups.length === 0) found.push("no key of the truth is in the snapshot");
  if (missing > 0) found.push(`${missing} keys the server has were not found in the snapshot`);
  if (unexpected.length > 0) {
    found.push(`${unexpected.length} keys the server does not have: ${some(unexpected)}`);
  }
  return found;
}

function groupDeviations(group: Group): string[] {
  const { kind, state, keys, right, beyond, wrongEncodings, wrongEncoding, worstKey } = group;
  if (state.name === "apart") return [];
  const found: string[] = [];
  if (wrongEncodings > 0)
    found.push(`${kind}: ${wrongEncodings} of ${keys} encodings differ, as ${wrongEncoding}`);
  if (state.name === "band") return [...found, ...bandDeviations(group)];
  const what = state.random ? "exact or one bucket array off" : "exact";
  if (right < LIMITS.deterministicRight * keys) {
    found.push(`${kind}: ${percent(right / keys)} of ${keys} keys ${what}; ${worstKey}`);
  }
  if (beyond > 0)
    found.push(`${kind}: ${beyond} of ${keys} keys off by more than 16 bytes or 2%; ${worstKey}`);
  return state.random ? [...found, ...randomTotal(group)] : found;
}

function bandDeviations(group: Group): string[] {
  const { kind, keys, right, worstKey } = group;
  const outside = Math.max(CHANCE_OUTSIDE, (1 - LIMITS.randomRight) * keys);
  const found =
    keys - right > outside
      ? [`${kind}: ${percent(right / keys)} of ${keys} keys inside the band; ${worstKey}`]
      : [];
  return [...found, ...randomTotal(group)];
}

function randomTotal({ kind, ours, theirs, variance }: Group): string[] {
  const error = errorShare(ours, theirs);
  const limit = Math.max(LIMITS.randomTotal * theirs, CHANCE_DEVIATIONS * Math.sqrt(variance));
  if (Math.abs(ours - theirs) <= limit) return [];
  return [`${kind}: ${ours} bytes in all, not ${theirs}: ${percent(error)}`];
}

function totalDeviations(measurement: Measurement): string[] {
  const { folder, target, used } = measurement;
  const { ours, theirs } = totals(measurement);
  const found: string[] = [];
  const error = errorShare(ours, theirs);
  if (Math.abs(error) > LIMITS.folderTotal) {
    found.push(`${ours} bytes in all, not ${theirs}: ${percent(error, 3)}`);
  }
  const usedError = errorShare(used.ours, used.theirs);
  const limit = /realistic/.test(folder.name) ? LIMITS.usedMemoryRealistic : LIMITS.usedMemory;
  if (Math.abs(usedError) > limit) {
    found.push(
      `used_memory minus startup is ${used.ours}, not ${used.theirs}: ${percent(usedError)}, ${percent(limit)} at most`,
    );
  }
  const { profile, allocator, config } = target;
  const baseline = errorShare(profile.baselineBytes, folder.baselineBytes);
  const isPlain = allocator.name === profile.allocator && !config.clusterEnabled;
  if (isPlain && Math.abs(baseline) > LIMITS.baseline) {
    found.push(`used_memory without data is ${profile.baselineBytes}, not ${folder.baselineBytes}`);
  }
  return found;
}

const billDeviations = ({ faults, bills }: Measurement) =>
  faults.length === 0 ? [] : [`${faults.length} of ${bills} bills do not add up: ${some(faults)}`];

const some = (list: readonly string[]) =>
  list.slice(0, SHOWN).join("; ") + (list.length > SHOWN ? "; …" : "");
