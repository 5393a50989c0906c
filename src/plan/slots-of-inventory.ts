import { keyHashSlot, SLOTS } from "../inventory/slot.ts";
import { grouped } from "../queries/groups.ts";
import { hashTags } from "../queries/hash-tags.ts";
import { ofRow } from "../queries/sampling.ts";
import { keySource, type Scope, scopeParams } from "../queries/scope.ts";
import type { LargestKey } from "./data.ts";
import { heaviestSlots, type PatternSlots, type SlotHolder, type SlotLoads } from "./slots.ts";

/** Of more rows an inventory's sums by slot are taken: nobody waits for a minute. */
const MOST_ROWS = 5_000_000;
/** Slots whose holder is looked for. */
const HELD = 20;
/** A key or tag is told where it is so much of its slot. */
const MOST = 0.5;

const SUMS = (scope: Scope) =>
  `sum(${ofRow(scope, "1")}) AS keys, sum(${ofRow(scope, "heap_bytes")}) AS bytes FROM ${keySource(scope)}`;
const LOADED = "(expires_at IS NULL OR expires_at > @createdAt)";
const BY_SLOT = (scope: Scope) => `SELECT slot, ${SUMS(scope)} WHERE ${LOADED} GROUP BY slot`;
const BY_PATTERN = (scope: Scope) => `SELECT pattern, slot, ${SUMS(scope)}
  WHERE ${LOADED} AND pattern IN (SELECT value FROM json_each(@growing)) GROUP BY pattern, slot`;
const ALL = `SELECT slot, keys, bytes FROM slots WHERE snapshot = @snapshot`;
const LARGEST = (scope: Scope) => `SELECT slot, key, max(heap_bytes) AS bytes FROM ${keySource(scope)}
  WHERE slot IN (SELECT value FROM json_each(@slots)) AND ${LOADED} GROUP BY slot`;

interface SlotRow {
  readonly slot: number;
  readonly keys: number;
  readonly bytes: number;
}

interface PatternSlotRow extends SlotRow {
  readonly pattern: string;
}

/**
 * Keys by slot, those of `growing` patterns apart, and who holds the heaviest slots. Of its rows, up to some millions; else MEMORY USAGE by slot stands for the
 * share that each has of `keys` and `keyBytes`, and neither patterns nor holders are looked for.
 */
export function slotsOfInventory(
  scope: Scope,
  total: { readonly keys: number; readonly bytes: number },
  largest: LargestKey | null,
  growing: readonly string[],
): SlotLoads {
  const { keys: all, stored_rows: rows } = scope.snapshot;
  const byRows = rows >= all && rows <= MOST_ROWS;
  const found = scope.inventory.all<SlotRow>(byRows ? BY_SLOT(scope) : ALL, scopeParams(scope));
  const times = { keys: factorOf(found, "keys", total.keys), bytes: factorOf(found, "bytes", total.bytes) };
  const keys = scaled(found, "keys", times.keys);
  const bytes = scaled(found, "bytes", times.bytes);
  const named = scope.snapshot.hashed_names === null;
  const holders = byRows && named ? holdersOf(scope, bytes) : holderOf(largest, bytes, named);
  const patterns = growing.length === 0 ? new Map() : byRows ? patternsOf(scope, growing, times) : null;
  return { keys, bytes, holders, by_heap: byRows, patterns };
}

function patternsOf(
  scope: Scope,
  growing: readonly string[],
  times: { readonly keys: number; readonly bytes: number },
): Map<string, PatternSlots> {
  const params = { ...scopeParams(scope), growing: JSON.stringify(growing) };
  const rows = scope.inventory.all<PatternSlotRow>(BY_PATTERN(scope), params);
  return new Map(
    [...grouped(rows, ({ pattern }) => pattern)].map(([pattern, own]) => [
      pattern,
      {
        slots: Uint16Array.from(own, ({ slot }) => slot),
        keys: Float64Array.from(own, (row) => row.keys * times.keys),
        bytes: Float64Array.from(own, (row) => row.bytes * times.bytes),
      },
    ]),
  );
}

/** What makes the sum what the data says, which a sample and MEMORY USAGE come near to. */
function factorOf(rows: readonly SlotRow[], of: "keys" | "bytes", total: number): number {
  const sum = rows.reduce((all, row) => all + row[of], 0);
  return sum === 0 ? 1 : total / sum;
}

function scaled(rows: readonly SlotRow[], of: "keys" | "bytes", times: number): Float64Array {
  const slots = new Float64Array(SLOTS);
  for (const row of rows) slots[row.slot] = row[of] * times;
  return slots;
}

function holdersOf(scope: Scope, bytes: Float64Array): Map<number, SlotHolder> {
  const slots = heaviestSlots(bytes, HELD);
  const params = { ...scopeParams(scope), slots: JSON.stringify(slots) };
  const keys = scope.inventory.all<{ slot: number; key: string | Buffer; bytes: number }>(
    LARGEST(scope),
    params,
  );
  const tags = hashTags(
    scope,
    slots.map((slot) => ({ slot, keys: 0, bytes: bytes[slot]! })),
  );
  const held = new Map<number, SlotHolder>();
  for (const { slot, key, bytes: own } of keys) {
    const tag = tags.get(slot);
    if (own >= MOST * bytes[slot]!) held.set(slot, { kind: "key", name: key, bytes: own });
    else if (tag !== undefined && tag.bytes >= MOST * bytes[slot]!)
      held.set(slot, { kind: "hash tag", name: tag.hash_tag, bytes: tag.bytes });
  }
  return held;
}

/** Where nothing is known but the largest key: its slot, if it is most of that. Names that are hashed tell no slot. */
export function holderOf(
  largest: LargestKey | null,
  bytes: Float64Array,
  named: boolean,
): Map<number, SlotHolder> {
  if (largest === null || !named) return new Map();
  const name = Buffer.from(largest.key as string);
  const slot = keyHashSlot(name, name.length);
  const { key, heap_bytes: own } = largest;
  return own >= MOST * bytes[slot]! ? new Map([[slot, { kind: "key", name: key, bytes: own }]]) : new Map();
}
