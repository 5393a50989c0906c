import { SLOTS } from "../inventory/slot.ts";

/** Slots that a node has: the first and the last. */
export interface SlotRange {
  readonly first: number;
  readonly last: number;
}

/**
 * The slots of each of `nodes` primaries (1 to 16384) as `redis-cli --cluster create` deals them out, with the rounding of its floats.
 * Mirrors clusterManagerCommandCreate(), redis-cli.c, Redis 7.0. Exact.
 */
export function slotRanges(nodes: number): SlotRange[] {
  const perNode = Math.fround(SLOTS / nodes);
  let [first, cursor] = [0, 0];
  return Array.from({ length: nodes }, (_, node) => {
    const end = Math.round(Math.fround(Math.fround(cursor + perNode) - 1));
    const last = node === nodes - 1 || end > SLOTS ? SLOTS - 1 : Math.max(first, end);
    const range = { first, last };
    first = last + 1;
    cursor = Math.fround(cursor + perNode);
    return range;
  });
}
