import { type TargetSpec, tableBytes, targetOf } from "../memory/index.ts";

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
  readonly databases: readonly { readonly keys: number; readonly expires: number }[];
  readonly patterns: readonly PatternLoad[];
  readonly largest_key: LargestKey | null;
  /** What the reader has to know of the figures. */
  readonly notes: readonly string[];
}

/** What one shard holds. */
export interface ShardLoad {
  readonly keys: number;
  readonly key_bytes: number;
  readonly table_bytes: number;
  readonly function_bytes: number;
  /** The sum of the three. */
  readonly bytes: number;
  /** The key that takes most, which shards do not split. */
  readonly largest_key: LargestKey | null;
}

/** How many times the keys and their bytes there are, and the largest key then. */
export interface Growth {
  readonly keys: number;
  readonly bytes: number;
  readonly largest_key: LargestKey | null;
}

/** The data as it is, times a number: more keys of the same kinds. */
export function evenGrowth({ largest_key: largest }: PlanData, times: number): Growth {
  return { keys: times, bytes: times, largest_key: largest };
}

/**
 * What each of so many shards holds if keys are spread evenly, after so much growth. Tables are made anew for the number of keys; what
 * the model cannot make anew (hashes by their expiries, slots that are filled unevenly) grows with them. No shard is smaller than the
 * largest key.
 */
export function shardLoad(data: PlanData, growth: Growth, shards: number): ShardLoad {
  const keyBytes = Math.max((data.key_bytes * growth.bytes) / shards, growth.largest_key?.heap_bytes ?? 0);
  const scale = growth.keys / shards;
  const tables = Math.max(0, tablesOf(data, scale) + (data.table_bytes - tablesOf(data, 1)) * scale);
  return {
    keys: data.keys * scale,
    key_bytes: keyBytes,
    table_bytes: tables,
    function_bytes: data.function_bytes,
    bytes: keyBytes + tables + data.function_bytes,
    largest_key: growth.largest_key,
  };
}

function tablesOf({ target, databases }: PlanData, scale: number): number {
  const made = targetOf(target);
  return databases.reduce((sum, { keys, expires }) => {
    const counts = { keys: Math.ceil(keys * scale), expires: Math.ceil(expires * scale) };
    return sum + tableBytes(made, counts);
  }, 0);
}
