import { keyText } from "../doctor/key-text.ts";
import { SLOTS } from "../inventory/slot.ts";
import { thousands } from "../queries/words.ts";
import { humanBytes } from "../units.ts";
import type { Catalogue, Machine } from "./catalogue.ts";
import type { Growth, LargestKey, PlanData, ShardLoad } from "./data.ts";
import type { Provision } from "./provision.ts";
import type { Scenario } from "./scenario.ts";
import { fullestShard } from "./slots.ts";

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

/** What is needed of the data after so much growth. */
export interface Need {
  /** By the fullest of so many shards. */
  readonly shard: (shards: number) => Provision;
  readonly data: PlanData;
  readonly growth: Growth;
}

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
 * How each machine would do, smallest first, the cheaper of equally large ones before the other. Chosen is the first that fits with the
 * shards that are given; where no number is given, the first that takes all in one shard, else as few as possible of the largest that fits.
 */
export function machineOptions(catalogue: Catalogue, scenario: Scenario, need: Need): MachineOption[] {
  const options = candidates(catalogue, scenario).map((machine) => optionOf(machine, scenario, need));
  const fitting = options.filter(({ shards }) => shards !== null);
  const enough = scenario.shards ?? 1;
  const largest = fitting.at(-1)?.machine.memory;
  const chosen =
    fitting.find(({ shards }) => shards === enough) ??
    fitting.find(({ machine }) => machine.memory === largest);
  return options.map((one) => ({ ...one, chosen: one === chosen }));
}

function optionOf(machine: Machine, scenario: Scenario, need: Need): Omit<MachineOption, "chosen"> {
  const { memory, price } = machine;
  const fits = (shards: number) => need.shard(shards).machine_bytes <= memory;
  const shards =
    scenario.shards === undefined ? fewest(fits) : fits(scenario.shards) ? scenario.shards : null;
  if (shards === null) {
    const none = { shards, nodes: null, maxmemory: null, needs: null, month: null };
    return { machine, ...none, why_not: whyNot(machine, scenario, need) };
  }
  const nodes = shards * (1 + scenario.replicas);
  return {
    machine,
    shards,
    nodes,
    maxmemory: Math.floor(memory * scenario.maxmemory_share),
    needs: need.shard(shards).machine_bytes,
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

function whyNot({ memory }: Machine, scenario: Scenario, need: Need): string {
  const { shards } = scenario;
  const { machine_bytes: needs, load } = need.shard(SLOTS);
  if (shards !== undefined && needs <= memory) {
    const which =
      shards === 1
        ? "one shard"
        : `${need.growth.slots === null ? "each" : "the fullest"} of ${thousands(shards)} shards`;
    return `${which} needs ${humanBytes(need.shard(shards).machine_bytes)}`;
  }
  const others = needs - load.bytes;
  if (load.key_bytes <= others)
    return `buffers, the server and safety alone need ${humanBytes(others)} in each shard`;
  const together = `with what goes with it a shard needs ${humanBytes(needs)}`;
  const largest = need.growth.largest_key;
  if (largest !== null && isMostOf(largest, load, need)) {
    const place = largest.db === null ? "" : ` (database ${largest.db})`;
    return `the key ${keyText(largest.key)}${place} takes ${humanBytes(largest.heap_bytes)}, and shards do not split keys; ${together}`;
  }
  return `one hash slot holds ${humanBytes(load.key_bytes)}, and slots are not split (\`rdbscope slots --tags\` tells whose they are); ${together}`;
}

/** Whether a key is most of the heaviest slot, or all of a shard where slots are not known. */
function isMostOf({ key, heap_bytes: own }: LargestKey, load: ShardLoad, { data, growth }: Need): boolean {
  if (growth.slots === null) return load.key_bytes <= own;
  const { first: slot } = fullestShard(growth.slots, SLOTS);
  const holder = data.slots?.holders.get(slot);
  return holder?.kind === "key" && isSameKey(holder.name, key) && own > load.key_bytes / 2;
}

function isSameKey(a: string | Buffer, b: string | Buffer): boolean {
  return Buffer.from(a as string).equals(Buffer.from(b as string));
}

/** What the whole plan says where no machine fits. */
export function noneFits(options: readonly MachineOption[], { data, growth }: Need): string {
  const largest = options.at(-1)!;
  const { memory, name } = largest.machine;
  const size = humanBytes(data.key_bytes * growth.bytes);
  return `no machine fits ${size} of keys: the largest, ${name}, has ${humanBytes(memory)}, but ${largest.why_not}`;
}
