import { SLOTS } from "../inventory/slot.ts";
import type { Scope } from "../queries/scope.ts";
import { slotAmounts, slotBalance } from "../queries/slots.ts";
import type { Slots } from "./types.ts";

/** How hash slots are filled; null where there are no keys. */
export function slotsOf(scope: Scope): Slots | null {
  const amounts = slotAmounts(scope);
  if (amounts.length === 0) return null;
  const { slots, mean_bytes, max_bytes, max_over_mean, top_slot_share, top_percent_share } =
    slotBalance(amounts);
  const bytes = new Array<number>(SLOTS).fill(0);
  const keys = new Array<number>(SLOTS).fill(0);
  for (const one of amounts) {
    bytes[one.slot] = Math.round(one.bytes);
    keys[one.slot] = Math.round(one.keys);
  }
  return {
    clustered: JSON.parse(scope.snapshot.settings).clusterEnabled === true,
    bytes,
    keys,
    used: slots,
    mean_bytes: Math.round(mean_bytes),
    max_bytes: Math.round(max_bytes),
    max_over_mean,
    top_slot_share,
    top_percent_share,
  };
}
