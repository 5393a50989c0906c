import { SLOTS } from "../inventory/slot.ts";
import { slotRanges } from "../queries/slot-ranges.ts";

/** What makes a slot heavy: most of it is this key, or these keys with one hash tag. */
export interface SlotHolder {
  readonly kind: "key" | "hash tag";
  readonly name: string | Buffer;
  readonly bytes: number;
}

/** Keys of one pattern, by the slots that have any. */
export interface PatternSlots {
  readonly slots: Uint16Array;
  readonly keys: Float64Array;
  readonly bytes: Float64Array;
}

/** Keys that a server would load, by hash slot. Bytes are the allocator's, and add up to the data's `key_bytes`. */
export interface SlotLoads {
  readonly keys: Float64Array;
  readonly bytes: Float64Array;
  /** Of the slots that hold most, what is known of who holds it. */
  readonly holders: ReadonlyMap<number, SlotHolder>;
  /** False: `bytes` are shares by MEMORY USAGE, an estimate. */
  readonly by_heap: boolean;
  /** What patterns that grow by a percentage of their own have of it; null: that is not known. */
  readonly patterns: ReadonlyMap<string, PatternSlots> | null;
}

/** The slots of one shard, and what is in them. */
export interface SlotShard {
  readonly first: number;
  readonly last: number;
  readonly keys: number;
  readonly bytes: number;
  readonly heaviest_slot: number;
  readonly heaviest_slot_bytes: number;
}

/** The shards that a cluster is created with: ranges of slots as `redis-cli --cluster create` deals them out. */
export function shardsOf({ keys, bytes }: SlotLoads, shards: number): SlotShard[] {
  return slotRanges(shards).map(({ first, last }) => {
    const found = { keys: 0, bytes: 0, heaviest: first };
    for (let slot = first; slot <= last; slot++) {
      found.keys += keys[slot]!;
      found.bytes += bytes[slot]!;
      if (bytes[slot]! > bytes[found.heaviest]!) found.heaviest = slot;
    }
    const { heaviest, ...sums } = found;
    return { first, last, ...sums, heaviest_slot: heaviest, heaviest_slot_bytes: bytes[heaviest]! };
  });
}

/** What the fullest of so many shards holds, and its first slot; for any number of them the sums are made once. */
export function fullestShard(
  slots: SlotLoads,
  shards: number,
): { keys: number; bytes: number; first: number } {
  const { keys, bytes } = sumsOf(slots);
  let fullest = { keys: 0, bytes: 0, first: 0 };
  for (const { first, last } of slotRanges(shards)) {
    const sum = bytes[last + 1]! - bytes[first]!;
    if (sum > fullest.bytes) fullest = { keys: keys[last + 1]! - keys[first]!, bytes: sum, first };
  }
  return fullest;
}

/** Keys and bytes of all slots. */
export function slotTotals(slots: SlotLoads): { keys: number; bytes: number } {
  const { keys, bytes } = sumsOf(slots);
  return { keys: keys[SLOTS]!, bytes: bytes[SLOTS]! };
}

/** How many times the keys and their bytes there are. */
export interface Times {
  readonly keys: number;
  readonly bytes: number;
}

/** Slots when there are so many times the keys: of patterns that `own` has and that are known by slot as it says, of all others `others`. */
export function scaledSlots(slots: SlotLoads, own: ReadonlyMap<string, Times>, others: Times): SlotLoads {
  const keys = slots.keys.map((value) => value * others.keys);
  const bytes = slots.bytes.map((value) => value * others.bytes);
  const patterns = [...(slots.patterns ?? [])].map(([pattern, known]) => {
    const times = own.get(pattern) ?? others;
    known.slots.forEach((slot, i) => {
      keys[slot] = Math.max(0, keys[slot]! + known.keys[i]! * (times.keys - others.keys));
      bytes[slot] = Math.max(0, bytes[slot]! + known.bytes[i]! * (times.bytes - others.bytes));
    });
    const then = {
      slots: known.slots,
      keys: known.keys.map((value) => value * times.keys),
      bytes: known.bytes.map((value) => value * times.bytes),
    };
    return [pattern, then] as const;
  });
  return { ...slots, keys, bytes, patterns: slots.patterns && new Map(patterns) };
}

/** Slots in the order of their bytes, at most `count` of those that hold any. */
export function heaviestSlots(bytes: Float64Array, count: number): number[] {
  return Array.from(bytes.keys())
    .filter((slot) => bytes[slot]! > 0)
    .sort((a, b) => bytes[b]! - bytes[a]! || a - b)
    .slice(0, count);
}

interface Sums {
  readonly keys: Float64Array;
  readonly bytes: Float64Array;
}

const known = new WeakMap<SlotLoads, Sums>();

/** What all slots before each one hold. */
function sumsOf(slots: SlotLoads): Sums {
  const before = known.get(slots);
  if (before !== undefined) return before;
  const sums = { keys: running(slots.keys), bytes: running(slots.bytes) };
  known.set(slots, sums);
  return sums;
}

function running(values: Float64Array): Float64Array {
  const sums = new Float64Array(SLOTS + 1);
  for (let slot = 0; slot < SLOTS; slot++) sums[slot + 1] = sums[slot]! + values[slot]!;
  return sums;
}
