import type { PairCost, PairLane } from "../../lanes.ts";
import type { Target } from "../../target.ts";
import { FieldExpiries } from "../ebuckets.ts";
import {
  sdsHeapSize,
  sdsReqSize,
  sdsReqSizeType8,
  sdsReqSizeWithAux,
  sdsTrackedSize,
} from "../sds-usable.ts";

/** EMBED_VALUE_MAX_ALLOC_SIZE, entry.h, Redis 8.6.3. */
const EMBED_VALUE_MAX_ALLOC_SIZE = 128;
/** sizeof(ExpireMeta), ebuckets.h, Redis 8.6.3. */
const EXPIRE_META_BYTES = 16;
const POINTER_BYTES = 8;

/** A field's entry in a hash table, as tracked: entryMemUsage(), entry.c, Redis 8.6.3. Exact. */
export const trackedEntry: PairCost = {
  lane: (target) => new EntryLane(target, (bytes) => bytes, sdsTrackedSize),
};

/** The same as the allocator holds it, and the expiries: entryWriteNew(), entry.c, Redis 8.6.3. Exact. */
export const heapEntry: PairCost = {
  lane: (target) => new HeapEntryLane(target, target.allocator.goodSize, sdsHeapSize),
};

/**
 * A field with its value and expiry in one allocation, or with a pointer to the value when that would be too
 * large. Mirrors setEntryWriteInfo(), entry.c, Redis 8.6.3.
 */
class EntryLane implements PairLane {
  sum = 0;
  private readonly target: Target;
  private readonly allocation: (bytes: number) => number;
  private readonly separate: typeof sdsTrackedSize;

  constructor(target: Target, allocation: (bytes: number) => number, separate: typeof sdsTrackedSize) {
    this.target = target;
    this.allocation = allocation;
    this.separate = separate;
  }

  reset(): void {
    this.sum = 0;
  }

  add(fieldBytes: number, valueBytes: number, expiresAt: number): void {
    const expiry = expiresAt > 0 ? EXPIRE_META_BYTES : 0;
    const field = expiry > 0 ? sdsReqSizeWithAux(fieldBytes) : sdsReqSize(fieldBytes);
    const together = expiry + field + sdsReqSizeType8(valueBytes);
    if (together <= EMBED_VALUE_MAX_ALLOC_SIZE) this.sum += this.allocation(together);
    else {
      this.sum +=
        this.allocation(expiry + POINTER_BYTES + sdsReqSizeWithAux(fieldBytes)) +
        this.separate(valueBytes, this.target.allocator);
    }
  }
}

class HeapEntryLane extends EntryLane {
  readonly expiries = new FieldExpiries();

  override reset(): void {
    super.reset();
    this.expiries.reset();
  }

  override add(fieldBytes: number, valueBytes: number, expiresAt: number): void {
    super.add(fieldBytes, valueBytes, expiresAt);
    if (expiresAt > 0) this.expiries.add(expiresAt);
  }
}
