import type { AllocatorName } from "../allocators/index.ts";
import type { Bill } from "../bill.ts";
import type { ElementCost, PairCost } from "../lanes.ts";
import type { ExtraFlags } from "../layouts.ts";
import type { KeyModel, Loader } from "../loader.ts";
import type { LargeElement } from "../models/quicklist.ts";
import type { Target } from "../target.ts";

/** Thresholds that decide encodings at load, named after the server's directives. */
export interface MemoryConfig {
  readonly hashMaxListpackEntries: number;
  readonly hashMaxListpackValue: number;
  readonly setMaxIntsetEntries: number;
  readonly setMaxListpackEntries: number;
  readonly setMaxListpackValue: number;
  readonly zsetMaxListpackEntries: number;
  readonly zsetMaxListpackValue: number;
  /**
   * Negative: a size class of quicklist nodes (-2 = 8192 bytes, from -5 on the largest); else a number of
   * entries.
   */
  readonly listMaxListpackSize: number;
  readonly listCompressDepth: number;
  readonly clusterEnabled: boolean;
  /** Bytes, 0: no limit. */
  readonly maxmemory: number;
  readonly maxmemoryPolicy: string;
}

/**
 * Bytes of the structures a value is made of: sizeof on a 64-bit build. 0: this server has no such structure.
 */
export interface StructSizes {
  readonly robj: number;
  readonly dict: number;
  readonly dictEntry: number;
  readonly dictEntryNoValue: number;
  readonly quicklist: number;
  readonly quicklistNode: number;
  readonly zset: number;
  readonly zskiplist: number;
  readonly zskiplistNode: number;
  readonly zskiplistLevel: number;
}

/** What elements of hash tables and skiplists take: as MEMORY USAGE counts them, and on the heap. */
interface ElementCosts {
  readonly set: { readonly bytes: ElementCost; readonly heap: ElementCost };
  readonly zset: { readonly bytes: ElementCost; readonly heap: ElementCost };
  readonly hash: { readonly bytes: PairCost; readonly heap: PairCost };
}

/** Keys of one database that a server would load. */
export interface DatabaseCounts {
  readonly keys: number;
  readonly expires: number;
  /** The same by hash slot, for servers in cluster mode; undefined: spread evenly over all slots. */
  readonly slots?: { readonly keys: ArrayLike<number>; readonly expires: ArrayLike<number> };
  /** Keys among them that are hashes with at least one field that expires. */
  readonly expiringHashes?: number;
}

/**
 * Adds to the bill's `heapBytes` the tables of a database after loading, their bucket arrays first of all.
 */
export type TableModel = (target: Target, counts: DatabaseCounts, bill: Bill) => void;

/** A server as the memory model knows it: all that differs between versions. */
export interface Profile {
  readonly name: string;
  readonly server: "redis" | "valkey";
  /** First and last (inclusive) [major, minor] it stands for. */
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  /** RDB_VERSION of its rdb.h: the newest that it loads. */
  readonly rdbVersion: number;
  /** The version whose answers the model was compared with; undefined: derived, not measured. */
  readonly measured: string | undefined;
  readonly allocator: AllocatorName;
  /** What the server makes of its C library's malloc, when it does not ask it for sizes. */
  readonly libc?: AllocatorName;
  readonly config: MemoryConfig;
  readonly sizes: StructSizes;
  /** Bytes requested for an sds of a length, created whole; as on Redis 7.2 when not given. */
  readonly sdsBytes?: (length: number) => number;
  readonly elements: ElementCosts;
  readonly loader: Loader;
  /** Undefined: only beyond packed_threshold, 1 GB. */
  readonly largeElement?: LargeElement;
  /** What `loader` needs counted besides what every layout has counted. */
  readonly counts?: ExtraFlags;
  /** How nodes of lists are packed, listpacks unless given. */
  readonly listNodes?: "ziplist";
  readonly key: KeyModel;
  readonly tables: TableModel;
  /** used_memory of this server with no data and default settings, as INFO says over one connection. */
  readonly baselineBytes: number;
}
