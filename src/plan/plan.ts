import type { Info } from "../doctor/info.ts";
import type { Catalogue } from "./catalogue.ts";
import { type Cost, costsOf } from "./costs.ts";
import { evenGrowth, type Growth, type PlanData, type ShardLoad, shardLoad, shardLoads } from "./data.ts";
import { type GrownPattern, grown } from "./growth.ts";
import { type MachineOption, machineOptions, type Need, noneFits } from "./machines.ts";
import { averageObject, type Provision, provision } from "./provision.ts";
import type { Scenario } from "./scenario.ts";
import type { SlotShard } from "./slots.ts";

/** A scenario with what it is planned of. */
export interface PlanInput {
  readonly scenario: Scenario;
  readonly data: PlanData;
  /** What INFO said of the server, where its ratio is to be used. */
  readonly info?: Info | undefined;
}

/** What one scenario comes to. */
export interface PlannedScenario {
  readonly scenario: Scenario;
  readonly data: PlanData;
  readonly info: Info | undefined;
  /** All data on one server, now and at the end of the months. */
  readonly now: ShardLoad;
  readonly later: ShardLoad;
  readonly growth: Growth;
  readonly patterns: readonly GrownPattern[];
  readonly shards: number;
  /** Primaries and replicas. */
  readonly nodes: number;
  /** What one shard needs at the end of the months. */
  readonly shard: Provision;
  /** Bytes to set on each node. */
  readonly maxmemory: number;
  /** The name of the term that needs most. */
  readonly dominates: string;
  /** Empty without a catalogue. */
  readonly options: readonly MachineOption[];
  /** Null: none fits, or there is no catalogue. */
  readonly machine: MachineOption | null;
  readonly costs: readonly Cost[];
  /** Why the scenario is impossible; null where it is not. */
  readonly impossible: string | null;
}

/** Scenarios side by side. */
export interface Plan {
  readonly catalogue: Catalogue | undefined;
  readonly scenarios: readonly PlannedScenario[];
}

/** Plans every scenario. @throws {UsageError} for what a scenario names that there is none of */
export function planOf(inputs: readonly PlanInput[], catalogue: Catalogue | undefined): Plan {
  return { catalogue, scenarios: inputs.map((input) => planned(input, catalogue)) };
}

function planned({ scenario, data, info }: PlanInput, catalogue: Catalogue | undefined): PlannedScenario {
  const needsCatalogue = (["machines", "regions", "purchases"] as const).find(
    (field) => scenario[field] !== undefined,
  );
  if (catalogue === undefined && needsCatalogue !== undefined)
    scenario.fail(
      needsCatalogue,
      "there is no catalogue that it could be about: name one (catalogue, --catalogue)",
    );
  const { growth, patterns } = grown(data, scenario);
  const need = needOf(data, growth, scenario, info);
  const options = catalogue === undefined ? [] : machineOptions(catalogue, scenario, need);
  const machine = options.find(({ chosen }) => chosen) ?? null;
  const shards = machine?.shards ?? scenario.shards ?? 1;
  const nodes = shards * (1 + scenario.replicas);
  const shard = need.shard(shards);
  const price = machine?.machine.price;
  return {
    scenario,
    data,
    info,
    now: shardLoad(data, evenGrowth(data, 1), 1),
    later: shardLoad(data, growth, 1),
    growth,
    patterns,
    shards,
    nodes,
    shard,
    maxmemory: machine?.maxmemory ?? Math.floor(shard.machine_bytes * scenario.maxmemory_share),
    dominates: [...shard.terms].sort((a, b) => b.bytes - a.bytes)[0]!.term,
    options,
    machine,
    costs: catalogue === undefined || price === undefined ? [] : costsOf(nodes, price, catalogue, scenario),
    impossible: options.length > 0 && machine === null ? noneFits(options, need) : null,
  };
}

/** What the fullest shard needs, by the number of shards; each is worked out once. */
export function needOf(data: PlanData, growth: Growth, scenario: Scenario, info: Info | undefined): Need {
  const known = new Map<number, Provision>();
  const provided = provider(data, growth, scenario, info);
  const shard = (shards: number) => {
    const found = known.get(shards) ?? provided(shardLoad(data, growth, shards));
    known.set(shards, found);
    return found;
  };
  return { shard, data, growth };
}

function provider(data: PlanData, growth: Growth, scenario: Scenario, info: Info | undefined) {
  const average = averageObject(shardLoad(data, growth, 1));
  return (load: ShardLoad) => provision(load, data.baseline_bytes, scenario, info, average);
}

/** A primary, or `count` that are alike. */
export interface Primary {
  /** Its slots; null where shards are even. */
  readonly part: SlotShard | null;
  readonly provision: Provision;
  readonly count: number;
}

/** What each primary holds and needs at the end of the months, in the order of their slots. */
export function primariesOf({ data, growth, shards, scenario, info }: PlannedScenario): readonly Primary[] {
  const provided = provider(data, growth, scenario, info);
  return shardLoads(data, growth, shards).map(({ part, load, count }) => ({
    part,
    provision: provided(load),
    count,
  }));
}
