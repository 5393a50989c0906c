import { type Target, type TargetSpec, tableBytes, targetOf } from "../memory/index.ts";
import { fullestShard, type SlotLoads, type SlotShard, shardsOf, slotTotals } from "./slots.ts";

/** What all keys of a pattern take. */
export interface PatternLoad {
  readonly pattern: string;
  readonly keys: number;
  readonly heap_bytes: number;
}

/** The key that takes most: no shard is smaller. */
export interface LargestKey {
  /** Null where it is told by its pattern alone, or is of a model. */
  readonly db: number | null;
  readonly key: string | Buffer;
  readonly heap_bytes: number;
}

/** Keys of a database that a server would load. */
export interface PlanDatabase {
  readonly db: number;
  readonly keys: number;
  readonly expires: number;
}

/** What a server holds with the data loaded, by the memory model. Bytes are the allocator's. */
export interface PlanData {
  /** What it is of, as messages call it. */
  readonly path: string;
  /** When the data was as it is (ms since the epoch); null where it is a model. */
  readonly created_at: number | null;
  readonly target: TargetSpec;
  /** False: the profile is derived from the server's sources, not measured on one. */
  readonly profile_measured: boolean;
  /** Settings that are not the profile's own, as "directive=value". */
  readonly settings: readonly string[];
  readonly keys: number;
  readonly key_bytes: number;
  readonly table_bytes: number;
  readonly function_bytes: number;
  /** used_memory of the server with no data. */
  readonly baseline_bytes: number;
  readonly databases: readonly PlanDatabase[];
  readonly patterns: readonly PatternLoad[];
  readonly largest_key: LargestKey | null;
  /** Null: no key has a name, so that shards are taken to be even. */
  readonly slots: SlotLoads | null;
  /** What the reader has to know of the figures. */
  readonly notes: readonly string[];
  /** What is said of a server that cannot load the snapshot; null where it can. */
  readonly cannot_load: string | null;
}

/** What one shard holds. */
export interface ShardLoad {
  readonly keys: number;
  readonly key_bytes: number;
  readonly table_bytes: number;
  readonly function_bytes: number;
  /** The sum of the three. */
  readonly bytes: number;
}

/** How many times the keys and their bytes there are, and how they lie then. */
export interface Growth {
  readonly keys: number;
  readonly bytes: number;
  readonly largest_key: LargestKey | null;
  /** Which slot has which share of all, in whatever sum; null as the data's. */
  readonly slots: SlotLoads | null;
}

/** The data as it is, times a number: more keys of the same kinds. */
export function evenGrowth({ largest_key: largest, slots }: PlanData, times: number): Growth {
  return { keys: times, bytes: times, largest_key: largest, slots };
}

/** Shares of all keys, and of all their bytes. */
interface Shares {
  readonly keys: number;
  readonly bytes: number;
}

/** What the fullest of so many shards holds after so much growth; shards are even where there are no slots. */
export function shardLoad(data: PlanData, growth: Growth, shards: number): ShardLoad {
  const { slots } = growth;
  return shards === 1 || slots === null
    ? evenLoad(data, growth, shards)
    : partLoad(data, growth, sharesOf(fullestShard(slots, shards), slots));
}

/** What each of so many shards holds after so much growth, with its slots; a single load where all are alike. */
export function shardLoads(
  data: PlanData,
  growth: Growth,
  shards: number,
): readonly { readonly part: SlotShard | null; readonly load: ShardLoad; readonly count: number }[] {
  const { slots } = growth;
  if (shards === 1 || slots === null)
    return [{ part: null, load: evenLoad(data, growth, shards), count: shards }];
  return shardsOf(slots, shards).map((part) => ({
    part,
    load: partLoad(data, growth, sharesOf(part, slots)),
    count: 1,
  }));
}

function sharesOf(part: Shares, slots: SlotLoads): Shares {
  const { keys, bytes } = slotTotals(slots);
  return { keys: keys > 0 ? part.keys / keys : 0, bytes: bytes > 0 ? part.bytes / bytes : 0 };
}

/** No shard is smaller than the largest key, which nobody knows the slot of. */
function evenLoad(data: PlanData, growth: Growth, shards: number): ShardLoad {
  const all = data.key_bytes * growth.bytes;
  const least = Math.min(all, growth.largest_key?.heap_bytes ?? 0);
  return partLoad(data, growth, {
    keys: 1 / shards,
    bytes: all > 0 ? Math.max(1 / shards, least / all) : 0,
  });
}

/**
 * What a server holds that has these shares of the keys, after so much growth. Tables are made anew for the number of keys; what the
 * model cannot make anew (hashes by their expiries, slots that are filled unevenly) grows with them.
 */
function partLoad(data: PlanData, growth: Growth, share: Shares): ShardLoad {
  const keyBytes = data.key_bytes * growth.bytes * share.bytes;
  const scale = growth.keys * share.keys;
  const tables = Math.max(0, tablesOf(data, scale) + (data.table_bytes - tablesOf(data, 1)) * scale);
  return {
    keys: data.keys * scale,
    key_bytes: keyBytes,
    table_bytes: tables,
    function_bytes: data.function_bytes,
    bytes: keyBytes + tables + data.function_bytes,
  };
}

/** Targets as they were made: a plan asks for many numbers of shards. */
const made = new WeakMap<TargetSpec, Target>();

/** Bytes of the tables of all databases, with so many times their keys. */
export function tablesOf({ target, databases }: PlanData, scale: number): number {
  const server = made.get(target) ?? targetOf(target);
  made.set(target, server);
  return databases.reduce((sum, { keys, expires }) => {
    const counts = { keys: Math.ceil(keys * scale), expires: Math.ceil(expires * scale) };
    return sum + tableBytes(server, counts);
  }, 0);
}
