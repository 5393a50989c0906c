import { PROFILES } from "../memory/index.ts";
import { counted, thousands } from "../queries/words.ts";
import { humanBytes } from "../units.ts";
import type { Cost } from "./costs.ts";
import type { MachineOption } from "./machines.ts";
import type { Plan, PlannedScenario } from "./plan.ts";
import type { Scenario } from "./scenario.ts";
import { shardNotes } from "./shard-notes.ts";

/** Major version of Redis. */
const FIRST_SHARED = 7;

/** What the reader has to know of a plan: what is impossible, what is estimated, and what prices are worth. */
export function planNotes({ scenarios, catalogue }: Plan): string[] {
  const several = scenarios.length > 1;
  const own = scenarios.flatMap((one) =>
    scenarioNotes(one).map((note) => (several ? `${one.scenario.name}: ${note}` : note)),
  );
  const ofData = scenarios.flatMap(({ data }) => data.notes);
  const unable = scenarios.flatMap(({ data }) => data.cannot_load ?? []);
  return [
    ...new Set([
      ...unable,
      ...own,
      ...ofData,
      "the data is the memory model's; terms by a rule of thumb are estimates that nothing measured (docs/sizing.md)",
      ...(catalogue === undefined ? [] : [priceNote(catalogue)]),
    ]),
  ];
}

function scenarioNotes(one: PlannedScenario): string[] {
  const { impossible, shard, scenario, machine, options, costs } = one;
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
          `${cheaper.nodes} × ${cheaper.machine.name} would cost less on demand, with ${counted(cheaper.shards!, "shard")}`,
        ]),
    ...(machine === null || machine.month !== null ? [] : [unpricedNote(machine, options)]),
    ...unusedNotes(costs),
    ...sharedNotes(one),
    ...idleNotes(scenario),
  ];
}

function unpricedNote({ machine }: MachineOption, options: readonly MachineOption[]): string {
  const priced = options.find(({ month }) => month !== null);
  const other =
    priced === undefined
      ? ""
      : `: the smallest that fits and has one is ${priced.machine.name} (${priced.nodes} of them)`;
  return `no money is told: ${machine.name} has no price in the catalogue${other}`;
}

/** Once a purchase, as regions have as many machines. */
function unusedNotes(costs: readonly Cost[]): string[] {
  return costs
    .filter((one, i) => one.unused > 0 && costs.findIndex(({ purchase }) => purchase === one.purchase) === i)
    .map(({ purchase, unused, one_year: one, three_years: three }) => {
      const reserved = counted(one + three, "machine");
      return `${purchase}: ${thousands(unused)} of ${reserved} reserved are not needed, and paid for`;
    });
}

/** From Redis 7.0 on, replicas and the backlog refer to the same buffer (feedReplicationBuffer(), replication.c). */
function sharedNotes({ data, scenario }: PlannedScenario): string[] {
  const { replicas, replica_buffer: buffer } = scenario;
  const { server, from, name } = PROFILES[data.target.profile];
  if (replicas < 2 || (server === "redis" && from[0] < FIRST_SHARED)) return [];
  return [
    `replicas of ${name} share one buffer: ${replicas} × ${humanBytes(buffer)} is ${humanBytes((replicas - 1) * buffer)} more than they may take; a replica_buffer of ${humanBytes(buffer / replicas)} says that`,
  ];
}

/** What was said and changes nothing. */
function idleNotes(scenario: Scenario): string[] {
  const { replicas, sync, bgsave, writes_per_second: writes, backlog } = scenario;
  const copies = bgsave || (replicas > 0 && sync !== "partial");
  const without = replicas === 0 ? "without replicas" : `with sync ${sync}`;
  return [
    ...(writes === undefined || copies
      ? []
      : [`writes per second change nothing: ${without} and without bgsave, no save copies pages`]),
    ...(backlog === undefined || (replicas > 0 && sync !== "full")
      ? []
      : [`backlog changes nothing: ${without} there is none`]),
  ];
}

function priceNote({ path, as_of: day, source, currency, example }: NonNullable<Plan["catalogue"]>): string {
  const kind = example ? "an example with made-up figures" : `prices of ${day}`;
  return `money is an estimate in ${currency} of ${path} (${kind}; ${source}), for machines alone: no traffic, no taxes`;
}
