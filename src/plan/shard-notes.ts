import { keyText } from "../doctor/key-text.ts";
import { counted, thousands } from "../queries/words.ts";
import { humanBytes } from "../units.ts";
import { type Growth, type PlanData, shardLoads } from "./data.ts";
import type { PlannedScenario } from "./plan.ts";
import type { Scenario } from "./scenario.ts";
import { heaviestSlots, slotTotals } from "./slots.ts";

/** redis-cli --cluster create makes no cluster of fewer primaries. */
const FEWEST_PRIMARIES = 3;

/** How even the shards are at the end of the months, and what keeps them from being so. */
export function shardNotes({ data, shards, growth, scenario }: PlannedScenario): string[] {
  const { slots } = growth;
  if (shards === 1) return [];
  if (slots === null) return [`keys are taken to be spread evenly over ${shards} shards`];
  return [
    ...(data.key_bytes > 0 ? heavyNotes(data, growth, shards) : []),
    ...growthNotes(data, scenario),
    ...(slots.by_heap
      ? []
      : [
          "shares of slots are by MEMORY USAGE, an estimate: it tells too much of streams; of the snapshot, or of an inventory with rows (5 million at most), they are of the heap",
        ]),
    ...clusterNotes(data, shards),
  ];
}

function heavyNotes(data: PlanData, growth: Growth, shards: number): string[] {
  const slots = growth.slots!;
  const { bytes: all } = slotTotals(slots);
  if (all === 0) return [];
  const bytesOf = (part: number) => humanBytes((part / all) * data.key_bytes * growth.bytes);
  const fair = all / shards;
  const heavy = heaviestSlots(slots.bytes, shards).filter((slot) => slots.bytes[slot]! > fair);
  const loads = shardLoads(data, growth, shards).map(({ load }) => load.bytes);
  const mean = loads.reduce((sum, bytes) => sum + bytes, 0) / shards;
  const over = loads.reduce((most, bytes) => Math.max(most, bytes), 0) / mean;
  return [
    `the fullest of ${thousands(shards)} shards has ${over.toFixed(2)} times the mean of their data at the end of the months: machines are as large as that one needs`,
    ...heavy.slice(0, 3).map((slot) => {
      const holder = slots.holders.get(slot);
      const most = holder === undefined ? "" : `, now mostly of the ${holder.kind} ${keyText(holder.name)}`;
      return `slot ${slot} holds ${bytesOf(slots.bytes[slot]!)} at the end of the months${most}: more than a fair share of ${bytesOf(fair)}, and no number of shards splits a slot`;
    }),
  ];
}

/** What is not known of where the growth goes. */
function growthNotes({ slots }: PlanData, { growth_by_pattern: own = {} }: Scenario): string[] {
  if (slots?.patterns !== null || Object.keys(own).length === 0) return [];
  return [
    "in which slots the patterns are that grow by a percentage of their own is not known, all slots are taken to grow alike: shards may be much less even than told; plan the snapshot, or an inventory with rows (5 million at most)",
  ];
}

function clusterNotes({ databases }: PlanData, shards: number): string[] {
  const used = databases.filter(({ keys }) => keys > 0).length;
  return [
    ...(used > 1
      ? [`a cluster has one database: shards are of the keys of ${counted(used, "database")}`]
      : []),
    ...(shards < FEWEST_PRIMARIES
      ? [`redis-cli --cluster create makes no cluster of fewer than ${FEWEST_PRIMARIES} primaries`]
      : []),
  ];
}
