import { keyText } from "../doctor/key-text.ts";
import { SLOTS } from "../inventory/slot.ts";
import { humanBytes } from "../units.ts";
import type { Catalogue, Machine } from "./catalogue.ts";
import type { Growth, PlanData } from "./data.ts";
import type { Provision } from "./provision.ts";
import type { Scenario } from "./scenario.ts";

/** How a machine of the catalogue would do. */
export interface MachineOption {
  readonly machine: Machine;
  /** Primaries; null where no number of them fits. */
  readonly shards: number | null;
  /** Primaries and replicas. */
  readonly nodes: number | null;
  /** Bytes to set on each; null as `shards`. */
  readonly maxmemory: number | null;
  /** What one shard needs of such a machine. */
  readonly needs: number | null;
  /** All nodes a month on demand; null without a price. */
  readonly month: number | null;
  /** Why it does not fit; null where it does. */
  readonly why_not: string | null;
  readonly chosen: boolean;
}

/** What a shard needs, by the number of shards. */
export type Provisioner = (shards: number) => Provision;

/** Machines of the catalogue that a scenario is about. @throws {UsageError} for one that there is none of */
function candidates({ machines }: Catalogue, scenario: Scenario): readonly Machine[] {
  const wanted = scenario.machines;
  if (wanted === undefined) return machines;
  const known = machines.map(({ name }) => name);
  const wrong = wanted.find((name) => !known.includes(name));
  if (wrong !== undefined)
    scenario.fail("machines", `no machine ${wrong} in the catalogue: known are ${known.join(", ")}`);
  return machines.filter(({ name }) => wanted.includes(name));
}

/**
 * How each machine would do, smallest first. Chosen is the smallest that fits with the shards that are given; where no number is given,
 * the smallest that takes all in one shard, else as few as possible of the largest that fits.
 */
export function machineOptions(catalogue: Catalogue, scenario: Scenario, need: Provisioner): MachineOption[] {
  const options = candidates(catalogue, scenario).map((machine) => optionOf(machine, scenario, need));
  const fitting = options.filter(({ shards }) => shards !== null);
  const enough = scenario.shards ?? 1;
  const chosen = fitting.find(({ shards }) => shards === enough) ?? fitting.at(-1);
  return options.map((one) => ({ ...one, chosen: one === chosen }));
}

function optionOf(machine: Machine, scenario: Scenario, need: Provisioner): Omit<MachineOption, "chosen"> {
  const { memory, price } = machine;
  const fits = (shards: number) => need(shards).machine_bytes <= memory;
  const shards =
    scenario.shards === undefined ? fewest(fits) : fits(scenario.shards) ? scenario.shards : null;
  if (shards === null) {
    const none = { shards, nodes: null, maxmemory: null, needs: null, month: null };
    return { machine, ...none, why_not: whyNot(scenario, need) };
  }
  const nodes = shards * (1 + scenario.replicas);
  return {
    machine,
    shards,
    nodes,
    maxmemory: Math.floor(memory * scenario.maxmemory_share),
    needs: need(shards).machine_bytes,
    month: price === undefined ? null : nodes * price.on_demand,
    why_not: null,
  };
}

/**
 * The least number of shards that fits; null: none does. Each slot alone is the least that there can be, but for fewer shards more do not
 * always mean smaller ones: where ranges end decides which of the heavy slots are together. So each number is tried.
 */
function fewest(fits: (shards: number) => boolean): number | null {
  if (!fits(SLOTS)) return null;
  let shards = 1;
  while (!fits(shards)) shards++;
  return shards;
}

function whyNot(scenario: Scenario, need: Provisioner): string {
  const least = need(scenario.shards ?? SLOTS);
  const { machine_bytes: needs, load } = least;
  const { largest_key: largest } = load;
  if (largest !== null && load.key_bytes === largest.heap_bytes) {
    const place = largest.db === null ? "" : ` (database ${largest.db})`;
    const takes = `the key ${keyText(largest.key)}${place} takes ${humanBytes(largest.heap_bytes)}`;
    return `${takes}, and shards do not split keys; with what goes with it a shard needs ${humanBytes(needs)}`;
  }
  if (scenario.shards !== undefined) return `each of ${scenario.shards} shards needs ${humanBytes(needs)}`;
  const others = needs - load.bytes;
  if (load.key_bytes > others)
    return `one hash slot holds ${humanBytes(load.key_bytes)}, and slots are not split (\`rdbscope slots --tags\` tells whose they are); with what goes with it a shard needs ${humanBytes(needs)}`;
  return `buffers, the server and safety alone need ${humanBytes(others)} in each shard`;
}

/** What the whole plan says where no machine fits. */
export function noneFits(options: readonly MachineOption[], data: PlanData, growth: Growth): string {
  const largest = options.at(-1)!;
  const { memory, name } = largest.machine;
  const size = humanBytes(data.key_bytes * growth.bytes);
  return `no machine fits ${size} of keys: the largest, ${name}, has ${humanBytes(memory)}, but ${largest.why_not}`;
}
