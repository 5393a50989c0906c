import { type MemoryRow, memory } from "../queries/memory.ts";
import { notesOf } from "../queries/notes.ts";
import { drawnSums, estimated, sampleOf } from "../queries/sampling.ts";
import { type Scope, scopeParams, tallySource } from "../queries/scope.ts";

/** Keys of one type and one pattern. */
interface Group {
  readonly type: string;
  readonly pattern: string;
  readonly keys: number;
  readonly bytes: number;
  readonly heap_bytes: number;
}

/** What is kept of a snapshot when its inventory is closed. */
export interface Measured {
  readonly scope: Scope;
  /** What was given: the inventory, with the number of the snapshot where it has several; or the snapshot itself. */
  readonly name: string;
  readonly groups: readonly Group[];
  /** Null for a part of the keys, of which a prediction of used_memory would say nothing. */
  readonly used: MemoryRow | null;
  /** Of a sample, how far its sum of `bytes` may be off; null: nobody can tell. Else 0. */
  readonly bytesError: number | null;
  readonly notes: readonly string[];
}

/** The snapshots of an inventory, each called by its name. */
export function measuredInventory(scopes: readonly Scope[]): Measured[] {
  const isOne = scopes.length === 1;
  return scopes.map((scope) => {
    const { inventory, snapshot } = scope;
    return measured(scope, isOne ? inventory.path : `${inventory.path}#${snapshot.snapshot}`);
  });
}

/** Snapshots that were given themselves. */
export function measuredSnapshots(scopes: readonly Scope[]): Measured[] {
  return scopes.map((scope) => measured(scope, scope.snapshot.path));
}

/** What a snapshot holds, from the rollup where its filters let it. */
function measured(scope: Scope, name: string): Measured {
  const groups = scope.inventory.all<Group>(
    `SELECT type, pattern, sum(keys) AS keys, sum(bytes) AS bytes, sum(heap_bytes) AS heap_bytes
     FROM ${tallySource(scope)} GROUP BY type, pattern`,
    scopeParams(scope),
  );
  return {
    scope,
    name,
    groups,
    used: memory(scope) ?? null,
    bytesError: bytesErrorOf(scope),
    notes: notesOf(scope),
  };
}

function bytesErrorOf(scope: Scope): number | null {
  if (sampleOf(scope.snapshot) === undefined) return 0;
  const sums = scope.inventory.all<{ readonly bytes_error?: number | null }>(
    `SELECT 1 AS one${drawnSums(scope)} FROM ${tallySource(scope)}`,
    scopeParams(scope),
  );
  return estimated(scope, sums)[0]?.bytes_error ?? null;
}
