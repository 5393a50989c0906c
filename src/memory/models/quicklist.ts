import type { Target } from "../target.ts";
import { LP_EMPTY_BYTES } from "./listpack.ts";

/**
 * Node sizes that a negative list-max-listpack-size stands for: optimization_level, quicklist.c, Redis 7.2.6.
 */
const NODE_BYTES = [4096, 8192, 16384, 32768, 65536] as const;
/** SIZE_SAFETY_LIMIT, quicklist.c, Redis 7.2.6. */
const SIZE_SAFETY_LIMIT = 8192;
/** SIZE_ESTIMATE_OVERHEAD, quicklist.c, Redis 7.2.6. */
const SIZE_ESTIMATE_OVERHEAD = 8;
/** MIN_COMPRESS_BYTES and MIN_COMPRESS_IMPROVE, quicklist.c, Redis 7.2.6. */
const MIN_COMPRESS_BYTES = 48;
const MIN_COMPRESS_IMPROVE = 8;
/** sizeof(quicklistLZF), quicklist.h, Redis 7.2.6. */
const QUICKLIST_LZF_BYTES = 8;
/** packed_threshold, quicklist.c, Redis 7.2.6. */
const PACKED_THRESHOLD = 2 ** 30;

/** From so many bytes on an element is a plain node of its own, by list-max-listpack-size. */
export type LargeElement = (fill: number) => number;

/** Mirrors isLargeElement(), quicklist.c, Redis 7.2.6. Exact. */
const largeByThreshold: LargeElement = () => PACKED_THRESHOLD;

/** What no packed node may hold. Mirrors isLargeElement(), quicklist.c, Redis 7.4.1. Exact. */
export const largeByFill: LargeElement = (fill) => 1 + (fill >= 0 ? SIZE_SAFETY_LIMIT : nodeBytesLimit(fill));

/** Bytes a node may have, or Infinity. Mirrors quicklistNodeLimit(), quicklist.c, Redis 7.2.6. */
export function nodeBytesLimit(fill: number): number {
  return fill >= 0
    ? Number.POSITIVE_INFINITY
    : (NODE_BYTES[Math.min(-fill, NODE_BYTES.length) - 1] as number);
}

/** Entries a node may have, or Infinity. Mirrors quicklistNodeLimit(), quicklist.c, Redis 7.2.6. */
export function nodeEntriesLimit(fill: number): number {
  return fill >= 0 ? Math.max(1, fill) : Number.POSITIVE_INFINITY;
}

/** Bytes from which an element is a plain node on a target. */
export function largeFrom({ config, profile }: Target): number {
  return (profile.largeElement ?? largeByThreshold)(config.listMaxListpackSize);
}

/**
 * The nodes of one list on one target, filled element by element or node by node. Mirrors
 * quicklistPushTail(), quicklistAppendListpack(), quicklistAppendPlainNode(), quicklist.c, Redis 7.2.6.
 * Exact; with list-compress-depth as far as the snapshot holds nodes compressed.
 */
export class QuicklistNodes {
  nodes = 0;
  plainNodes = 0;
  /** Allocations of all closed nodes' entries. */
  heapBytes = 0;
  /** The same without what the allocator rounds up. */
  entryBytes = 0;
  /** Bytes and entries of the node most recently begun. */
  lastBytes = 0;
  lastEntries = 0;
  protected readonly bytesLimit: number;
  protected readonly entriesLimit: number;
  /** sizeof(quicklistLZF), quicklist.h. */
  protected readonly lzfBytes: number = QUICKLIST_LZF_BYTES;
  /** What of it `entryBytes` counts. */
  protected readonly lzfCounted: number = QUICKLIST_LZF_BYTES;
  protected open = false;
  private readonly target: Target;
  private readonly largeFrom: number;
  /**
   * What compression would take off the heap and the length of each of the nodes
   * nearest the tail, which the server leaves alone.
   */
  private readonly depth: number;
  private readonly tailSavings: Float64Array;
  private readonly tailShrinks: Float64Array;

  constructor(target: Target) {
    this.target = target;
    this.depth = target.config.listCompressDepth;
    this.tailSavings = new Float64Array(this.depth);
    this.tailShrinks = new Float64Array(this.depth);
    this.entriesLimit = nodeEntriesLimit(target.config.listMaxListpackSize);
    this.largeFrom = largeFrom(target);
    const limit = nodeBytesLimit(target.config.listMaxListpackSize);
    this.bytesLimit = limit === Number.POSITIVE_INFINITY ? SIZE_SAFETY_LIMIT : limit;
  }

  reset(): void {
    this.nodes = 0;
    this.plainNodes = 0;
    this.heapBytes = 0;
    this.entryBytes = 0;
    this.lastBytes = 0;
    this.lastEntries = 0;
    this.open = false;
  }

  /** An element pushed to the tail: its length and the bytes of its listpack entry. */
  push(bytes: number, entryBytes: number): void {
    if (bytes >= this.largeFrom) {
      this.appendPlain(bytes, bytes);
      return;
    }
    if (
      !this.open ||
      this.lastBytes + bytes + SIZE_ESTIMATE_OVERHEAD > this.bytesLimit ||
      this.lastEntries + 1 > this.entriesLimit
    ) {
      this.close();
      this.nodes++;
      this.lastBytes = LP_EMPTY_BYTES;
      this.lastEntries = 0;
      this.open = true;
    }
    this.lastBytes += entryBytes;
    this.lastEntries++;
  }

  /** A whole listpack of `bytes` bytes, `storedBytes` in the snapshot. */
  appendListpack(bytes: number, entries: number, storedBytes: number): void {
    this.nodes++;
    this.lastBytes = bytes;
    this.lastEntries = entries;
    this.hold(bytes, storedBytes);
  }

  /** An element that is a node of its own. */
  appendPlain(bytes: number, storedBytes: number): void {
    this.close();
    this.nodes++;
    this.plainNodes++;
    this.hold(bytes, storedBytes);
  }

  /** Ends the node being filled. */
  close(): void {
    if (this.open) this.hold(this.lastBytes, this.lastBytes);
    this.open = false;
  }

  /**
   * Counts the allocation of the node begun last; when it leaves the tail's reach, another gets compressed.
   */
  private hold(bytes: number, storedBytes: number): void {
    const { depth, tailSavings, tailShrinks } = this;
    this.heapBytes += this.target.allocator.goodSize(bytes);
    this.entryBytes += bytes;
    if (depth === 0 || this.nodes <= depth) return;
    const slot = this.nodes % depth;
    if (this.nodes > 2 * depth) {
      this.heapBytes -= tailSavings[slot] as number;
      this.entryBytes -= tailShrinks[slot] as number;
    }
    const compressed = isCompressed(bytes, storedBytes);
    const { goodSize } = this.target.allocator;
    tailSavings[slot] = compressed ? goodSize(bytes) - goodSize(this.lzfBytes + storedBytes) : 0;
    tailShrinks[slot] = compressed ? bytes - this.lzfCounted - storedBytes : 0;
  }
}

/**
 * Whether the server would compress a node, known where the snapshot holds it compressed: the same LZF makes
 * both. Mirrors __quicklistCompressNode(), quicklist.c, Redis 7.2.6.
 */
function isCompressed(bytes: number, storedBytes: number): boolean {
  return bytes >= MIN_COMPRESS_BYTES && storedBytes + MIN_COMPRESS_IMPROVE < bytes;
}
