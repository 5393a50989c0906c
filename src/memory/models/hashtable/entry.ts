import type { Allocator } from "../../allocators/index.ts";
import type { PairCost, PairLane } from "../../lanes.ts";
import { sdsHeapSize, sdsReqSize, sdsReqSizeType8, sdsReqSizeWithAux } from "../sds-usable.ts";

/** EMBED_VALUE_MAX_ALLOC_SIZE, t_hash.c, Valkey 8.1.1, and entry.h, Valkey 9.1.2. */
const EMBED_VALUE_MAX_ALLOC_SIZE = 128;
/** A pointer to the value, and a time of expiry. */
const POINTER_BYTES = 8;
const EXPIRY_BYTES = 8;
/** Room for the times of a hash at first, and at most. */
const FIRST_ROOM = 256;
export const MOST_TIMES = 65536;
/** Later times (ms since the epoch) are taken for this: windows around it are still told apart exactly. */
const LATEST_TIME = 2 ** 52;

/**
 * Allocations of a field and its value: together when small, else the field with a pointer to the value's own
 * sds. A field that expires or points to its value has a header with room for flags. Mirrors
 * hashTypeCreateEntry(), t_hash.c, Valkey 8.1.1, and entryReqSize(), entry.c, Valkey 9.1.2;
 * hashTypeEntryMemUsage() and entryMemUsage() answer the same. Exact.
 */
function hashEntryBytes(allocator: Allocator, field: number, value: number, expires: boolean): number {
  const flagged = sdsReqSizeWithAux(field);
  const expiry = expires ? EXPIRY_BYTES : 0;
  const together = (expires ? flagged : sdsReqSize(field)) + expiry + sdsReqSizeType8(value);
  if (together <= EMBED_VALUE_MAX_ALLOC_SIZE) return allocator.goodSize(together);
  return allocator.goodSize(flagged + expiry + POINTER_BYTES) + sdsHeapSize(value, allocator);
}

/** Fields of a server that has no field expiry. */
export const hashEntryPair: PairCost = { lane: ({ allocator }) => new HashEntryLane(allocator) };

class HashEntryLane implements PairLane {
  sum = 0;
  private readonly allocator: Allocator;

  constructor(allocator: Allocator) {
    this.allocator = allocator;
  }

  reset(): void {
    this.sum = 0;
  }

  add(fieldBytes: number, valueBytes: number): void {
    this.sum += hashEntryBytes(this.allocator, fieldBytes, valueBytes, false);
  }
}

/** Fields that may expire; those past their time at the load are not kept. */
export const entryPair: PairCost = { lane: ({ allocator, loadedAt }) => new EntryLane(allocator, loadedAt) };

/** Sums entries, and keeps the times at which they expire. */
export class EntryLane implements PairLane {
  sum = 0;
  /** Fields that were past their time. */
  dropped = 0;
  /**
   * Fields that will expire, and when the first of them do (ms since
   * the epoch), in the order of the snapshot.
   */
  expiring = 0;
  times = new Float64Array(FIRST_ROOM);
  private readonly allocator: Allocator;
  private readonly loadedAt: number;

  constructor(allocator: Allocator, loadedAt: number) {
    this.allocator = allocator;
    this.loadedAt = loadedAt;
  }

  reset(): void {
    this.sum = 0;
    this.dropped = 0;
    this.expiring = 0;
  }

  add(fieldBytes: number, valueBytes: number, expiresAt: number): void {
    const expires = expiresAt !== 0;
    if (expires) {
      if (expiresAt < this.loadedAt) {
        this.dropped++;
        return;
      }
      this.keep(expiresAt);
    }
    this.sum += hashEntryBytes(this.allocator, fieldBytes, valueBytes, expires);
  }

  private keep(expiresAt: number): void {
    const at = this.expiring++;
    if (at >= MOST_TIMES) return;
    if (at === this.times.length) {
      const grown = new Float64Array(2 * at);
      grown.set(this.times);
      this.times = grown;
    }
    this.times[at] = Math.min(expiresAt, LATEST_TIME);
  }
}
