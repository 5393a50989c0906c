import { ALLOCATORS, type Allocator, type AllocatorName } from "./allocators/index.ts";
import { sdsRequestBytes } from "./models/sds.ts";
import { zslNodeExpectation } from "./models/skiplist.ts";
import type { MemoryConfig, Profile } from "./profiles/index.ts";

/** Lengths below this have their sds allocation in `sdsTable`. */
export const SDS_TABLE_LENGTH = 1024;

/** A server to size for: a profile with its allocator and settings, and what follows from them. */
export interface Target {
  readonly profile: Profile;
  readonly allocator: Allocator;
  readonly config: MemoryConfig;
  /** zmalloc_size of an sds by its length, for lengths below `SDS_TABLE_LENGTH`. */
  readonly sdsTable: Uint16Array;
  /** Mean and variance of a skiplist node's allocation. */
  readonly zslNode: { readonly mean: number; readonly variance: number };
}

/** A target of a profile, with another allocator or other settings where given. */
export function makeTarget(
  profile: Profile,
  overrides: { allocator?: AllocatorName; config?: Partial<MemoryConfig> } = {},
): Target {
  const allocator: Allocator = ALLOCATORS[overrides.allocator ?? profile.allocator];
  const sdsTable = new Uint16Array(SDS_TABLE_LENGTH);
  for (let length = 0; length < SDS_TABLE_LENGTH; length++) {
    sdsTable[length] = allocator.goodSize(sdsRequestBytes(length));
  }
  return {
    profile,
    allocator,
    config: { ...profile.config, ...overrides.config },
    sdsTable,
    zslNode: zslNodeExpectation(profile.sizes, allocator),
  };
}

/** zmalloc_size of an sds of `length` bytes on a target: sdsZmallocSize(), object.c. Exact. */
export function sdsZmallocSize(target: Target, length: number): number {
  return length < SDS_TABLE_LENGTH
    ? (target.sdsTable[length] as number)
    : target.allocator.goodSize(sdsRequestBytes(length));
}
