import type { AllocatorName } from "../allocators/index.ts";

/** Thresholds that decide encodings at load, named after the server's directives. */
export interface MemoryConfig {
  readonly hashMaxListpackEntries: number;
  readonly hashMaxListpackValue: number;
  readonly setMaxIntsetEntries: number;
  readonly setMaxListpackEntries: number;
  readonly setMaxListpackValue: number;
  readonly zsetMaxListpackEntries: number;
  readonly zsetMaxListpackValue: number;
  /** Negative: a size class of quicklist nodes (-2 = 8192 bytes); else a number of entries. */
  readonly listMaxListpackSize: number;
  readonly listCompressDepth: number;
  readonly streamNodeMaxBytes: number;
  readonly streamNodeMaxEntries: number;
}

/** Bytes of the structures a value is made of: sizeof on a 64-bit build. */
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
  readonly stream: number;
  readonly streamID: number;
  readonly streamCG: number;
  readonly streamConsumer: number;
  readonly streamNACK: number;
  readonly rax: number;
  readonly raxNode: number;
  /** Bytes streamRadixTreeMemoryUsage() adds for each rax node besides sizeof(raxNode). */
  readonly raxNodeGuess: number;
}

/** A server as the memory model knows it. */
export interface Profile {
  readonly name: string;
  readonly server: "redis" | "valkey";
  /** First and last (inclusive) [major, minor] it stands for. */
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  readonly allocator: AllocatorName;
  readonly config: MemoryConfig;
  readonly sizes: StructSizes;
}
