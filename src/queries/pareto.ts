import { type Column, column, type Section } from "./answer.ts";
import { bytesFromLargest, type SizeStep } from "./largest-first.ts";
import { notesOf } from "./notes.ts";
import { sampleOf } from "./sampling.ts";
import { type Scope, scopeParams, tallySource } from "./scope.ts";

/** How few keys hold a share of the memory. */
export type ParetoRow = {
  /** Share of all `bytes`. */
  readonly bytes_share: number;
  readonly bytes: number;
  readonly keys: number;
  /** No fewer and no more keys than these; both are `keys` where it is exact. */
  readonly min_keys: number;
  readonly max_keys: number;
  readonly keys_share: number;
  /** `bytes` of the smallest of these keys. */
  readonly smallest_bytes: number;
  /** The fewest patterns that hold that share. */
  readonly patterns: number;
};

/** How much the largest keys hold. */
export type LargestShareRow = {
  readonly largest_share: number;
  readonly largest_keys: number;
  readonly held_bytes: number;
  /** No less and no more than these; both are `held_bytes` where it is exact. */
  readonly min_held_bytes: number;
  readonly max_held_bytes: number;
  readonly held_share: number;
};

const SHARES = [0.5, 0.8, 0.9, 0.99];
const LARGEST = [0.001, 0.01, 0.05, 0.1, 0.2, 0.5];

const COLUMNS: readonly Column[] = [
  column("bytes_share", "% mem", "share"),
  column("bytes", "Memory", "bytes"),
  column("keys", "Keys", "count"),
  column("keys_share", "% keys", "share"),
  column("min_keys", "At least", "count", { spare: true }),
  column("max_keys", "At most", "count", { spare: true }),
  column("smallest_bytes", "Each from", "bytes"),
  column("patterns", "Or patterns", "count"),
];

const LARGEST_COLUMNS: readonly Column[] = [
  column("largest_share", "Largest keys", "share"),
  column("largest_keys", "Keys", "count"),
  column("held_bytes", "Memory", "bytes"),
  column("held_share", "% mem", "share"),
  column("min_held_bytes", "At least", "bytes", { machineOnly: true }),
  column("max_held_bytes", "At most", "bytes", { machineOnly: true }),
];

/** How few keys hold how much; `exact`: counted from key rows, however many there are. */
export function paretoSections(scope: Scope, { exact }: { readonly exact?: boolean | undefined }): Section[] {
  const { steps, isExact } = bytesFromLargest(scope, exact === true);
  const error =
    "numbers of keys are estimates from size sketches: each is right within 2% of the keys that are as big as its smallest; " +
    "--exact counts from key rows";
  return [
    {
      name: "pareto",
      title: "How few keys hold the memory",
      columns: COLUMNS,
      rows: pareto(steps, patternBytes(scope)),
      notes: ["or patterns: how many of the largest patterns hold as much, with all their keys"],
    },
    {
      name: "pareto",
      title: "What the largest keys hold",
      columns: LARGEST_COLUMNS,
      rows: largestShares(steps),
      notes: [...notesOf(scope), ...(isExact ? [] : [error]), ...boundNotes(scope)],
    },
  ];
}

/** What "at least" and "at most" do not mean, where keys are a sample. */
function boundNotes({ snapshot }: Scope): string[] {
  return sampleOf(snapshot) === undefined
    ? []
    : ["numbers of keys are estimates from a sample: at least and at most say nothing of its error"];
}

function patternBytes(scope: Scope): number[] {
  const rows = scope.inventory.all<{ bytes: number }>(
    `SELECT sum(bytes) AS bytes FROM ${tallySource(scope)} GROUP BY pattern ORDER BY bytes DESC`,
    scopeParams(scope),
  );
  return rows.map(({ bytes }) => bytes);
}

/** `steps` and `patterns` go from the largest to the smallest. */
export function pareto(steps: readonly SizeStep[], patterns: readonly number[]): ParetoRow[] {
  const all = totalsOf(steps);
  if (all.bytes === 0) return [];
  return SHARES.map((share) => {
    const wanted = share * all.bytes;
    const { step, keys: before, bytes } = lastStepOf(steps, (sum) => sum.bytes >= wanted);
    const missing = wanted - bytes;
    const fewest = Math.max(1, Math.ceil(missing / step.max));
    const most = Math.min(step.keys, Math.max(1, Math.ceil((missing * step.keys) / step.bytes)));
    const keys = before + Math.round((Math.min(fewest, most) + most) / 2);
    return {
      bytes_share: share,
      bytes: Math.ceil(wanted),
      keys,
      min_keys: before + Math.min(fewest, most),
      max_keys: before + most,
      keys_share: keys / all.keys,
      smallest_bytes: Math.round(step.bytes / step.keys),
      patterns: countUpTo(patterns, wanted),
    };
  });
}

/** What the largest 0.1%, 1%, … of all keys hold. */
export function largestShares(steps: readonly SizeStep[]): LargestShareRow[] {
  const all = totalsOf(steps);
  if (all.bytes === 0) return [];
  return LARGEST.map((share) => {
    const wanted = Math.ceil(share * all.keys);
    const { step, keys, bytes } = lastStepOf(steps, (sum) => sum.keys >= wanted);
    const some = wanted - keys;
    // Those of a step that are taken are its largest: no less than its average, no more than its end, nor all it has.
    const least = bytes + Math.round((some * step.bytes) / step.keys);
    const most = Math.max(least, bytes + Math.min(some * step.max, step.bytes));
    const held = Math.round((least + most) / 2);
    return {
      largest_share: share,
      largest_keys: wanted,
      held_bytes: held,
      min_held_bytes: least,
      max_held_bytes: most,
      held_share: held / all.bytes,
    };
  });
}

interface Sum {
  readonly keys: number;
  readonly bytes: number;
}

function totalsOf(steps: readonly SizeStep[]): Sum {
  return steps.reduce((sum, step) => ({ keys: sum.keys + step.keys, bytes: sum.bytes + step.bytes }), {
    keys: 0,
    bytes: 0,
  });
}

/** The step with which the sum is `enough`, and what stands before it. */
function lastStepOf(
  steps: readonly SizeStep[],
  enough: (sum: Sum) => boolean,
): Sum & { readonly step: SizeStep } {
  let keys = 0;
  let bytes = 0;
  for (const step of steps) {
    if (enough({ keys: keys + step.keys, bytes: bytes + step.bytes })) return { step, keys, bytes };
    keys += step.keys;
    bytes += step.bytes;
  }
  const step = steps.at(-1)!;
  return { step, keys: keys - step.keys, bytes: bytes - step.bytes };
}

/** How many of the largest have `wanted` together. */
function countUpTo(values: readonly number[], wanted: number): number {
  let sum = 0;
  const last = values.findIndex((value) => {
    sum += value;
    return sum >= wanted;
  });
  return last < 0 ? values.length : last + 1;
}
