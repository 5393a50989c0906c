import { keyText } from "../../doctor/key-text.ts";
import { column } from "../../queries/answer.ts";
import { partLoad } from "../data.ts";
import type { PlannedScenario } from "../plan.ts";
import { provision } from "../provision.ts";
import { shardsOf } from "../slots.ts";
import { whole } from "./scenarios.ts";
import { byScenario, type PlanSection } from "./section.ts";

/** What each shard holds at the end of the months, the fullest first, and what keeps them from being even. */
export const shardsSection: PlanSection = {
  name: "shards",
  items: ["shard"],
  make: (context) =>
    byScenario(
      context,
      {
        name: "shards",
        title: "The fullest shards, by hash slots as redis-cli --cluster create deals them out",
      },
      [
        column("shard", "Shard", "number"),
        column("first_slot", "First slot", "number", { spare: true }),
        column("last_slot", "Last slot", "number", { spare: true }),
        column("keys", "Keys", "count"),
        column("bytes", "Data", "bytes"),
        column("over_mean", "Over mean", "ratio"),
        column("needs", "Needed", "bytes"),
        column("of_machine", "Of machine", "share"),
        column("of_maxmemory", "Of maxmemory", "share"),
        column("heaviest_slot", "Heaviest slot", "number", { spare: true }),
        column("slot_bytes", "Its data", "bytes"),
        column("of_fair_share", "Of a fair share", "share"),
        column("held_by", "Mostly", "text", { wraps: true }),
      ],
      (one) => rows(one).slice(0, context.largest),
    ),
};

function rows(one: PlannedScenario) {
  const { data, shards, growth, scenario, info, machine, maxmemory, shard: fullest } = one;
  if (data.slots === null || shards === 1) return [];
  const { holders } = data.slots;
  const fair = data.key_bytes / shards;
  const memory = machine?.machine.memory ?? fullest.machine_bytes;
  return shardsOf(data.slots, shards)
    .map((part, i) => ({ part, shard: i + 1 }))
    .sort((a, b) => b.part.bytes - a.part.bytes || a.shard - b.shard)
    .map(({ part, shard }, place) => {
      const load = partLoad(data, growth, { ...part, largest_key: place === 0 ? growth.largest_key : null });
      const needs = provision(load, data.baseline_bytes, scenario, info);
      const holder = holders.get(part.heaviest_slot);
      return {
        shard,
        first_slot: part.first,
        last_slot: part.last,
        keys: whole(load.keys),
        bytes: whole(load.bytes),
        over_mean: fair > 0 ? Math.round((100 * part.bytes) / fair) / 100 : 0,
        needs: whole(needs.machine_bytes),
        of_machine: needs.machine_bytes / memory,
        of_maxmemory: needs.counted / maxmemory,
        heaviest_slot: part.heaviest_slot,
        slot_bytes: whole(part.heaviest_slot_bytes * growth.bytes),
        of_fair_share: fair > 0 ? part.heaviest_slot_bytes / fair : 0,
        held_by: holder === undefined ? null : `${holder.kind} ${keyText(holder.name)}`,
      };
    });
}
