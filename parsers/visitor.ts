/**
 * What a value walk calls out, in the order of the snapshot's bytes. Every call carries numbers (and a buffer
 * position that is valid only during the call), so that a visitor can count millions of elements a second
 * without an object, a string or a slice each.
 */
export interface ValueVisitor {
  /** A value begins. `layout` is an index of `LAYOUT`; `count` the declared number of elements, or -1. */
  begin(layout: number, count: number): void;
  /**
   * A packed blob (listpack, ziplist, zipmap, intset or one quicklist node) begins; its elements follow as
   * `text` and `integer` calls. `bytes` is its length uncompressed, `storedBytes` its length in the snapshot:
   * they differ when the snapshot holds it LZF-compressed.
   */
  blob(bytes: number, storedBytes: number): void;
  /** A plain quicklist node: one element of `bytes` bytes that is not packed. It is also reported as `text`. */
  plainNode(bytes: number, storedBytes: number): void;
  /**
   * One string: the value of a STRING, a list element, set member, zset member, hash field or hash value (by
   * turns), stream field or value. At least `min(bytes, ELEMENT_PREFIX_BYTES)` bytes can be read at
   * `buffer[start]` during the call; `min(bytes, MAX_ELEMENT_BYTES)` where whole elements are wanted.
   */
  text(bytes: number, buffer: Uint8Array, start: number): void;
  /** The same, held as an integer by the snapshot: the 64-bit two's complement value `high:low` (both int32). */
  integer(high: number, low: number): void;
  /** Score of the zset member just reported. Called only where scores stand outside a packed blob. */
  score(value: number): void;
  /** Expiry (ms since epoch, 0 = none) of the hash field whose field and value were just reported. */
  fieldExpiry(atMs: number): void;
  /** A stream node's master entry: its id and how many entries of it are live. Its blob was announced before. */
  streamNode(idBytes: Uint8Array, start: number, liveEntries: number): void;
  /** The stream's own header: number of live entries (XLEN). */
  streamLength(entries: number): void;
  /**
   * A consumer group: bytes of its name and length of its pending-entries list (PEL). At least
   * `min(nameBytes, STREAM_NAME_PREFIX_BYTES)` bytes of the name can be read at `buffer[start]` during the call.
   */
  streamGroup(nameBytes: number, pending: number, buffer: Uint8Array, start: number): void;
  /**
   * An id of the current group's PEL, in file order (16 bytes big-endian at `buffer[start]`); its delivery time in ms
   * follows (8 bytes little-endian).
   */
  streamPending(buffer: Uint8Array, start: number): void;
  /** A consumer of the current group: its name, as a group's, and length of its own PEL. */
  streamConsumer(nameBytes: number, pending: number, buffer: Uint8Array, start: number): void;
  /** An id of the current consumer's PEL, in file order. */
  streamConsumerPending(buffer: Uint8Array, start: number): void;
  /** An idempotent producer of a stream (Redis 8.6): its name, as a group's, and number of ids it holds. */
  streamProducer(nameBytes: number, ids: number, buffer: Uint8Array, start: number): void;
  /** An id that the current producer gave one of its messages: its bytes. */
  streamProducerId(bytes: number): void;
  /** A module value: its 64-bit id as `high:low` and the bytes it takes in the snapshot. */
  module(high: number, low: number, serializedBytes: number): void;
  /**
   * A node of a vector set, in file order: bytes of its item and of its attributes (0: none), its highest layer, and the
   * links it has room for in layer 0.
   */
  vectorNode(itemBytes: number, attributeBytes: number, level: number, links: number): void;
  /**
   * The vector set whose nodes were just reported: dimensions of a vector as held, kind of quantization (0: floats, 1:
   * bytes, 2: bits), dimensions before projection (0: not projected). Not called when it could not be read.
   */
  vectorSet(dimensions: number, quantization: number, projectedFrom: number): void;
  /** The names a hash template (Redis 8.10) gives: called before the values, which follow as `text`/`integer`. */
  template(fields: number, nameBytes: number, largestNameBytes: number): void;
  /** The value ended. */
  end(): void;
  /**
   * A value of layout `string` that is one text, told at once: in place of `begin`, `text` and `end`. A visitor without it is told
   * of these always, the others where that is not quicker.
   */
  string?(bytes: number, buffer: Uint8Array, start: number): void;
}

/**
 * What a walk tells besides to who wants values as they are, not only counted: it is asked for when a reader is made,
 * and elements are readable whole then.
 */
export interface ValueDetails {
  /**
   * A live entry of the node reported last: its id less the node's, as two int64 `high:low` (both int32). Its fields and
   * values follow as `text` and `integer`; with `sameFields` its values alone, under the fields that the node gave.
   */
  streamEntry(msHigh: number, msLow: number, seqHigh: number, seqLow: number, sameFields: boolean): void;
  /**
   * The first `count` of `values` (uint64) are numbers of what the visitor was told of last, in file order. Stream: last
   * id's ms and seq, and where the type has them (count 7) those of the first id, of the largest deleted id, and entries
   * added. Group: last id's ms and seq, entries read (count 3; 2^64 - 1: unknown). Consumer: seen at, active at (ms; count
   * 2). Pending id of a group: deliveries.
   */
  numbers(values: BigUint64Array, count: number): void;
  /** Index of the array element that follows. */
  arrayIndex(index: number): void;
  /** That element is a double; otherwise `integer` or `text` says it. */
  arrayDouble(value: number): void;
  /**
   * Where the names of the template just reported stand: the absolute offset of their opcode, or, `inline`, of their form
   * in the value itself.
   */
  templateAt(offset: number, inline: boolean): void;
}

/** Bytes of an element that a `text` call guarantees to be readable in the buffer (or all, if shorter). */
export const ELEMENT_PREFIX_BYTES = 256;

/** Bytes of a stream's group, consumer or producer name that can be read (or all, if shorter). */
export const STREAM_NAME_PREFIX_BYTES = 65536;

/**
 * How a value is laid out in the snapshot, as the memory model needs to know it: the loader of a server acts
 * on this, not on the type byte. `ziplist` stands for a blob that newer servers convert.
 */
export const LAYOUT = {
  string: 0,
  list: 1,
  listZiplist: 2,
  quicklistZiplist: 3,
  quicklist2: 4,
  set: 5,
  setIntset: 6,
  setListpack: 7,
  zset: 8,
  zsetZiplist: 9,
  zsetListpack: 10,
  hash: 11,
  hashZipmap: 12,
  hashZiplist: 13,
  hashListpack: 14,
  hashExpiry: 15,
  hashListpackExpiry: 16,
  hashTemplateListpack: 17,
  hashTemplateArray: 18,
  stream: 19,
  array: 20,
  module: 21,
  gcra: 22,
} as const;

const ignore = (): void => {};

/** Looks at nothing: for a walk that is made to find damage, and to build partial visitors on. */
export const IGNORE_ALL: ValueVisitor = {
  begin: ignore,
  blob: ignore,
  plainNode: ignore,
  text: ignore,
  integer: ignore,
  score: ignore,
  fieldExpiry: ignore,
  streamNode: ignore,
  streamLength: ignore,
  streamGroup: ignore,
  streamPending: ignore,
  streamConsumer: ignore,
  streamConsumerPending: ignore,
  streamProducer: ignore,
  streamProducerId: ignore,
  module: ignore,
  vectorNode: ignore,
  vectorSet: ignore,
  template: ignore,
  end: ignore,
};
