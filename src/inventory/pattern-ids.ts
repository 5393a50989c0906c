import { PATTERN_LIMIT } from "./rollup/rollup.ts";

/** Readers that one snapshot may have. */
export const MAX_READERS = 256;

/** Raw pattern ids of one reader and snapshot begin here, so that they are unique in the inventory. */
export function patternBase(snapshot: number, reader: number): number {
  return ((snapshot - 1) * MAX_READERS + reader) * PATTERN_LIMIT;
}
