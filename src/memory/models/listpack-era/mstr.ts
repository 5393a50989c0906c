import type { Allocator } from "../../allocators/index.ts";
import { type ElementCost, ElementLane, type PairCost, type PairLane } from "../../lanes.ts";
import { FieldExpiries } from "../ebuckets.ts";
import { sdsElement } from "../sds.ts";
import { trackedSds } from "../sds-usable.ts";

/**
 * sizeof(ExpireMeta), ebuckets.h, and of mstrFlags, mstr.h, Redis
 * 7.4.1: they stand before a field that expires.
 */
const EXPIRE_META_BYTES = 16;
const MSTR_FLAGS_BYTES = 2;

/**
 * Bytes requested for an mstr of `length` bytes: flags and expiry if it has one, header, content, terminator.
 * Mirrors mstrNew(), mstrNewWithMeta(), mstrReqType() and mstrHdrSize(), mstr.c, Redis 7.4.1. Exact.
 */
export function mstrRequestBytes(length: number, expires: boolean): number {
  const metadata = expires ? EXPIRE_META_BYTES + MSTR_FLAGS_BYTES : 0;
  return metadata + mstrHdrSize(length) + length + 1;
}

function mstrHdrSize(length: number): number {
  if (length < 32) return 1;
  return length < 65536 ? 3 : 9;
}

const mstrElement: ElementCost = {
  bytes: (length, allocator) => allocator.goodSize(mstrRequestBytes(length, false)),
};

const mstrExpiring: ElementCost = {
  bytes: (length, allocator) => allocator.goodSize(mstrRequestBytes(length, true)),
};

/** A field as an mstr, with metadata when it expires, and its value as an sds. Keeps the expiries. Exact. */
export const mstrPair: PairCost = { lane: ({ allocator }) => new MstrLane(allocator, sdsElement) };

/** The same with the value as tracked. Derived: redis/redis#14363. */
export const trackedMstrPair: PairCost = { lane: ({ allocator }) => new MstrLane(allocator, trackedSds) };

class MstrLane implements PairLane {
  sum = 0;
  readonly expiries = new FieldExpiries();
  private readonly field: ElementLane;
  private readonly expiring: ElementLane;
  private readonly value: ElementLane;

  constructor(allocator: Allocator, value: ElementCost) {
    this.field = new ElementLane(mstrElement, allocator);
    this.expiring = new ElementLane(mstrExpiring, allocator);
    this.value = new ElementLane(value, allocator);
  }

  reset(): void {
    this.sum = 0;
    this.expiries.reset();
  }

  add(fieldBytes: number, valueBytes: number, expiresAt: number): void {
    const field = expiresAt > 0 ? this.expiring : this.field;
    const { value } = this;
    field.sum = 0;
    value.sum = 0;
    field.add(fieldBytes);
    value.add(valueBytes);
    this.sum += field.sum + value.sum;
    if (expiresAt > 0) this.expiries.add(expiresAt);
  }
}
