import type { TypeName } from "../memory/types.ts";
import type { Slot } from "./slot.ts";

/** What a stream says of itself; what its type in the file does not carry is undefined. */
export interface StreamState {
  readonly length: number;
  readonly lastId: string;
  readonly firstId?: string | undefined;
  readonly maxDeletedId?: string | undefined;
  readonly entriesAdded?: bigint | undefined;
}

/** What a consumer group says of itself. */
export interface GroupState {
  readonly lastId: string;
  /** -1: the server did not know. */
  readonly entriesRead?: bigint | undefined;
  /** Pending ids, which follow. */
  readonly pending: number;
}

/** What a consumer says of itself. */
export interface ConsumerState {
  readonly seenAt: bigint;
  readonly activeAt: bigint | undefined;
  /** Pending ids, which follow. */
  readonly pending: number;
}

/**
 * Hears one value whole, in the order of the snapshot. Bytes are valid during a call only. Numbers in ids are decimal,
 * as `1526919030474-55`; times are ms since the epoch.
 */
export interface ValueSink {
  begin(type: TypeName): void;
  /** The string, or an element of a list or set. */
  element(bytes: Uint8Array, start: number, end: number): void;
  /** A hash's field and value (`expiresAt` 0: never), or a sorted set's member and its score as text. */
  pair(first: Slot, second: Slot, expiresAt: number): void;
  /** An element of an array. */
  indexed(index: number, bytes: Uint8Array, start: number, end: number): void;
  entry(id: string): void;
  entryField(field: Slot, value: Slot): void;
  entryEnd(): void;
  /** Follows the entries. */
  streamState(state: StreamState): void;
  group(name: Slot, state: GroupState): void;
  /** An id (16 bytes big-endian at `id[start]`) of the group's pending entries. */
  pending(id: Uint8Array, start: number, deliveredAt: bigint, deliveries: bigint): void;
  consumer(name: Slot, state: ConsumerState): void;
  consumerPending(id: Uint8Array, start: number): void;
  /** A value that only its server can read: a module's (with its nine letters), a rate limiter's. */
  opaque(module: string | undefined, serializedBytes: number): void;
}

const ignore = (): void => {};

/** Looks at nothing: to build partial sinks on. */
export const IGNORE_VALUES: ValueSink = {
  begin: ignore,
  element: ignore,
  pair: ignore,
  indexed: ignore,
  entry: ignore,
  entryField: ignore,
  entryEnd: ignore,
  streamState: ignore,
  group: ignore,
  pending: ignore,
  consumer: ignore,
  consumerPending: ignore,
  opaque: ignore,
};
