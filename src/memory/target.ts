import { LAYOUT } from "../../parsers/visitor.ts";
import { ALLOCATORS, type Allocator, type AllocatorName } from "./allocators/index.ts";
import type { Finish } from "./loader.ts";
import { sdsRequestBytes } from "./models/sds.ts";
import { sharesIntegers } from "./models/shared-integers.ts";
import { type NodeExpectation, zslNodeExpectation } from "./models/skiplist.ts";
import type { MemoryConfig, Profile } from "./profiles/index.ts";

/** Lengths below this have their sds allocation in `sdsTable`. */
const SDS_TABLE_LENGTH = 1024;

/** A server to size for: a profile with its allocator and settings, and what follows from them. */
export interface Target {
  readonly profile: Profile;
  readonly allocator: Allocator;
  readonly config: MemoryConfig;
  /**
   * When the snapshot is loaded (ms since the epoch): some servers drop hash fields that are past their time.
   */
  readonly loadedAt: number;
  /** `profile.loader` by index of layout. */
  readonly finishes: readonly Finish[];
  /** Bytes requested for an sds of a length. */
  readonly sdsBytes: (length: number) => number;
  /** zmalloc_size of an sds by its length, for short ones. */
  readonly sdsTable: Uint16Array;
  /** Small integers may be objects that keys share. */
  readonly sharesIntegers: boolean;
  /** Allocation of a skiplist node that points to its member. */
  readonly zslNode: NodeExpectation;
}

/** What a target may have other than its profile. */
interface TargetOptions {
  readonly allocator?: AllocatorName | undefined;
  readonly config?: Partial<MemoryConfig> | undefined;
  readonly loadedAt?: number | undefined;
}

/** A target of a profile, with another allocator or other settings where given. */
export function makeTarget(profile: Profile, options: TargetOptions = {}): Target {
  const name = options.allocator ?? profile.allocator;
  const allocator: Allocator = ALLOCATORS[name === "libc" ? (profile.libc ?? name) : name];
  const sdsBytes = profile.sdsBytes ?? sdsRequestBytes;
  const sdsTable = new Uint16Array(SDS_TABLE_LENGTH);
  for (let length = 0; length < SDS_TABLE_LENGTH; length++) {
    sdsTable[length] = allocator.goodSize(sdsBytes(length));
  }
  const config = { ...profile.config, ...options.config };
  const finishes: Finish[] = [];
  for (const [name, index] of Object.entries(LAYOUT)) {
    finishes[index] = profile.loader[name as keyof typeof LAYOUT];
  }
  return {
    profile,
    allocator,
    config,
    loadedAt: options.loadedAt ?? 0,
    finishes,
    sdsBytes,
    sdsTable,
    sharesIntegers: sharesIntegers(config),
    zslNode: zslNodeExpectation(profile.sizes, allocator),
  };
}

/** zmalloc_size of an sds of `length` bytes on a target: sdsZmallocSize(), object.c. Exact. */
export function sdsZmallocSize(target: Target, length: number): number {
  return length < SDS_TABLE_LENGTH
    ? (target.sdsTable[length] as number)
    : target.allocator.goodSize(target.sdsBytes(length));
}
