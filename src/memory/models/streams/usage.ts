import type { TargetStats } from "../../stats.ts";
import type { RaxCounter } from "../rax.ts";
import type { StreamSizes } from "./sizes.ts";
import type { StreamStats } from "./stats.ts";

/** sizeof(streamID), and what streamRadixTreeMemoryUsage() adds for a node: sizeof(raxNode) and 30 longs. */
const GUESS_ELEMENT = 16;
const GUESS_NODE = 4 + 30 * 8;

/** What MEMORY USAGE counts of a stream's parts. */
export interface StreamUsage {
  /** The stream's own structure. */
  header(sizes: StreamSizes, on: TargetStats): number;
  /** A structure of `bytes` bytes. */
  struct(bytes: number, on: TargetStats): number;
  listpacks(stream: StreamStats, on: TargetStats): number;
  /** Radix trees by id, and by name. */
  idTrees(rax: RaxCounter, sizes: StreamSizes, on: TargetStats): number;
  nameTrees(rax: RaxCounter, sizes: StreamSizes, on: TargetStats): number;
  /** Consumers' names. */
  names(stream: StreamStats, on: TargetStats): number;
  /** Groups, and consumers of a group, are summed as `sum / samples * count` in doubles. */
  readonly averages: boolean;
}

/** What the allocator holds for radix trees. Mirrors raxNew(), rax.c, Redis 7.2.6. Exact. */
export function raxHeapBytes(rax: RaxCounter, sizes: StreamSizes, on: TargetStats): number {
  return rax.trees * on.target.allocator.goodSize(sizes.rax) + rax.bytes[on.lane]!;
}

/** Radix trees guessed, structures by sizeof(), no header. objectComputeSize(), object.c, Redis 5.0.14. */
export const USAGE_50: StreamUsage = {
  header: () => 0,
  struct: (bytes) => bytes,
  listpacks: ({ listpackBytes }) => listpackBytes,
  idTrees: ({ elements, nodes }) => elements * GUESS_ELEMENT + nodes * GUESS_NODE,
  nameTrees: () => 0,
  names: ({ consumerNameBytes }) => consumerNameBytes,
  averages: false,
};

/**
 * The header too, listpacks by zmalloc_size(). objectComputeSize(), object.c, Redis 6.2.16, to Redis 8.0.6.
 */
export const USAGE_62: StreamUsage = {
  ...USAGE_50,
  header: ({ stream }) => stream,
  listpacks: (_stream, { listpackHeap }) => listpackHeap,
};

/**
 * Radix trees by id as they are, groups and consumers by averages.
 * objectComputeSize(), object.c, Valkey 8.1.1.
 */
export const USAGE_VALKEY_81: StreamUsage = { ...USAGE_62, idTrees: raxHeapBytes, averages: true };

/** All that was added to `alloc_size`: no listpack's rounding. kvobjAllocSize(), object.c, Redis 8.6.3. */
export const USAGE_86: StreamUsage = {
  ...USAGE_50,
  header: ({ stream }, on) => on.target.allocator.goodSize(stream),
  struct: (bytes, on) => on.target.allocator.goodSize(bytes),
  idTrees: raxHeapBytes,
  nameTrees: raxHeapBytes,
  names: (_stream, { nameUsable }) => nameUsable,
};
