import { keyText } from "../../doctor/key-text.ts";
import { column } from "../../queries/answer.ts";
import { type PlannedScenario, primariesOf } from "../plan.ts";
import { slotTotals } from "../slots.ts";
import { whole } from "./scenarios.ts";
import { byScenario, type PlanSection, type Ranking } from "./section.ts";

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
        column("of_machine", "Of machine", "share", { spare: true }),
        column("of_maxmemory", "Of maxmemory", "share", { spare: true }),
        column("heaviest_slot", "Heaviest slot", "number", { spare: true }),
        column("slot_bytes", "Its data", "bytes", { spare: true }),
        column("of_fair_share", "Of a fair share", "share"),
        column("held_by", "Mostly now", "text", { wraps: true }),
      ],
      (one) => rankingOf(one, context.largest),
    ),
};

function rankingOf(one: PlannedScenario, largest: number): Ranking {
  const { data, growth, shards, machine, maxmemory, shard: fullest } = one;
  const { slots } = growth;
  if (slots === null || shards === 1) return { rows: [], all: 0 };
  const primaries = primariesOf(one).flatMap(({ part, provision }, i) =>
    part === null ? [] : [{ part, provision, shard: i + 1 }],
  );
  const memory = machine?.machine.memory ?? fullest.machine_bytes;
  const mean = primaries.reduce((sum, { provision }) => sum + provision.load.bytes, 0) / shards;
  const keyBytes = data.key_bytes * growth.bytes;
  const all = slotTotals(slots).bytes;
  const shareOf = (bytes: number) => (all > 0 ? bytes / all : 0);
  const rows = primaries
    .sort((a, b) => b.provision.load.bytes - a.provision.load.bytes || a.shard - b.shard)
    .slice(0, largest)
    .map(({ part, shard, provision: { load, machine_bytes: needs, counted } }) => {
      const holder = data.slots?.holders.get(part.heaviest_slot);
      const share = shareOf(part.heaviest_slot_bytes);
      return {
        shard,
        first_slot: part.first,
        last_slot: part.last,
        keys: whole(load.keys),
        bytes: whole(load.bytes),
        over_mean: mean > 0 ? Math.round((100 * load.bytes) / mean) / 100 : null,
        needs: whole(needs),
        of_machine: needs / memory,
        of_maxmemory: counted / maxmemory,
        heaviest_slot: part.heaviest_slot,
        slot_bytes: whole(share * keyBytes),
        of_fair_share: share * shards,
        held_by: holder === undefined ? null : `${holder.kind} ${keyText(holder.name)}`,
      };
    });
  return { rows, all: primaries.length };
}
