/** sizeof() of a stream's structures on a 64-bit build: stream.h and rax.h of one generation of servers. */
export interface StreamSizes {
  /** The version read. */
  readonly version: string;
  readonly stream: number;
  readonly streamCG: number;
  readonly streamConsumer: number;
  readonly streamNACK: number;
  readonly rax: number;
}

/** Redis 5.0 to 6.2. */
export const STREAM_50: StreamSizes = {
  version: "Redis 5.0.14",
  stream: 40,
  streamCG: 32,
  streamConsumer: 24,
  streamNACK: 24,
  rax: 24,
};

/** The same in Redis 6.2. */
export const STREAM_62: StreamSizes = { ...STREAM_50, version: "Redis 6.2.16" };

/** Redis 7.0: ids of the first entry and of the last one deleted, entries added and read. */
export const STREAM_70: StreamSizes = { ...STREAM_62, version: "Redis 7.0.15", stream: 80, streamCG: 40 };

/** Redis 7.2 to 8.0, Valkey 7.2 and 8.0: when a consumer was active. */
export const STREAM_72: StreamSizes = { ...STREAM_70, version: "Redis 7.2.6", streamConsumer: 32 };

/** Valkey 8.1 to 9.1: a radix tree knows what its nodes take. */
export const STREAM_VALKEY_81: StreamSizes = { ...STREAM_72, version: "Valkey 8.1.1", rax: 32 };

/** Redis 8.2: an index from pending ids to groups. */
export const STREAM_82: StreamSizes = { ...STREAM_72, version: "Redis 8.2", stream: 112, streamNACK: 32 };

/** Redis 8.4: a group's PEL by time as well. */
export const STREAM_84: StreamSizes = { ...STREAM_82, version: "Redis 8.4", streamCG: 48 };

/**
 * Redis 8.6: the PEL by time is a list through the NACKs; idempotent producers; a stream knows what it takes.
 */
export const STREAM_86: StreamSizes = {
  version: "Redis 8.6.3",
  stream: 160,
  streamCG: 56,
  streamConsumer: 32,
  streamNACK: 64,
  rax: 32,
};

/** Redis 8.8: where entries that were given back end in a group's list. By a header of its development. */
export const STREAM_88: StreamSizes = { ...STREAM_86, version: "Redis 8.8", streamCG: 64 };
