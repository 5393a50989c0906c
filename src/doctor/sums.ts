import { LOWER_BOUND_SUMS } from "../queries/lower-bounds.ts";
import { type Scope, scopeParams, tallySource } from "../queries/scope.ts";

/** What the keys of a pattern add up to. */
export interface PatternSums {
  readonly pattern: string;
  /** The types its keys have, separated by commas. */
  readonly types: string;
  readonly keys: number;
  readonly keys_without_ttl: number;
  readonly expired: number;
  /** MEMORY USAGE, and what the allocator holds. */
  readonly bytes: number;
  readonly heap_bytes: number;
  readonly payload_bytes: number;
  readonly name_bytes: number;
  readonly elements: number;
  readonly max_bytes: number;
  readonly lower_bound_keys: number;
}

/** The same over all patterns, and what of it is expired. */
export interface TotalSums extends Omit<PatternSums, "pattern" | "types"> {
  readonly expired_bytes: number;
  readonly expired_heap_bytes: number;
}

const SUMS = `coalesce(sum(keys), 0) AS keys, coalesce(sum(keys_without_ttl), 0) AS keys_without_ttl,
  coalesce(sum(expired), 0) AS expired, coalesce(sum(bytes), 0) AS bytes, coalesce(sum(heap_bytes), 0) AS heap_bytes,
  coalesce(sum(payload_bytes), 0) AS payload_bytes, coalesce(sum(name_bytes), 0) AS name_bytes,
  coalesce(sum(elements), 0) AS elements, coalesce(max(max_bytes), 0) AS max_bytes, ${LOWER_BOUND_SUMS}`;

/** Sums of each pattern in scope, the one that costs most first. */
export function patternSums(scope: Scope): PatternSums[] {
  return scope.inventory.all<PatternSums>(
    `SELECT pattern, group_concat(DISTINCT type) AS types, ${SUMS} FROM ${tallySource(scope)}
     GROUP BY pattern ORDER BY heap_bytes DESC, pattern`,
    scopeParams(scope),
  );
}

/** What the keys of a pattern add up to that have the same type. */
export interface TypeSums extends Omit<PatternSums, "types"> {
  readonly type: string;
}

/** Sums of each type of each pattern in scope, the one that costs most first. */
export function typeSums(scope: Scope): TypeSums[] {
  return scope.inventory.all<TypeSums>(
    `SELECT pattern, type, ${SUMS} FROM ${tallySource(scope)}
     GROUP BY pattern, type ORDER BY heap_bytes DESC, pattern, type`,
    scopeParams(scope),
  );
}

/** Sums of all keys in scope. */
export function totalSums(scope: Scope): TotalSums {
  return scope.inventory.get<TotalSums>(
    `SELECT ${SUMS}, coalesce(sum(expired_bytes), 0) AS expired_bytes,
       coalesce(sum(expired_heap_bytes), 0) AS expired_heap_bytes FROM ${tallySource(scope)}`,
    scopeParams(scope),
  )!;
}
