import { humanBytes } from "../units.ts";

/** MEMORY USAGE that is so near to what the allocator holds tells nothing more. */
const NEAR = 0.05;

/**
 * What keys cost, in words: what they hold of used_memory, and what MEMORY USAGE says of them where that is something
 * else. `heapBytes` is null where the inventory has no row of the key: then MEMORY USAGE alone, and named.
 */
export function costText(heapBytes: number | null, bytes: number): string {
  if (heapBytes === null) return `${humanBytes(bytes)} by MEMORY USAGE`;
  const isNear = Math.abs(bytes - heapBytes) <= NEAR * Math.max(bytes, heapBytes);
  return `${humanBytes(heapBytes)}${isNear ? "" : ` (MEMORY USAGE: ${humanBytes(bytes)})`}`;
}
