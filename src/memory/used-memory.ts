import { Bill } from "./bill.ts";
import { addFunctions, type FunctionLibrary } from "./models/functions.ts";
import type { DatabaseCounts } from "./profiles/index.ts";
import type { Target } from "./target.ts";

/**
 * What a server that has loaded a snapshot says as used_memory, by
 * what it holds. All bytes are the allocator's.
 */
export interface UsedMemory {
  /** The keys: the sum of `heapBytes` of those that the server would load. */
  readonly keyBytes: number;
  /** Tables of the databases: bucket arrays, first of all. */
  readonly tableBytes: number;
  /** Function libraries, estimated. */
  readonly functionBytes: number;
  /** The server itself, with no data. */
  readonly baselineBytes: number;
  /** The sum of all. */
  readonly estimatedBytes: number;
}

/** Keys of one database that a server would load, and what they take. */
export interface LoadedDatabase extends DatabaseCounts {
  readonly heapBytes: number;
}

/** Bytes of the tables of one database. */
export function tableBytes(target: Target, counts: DatabaseCounts): number {
  const bill = new Bill();
  target.profile.tables(target, counts, bill);
  return bill.heapBytes;
}

/** Predicts used_memory after loading: INFO memory of a server over one connection. */
export function usedMemory(
  target: Target,
  databases: readonly LoadedDatabase[],
  libraries: readonly FunctionLibrary[],
): UsedMemory {
  const functions = new Bill();
  addFunctions(functions, target, libraries);
  const keyBytes = databases.reduce((sum, { heapBytes }) => sum + heapBytes, 0);
  const tables = databases.reduce((sum, counts) => sum + tableBytes(target, counts), 0);
  const { baselineBytes } = target.profile;
  return {
    keyBytes,
    tableBytes: tables,
    functionBytes: functions.heapBytes,
    baselineBytes,
    estimatedBytes: keyBytes + tables + functions.heapBytes + baselineBytes,
  };
}
