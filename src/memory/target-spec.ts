import type { AllocatorName } from "./allocators/index.ts";
import { type MemoryConfig, PROFILES, type Profile, type ProfileName } from "./profiles/index.ts";
import { makeTarget, type Target } from "./target.ts";

/** A target in words, structured-cloneable: what a thread needs to make it again. */
export interface TargetSpec {
  readonly profile: ProfileName;
  readonly allocator: AllocatorName;
  /** What differs from the profile's own settings. */
  readonly config: Partial<MemoryConfig>;
  /** When the snapshot is loaded, ms since the epoch. */
  readonly loadedAt: number;
}

/** The profile of a spec. */
export function profileOf({ profile }: Pick<TargetSpec, "profile">): Profile {
  return PROFILES[profile];
}

/** The target that a spec describes. */
export function targetOf(spec: TargetSpec): Target {
  return makeTarget(profileOf(spec), spec);
}
