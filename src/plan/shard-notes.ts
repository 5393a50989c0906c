import { keyText } from "../doctor/key-text.ts";
import { counted, thousands } from "../queries/words.ts";
import { humanBytes } from "../units.ts";
import type { PlannedScenario } from "./plan.ts";
import { fullestShard, heaviestSlots } from "./slots.ts";

/** redis-cli --cluster create makes no cluster of fewer primaries. */
const FEWEST_PRIMARIES = 3;

/** How even the shards are, and what keeps them from being so. */
export function shardNotes({ data, shards }: PlannedScenario): string[] {
  const { slots, databases, key_bytes: bytes } = data;
  if (shards === 1) return [];
  if (slots === null) return [`keys are taken to be spread evenly over ${shards} shards`];
  const fair = bytes / shards;
  const used = databases.filter(({ keys }) => keys > 0).length;
  const over = fair > 0 ? fullestShard(slots, shards).bytes / fair : 0;
  const heavy = heaviestSlots(slots.bytes, shards).filter((slot) => slots.bytes[slot]! > fair);
  return [
    `the fullest of ${thousands(shards)} shards has ${over.toFixed(2)} times the mean of the keys' memory: machines are as large as that one needs; slots are taken to grow alike`,
    ...(slots.by_heap
      ? []
      : [
          "shares of slots are by MEMORY USAGE, an estimate: it tells too much of streams; of the snapshot, or of an inventory with rows (5 million at most), they are of the heap",
        ]),
    ...heavy.slice(0, 3).map((slot) => {
      const holder = slots.holders.get(slot);
      const most = holder === undefined ? "" : `, mostly of the ${holder.kind} ${keyText(holder.name)}`;
      return `slot ${slot} holds ${humanBytes(slots.bytes[slot]!)}${most}: more than a fair share of ${humanBytes(fair)}, and no number of shards splits a slot`;
    }),
    ...(used > 1
      ? [`a cluster has one database: shards are of the keys of ${counted(used, "database")}`]
      : []),
    ...(shards < FEWEST_PRIMARIES
      ? [`redis-cli --cluster create makes no cluster of fewer than ${FEWEST_PRIMARIES} primaries`]
      : []),
  ];
}
