import type { Catalogue } from "../catalogue.ts";
import { type PlannedScenario, planOf } from "../plan.ts";
import type { FoundSavings } from "./find.ts";
import { afterwards, excludes, isMove, type Saving } from "./saving.ts";

/** Less than this share of the data is not told. */
const LEAST_SHARE = 0.001;
/** So many are planned: those that save most memory. */
const MOST_PLANNED = 200;

/** What the plan becomes. Money is that of the plan's machines on demand, in the catalogue's currency; null without prices. */
export interface Worth {
  /** Data that there is less of now, by the memory model. */
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
  /** Whether it adds up with all others that do. */
  readonly adds_up: boolean;
  /** Where it does not: the rank of one that does and is about the same keys; null: it is another server. */
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
    const before = ranked.find((one) => one.adds_up && excludes(one, saving));
    const addsUp = before === undefined && !isMove(saving);
    const place = {
      rank: ranked.length + 1,
      adds_up: addsUp,
      instead_of: isMove(saving) ? null : (before?.rank ?? null),
    };
    ranked.push({ ...saving, ...worth, ...place });
  }
  const adding = ranked.filter((one) => one.adds_up);
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
    saved_bytes: planned.now.bytes - then.now.bytes,
    later_bytes: planned.later.bytes - then.later.bytes,
    provisioned_bytes: saved,
    month: before === null || now === null ? null : Math.round((before - now) * 100) / 100,
    pro_rata: before === null ? null : Math.round(((before * saved) / needs(planned)) * 100) / 100,
  };
}
