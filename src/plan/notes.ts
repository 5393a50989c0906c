import { humanBytes } from "../units.ts";
import type { Plan, PlannedScenario } from "./plan.ts";
import { shardNotes } from "./shard-notes.ts";

/** What the reader has to know of a plan: what is impossible, what is estimated, and what prices are worth. */
export function planNotes({ scenarios, catalogue }: Plan): string[] {
  const several = scenarios.length > 1;
  const own = scenarios.flatMap((one) =>
    scenarioNotes(one).map((note) => (several ? `${one.scenario.name}: ${note}` : note)),
  );
  const ofData = scenarios.flatMap(({ data }) => data.notes);
  return [
    ...new Set([
      ...own,
      ...ofData,
      "the data is the memory model's; terms by a rule of thumb are estimates that nothing measured (docs/sizing.md)",
      ...(catalogue === undefined ? [] : [priceNote(catalogue)]),
    ]),
  ];
}

function scenarioNotes(one: PlannedScenario): string[] {
  const { impossible, shard, scenario, machine, options } = one;
  const cheaper = options
    .filter(({ month }) => month !== null && machine?.month != null && month < machine.month)
    .sort((a, b) => a.month! - b.month!)[0];
  const forMaxmemory = shard.machine_bytes > shard.provisioned;
  return [
    ...(impossible === null ? [] : [impossible]),
    ...(impossible === null ? shardNotes(one) : []),
    ...(forMaxmemory
      ? [
          `maxmemory at ${scenario.maxmemory_share * 100}% decides: a machine has ${humanBytes(shard.machine_bytes)}, more than the terms add up to`,
        ]
      : []),
    ...(cheaper === undefined
      ? []
      : [
          `${cheaper.nodes} × ${cheaper.machine.name} would cost less on demand, with ${cheaper.shards} shards`,
        ]),
  ];
}

function priceNote({ path, as_of: day, source, currency, example }: NonNullable<Plan["catalogue"]>): string {
  const kind = example ? "an example with made-up figures" : `prices of ${day}`;
  return `money is an estimate in ${currency} of ${path} (${kind}; ${source}), for machines alone: no traffic, no taxes`;
}
