import type { Catalogue } from "../catalogue.ts";
import { type PlannedScenario, planOf } from "../plan.ts";
import type { FoundSavings } from "./find.ts";
import { afterwards, excludes, type Saving } from "./saving.ts";

/** Less than this share of the data is not told. */
const LEAST_SHARE = 0.001;
/** So many are planned: those that save most memory. */
const MOST_PLANNED = 200;

/** What the plan becomes. Money is that of the plan's machines on demand, in the catalogue's currency; null without prices. */
export interface Worth {
  /** used_memory that there is less of now, by the memory model. */
  readonly saved_bytes: number;
  /** The same at the end of the months. */
  readonly later_bytes: number;
  /** Memory of all primaries that need not be provided then, buffers and safety included. */
  readonly provisioned_bytes: number;
  /** What a month costs less: machines are whole ones. */
  readonly month: number | null;
  /** What the memory saved is of the price of a month, as if machines could be had by the byte. */
  readonly pro_rata: number | null;
}

/** A saving in its place. */
export interface RankedSaving extends Saving, Worth {
  readonly rank: number;
  /** The rank of one that stands before and is about the same keys; null: it adds up with all before that are null, too. */
  readonly instead_of: number | null;
}

/** Savings of a scenario, what saves most money first; and those together that do not exclude each other. */
export interface RankedSavings {
  readonly ranked: readonly RankedSaving[];
  readonly together: Worth | null;
  readonly notes: readonly string[];
}

/** Plans anew for each saving. */
export function rankSavings(
  planned: PlannedScenario,
  catalogue: Catalogue | undefined,
  { savings, notes }: FoundSavings,
): RankedSavings {
  const least = LEAST_SHARE * planned.now.bytes;
  const valued = savings
    .map((saving) => ({ saving, size: heapOf(planned, saving) }))
    .filter(({ size }) => size > 0)
    .sort((a, b) => b.size - a.size)
    .slice(0, MOST_PLANNED)
    .map(({ saving }) => ({ saving, worth: worthOf(planned, catalogue, [saving]) }))
    .filter(({ worth }) => worth.saved_bytes > 0 && worth.saved_bytes >= least)
    .sort(
      (a, b) =>
        (b.worth.month ?? 0) - (a.worth.month ?? 0) || b.worth.provisioned_bytes - a.worth.provisioned_bytes,
    );
  const ranked: RankedSaving[] = [];
  for (const { saving, worth } of valued) {
    const taken = ranked.filter((one) => one.instead_of === null);
    const before = taken.find((one) => excludes(one, saving));
    ranked.push({ ...saving, ...worth, rank: ranked.length + 1, instead_of: before?.rank ?? null });
  }
  const adding = ranked.filter((one) => one.instead_of === null);
  return {
    ranked,
    together: adding.length === 0 ? null : worthOf(planned, catalogue, adding),
    notes,
  };
}

/** Heap that a saving takes off the keys. */
function heapOf({ data }: PlannedScenario, saving: Saving): number {
  return data.key_bytes - afterwards(data, [saving]).key_bytes;
}

function worthOf(
  planned: PlannedScenario,
  catalogue: Catalogue | undefined,
  savings: readonly Saving[],
): Worth {
  const { scenario, info, data } = planned;
  const after = afterwards(data, savings);
  const own = scenario.growth_by_pattern ?? {};
  const known = new Set(after.patterns.map(({ pattern }) => pattern));
  const growing = Object.fromEntries(Object.entries(own).filter(([pattern]) => known.has(pattern)));
  const then = planOf(
    [{ scenario: { ...scenario, growth_by_pattern: growing }, data: after, info }],
    catalogue,
  ).scenarios[0]!;
  const needs = (one: PlannedScenario) => one.shard.machine_bytes * one.shards;
  const saved = needs(planned) - needs(then);
  const [before, now] = [planned.machine?.month ?? null, then.machine?.month ?? null];
  return {
    saved_bytes: planned.now.bytes + data.baseline_bytes - then.now.bytes - after.baseline_bytes,
    later_bytes: planned.later.bytes + data.baseline_bytes - then.later.bytes - after.baseline_bytes,
    provisioned_bytes: saved,
    month: before === null || now === null ? null : Math.round((before - now) * 100) / 100,
    pro_rata: before === null ? null : Math.round(((before * saved) / needs(planned)) * 100) / 100,
  };
}
