import type { RdbHeader } from "../../parsers/header.ts";
import { UsageError } from "../errors.ts";
import {
  ALLOCATORS,
  type AllocatorName,
  type MemoryConfig,
  PROFILES,
  type Profile,
  type ProfileName,
  parseSettings,
  type TargetSpec,
} from "../memory/index.ts";
import type { Origin } from "./origin.ts";

/** The server to size for, as somebody names it. What is not given follows from the snapshot and the profile. */
export interface TargetChoice {
  /** A name of `PROFILES`; default: chosen from the snapshot's own server version. */
  readonly profile?: string | undefined;
  /** A name of `ALLOCATORS`; default: the profile's. */
  readonly allocator?: string | undefined;
  /** Directives as redis.conf spells them, such as `{"hash-max-listpack-entries": "64"}`; of two that mean the same the later wins. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
}

/** A choice that was checked. */
interface CheckedChoice {
  readonly profile: ProfileName | undefined;
  readonly allocator: AllocatorName | undefined;
  readonly config: Partial<MemoryConfig>;
}

/** @throws {UsageError} for a name or a value that is none */
export function checkChoice({ profile, allocator, settings }: TargetChoice): CheckedChoice {
  return {
    profile: named("profile", PROFILES, profile) as ProfileName | undefined,
    allocator: named("allocator", ALLOCATORS, allocator) as AllocatorName | undefined,
    config: parseSettings(settings ?? {}),
  };
}

/** The target that is chosen for a snapshot. */
export function specOf(origin: Origin, choice: TargetChoice): TargetSpec {
  const { profile, allocator, config } = checkChoice(choice);
  const chosen = profile === undefined ? origin.profile : PROFILES[profile];
  return {
    profile: chosen.name as ProfileName,
    allocator: allocator ?? chosen.allocator,
    config,
    loadedAt: origin.createdAt,
  };
}

/** What an inventory says of the target it was made for: a row of its view `snapshots`. */
interface StoredTarget {
  readonly profile: string;
  readonly allocator: string;
  readonly settings: string;
  readonly created_at: number;
}

/** The target that an inventory was made for, with what is chosen now over it; another profile begins anew. */
export function specOfStored(stored: StoredTarget, choice: TargetChoice): TargetSpec {
  const { profile, allocator, config } = checkChoice(choice);
  const before = checkChoice({ profile: stored.profile, allocator: stored.allocator });
  const loadedAt = stored.created_at;
  if (profile !== undefined) {
    return { profile, allocator: allocator ?? PROFILES[profile].allocator, config, loadedAt };
  }
  return {
    profile: before.profile!,
    allocator: allocator ?? before.allocator!,
    config: { ...(JSON.parse(stored.settings) as Partial<MemoryConfig>), ...config },
    loadedAt,
  };
}

/** What is said where a snapshot's server has no profile of its own. */
export function nearestProfile(
  { server, version }: Pick<Origin, "server" | "version">,
  { name }: Profile,
): string {
  return `no profile of ${[server ?? "an unknown server", version ?? []].flat().join(" ")}: sized as ${name}`;
}

/** What is said where a server cannot load the snapshot at all. */
export function tooNew({ name }: Profile, { magic, version }: Pick<RdbHeader, "magic" | "version">): string {
  const family = magic.startsWith("VALKEY") ? "VALKEY " : "";
  return `${name} cannot load RDB ${family}${version}: sized as if it could`;
}

function named(what: string, known: object, name: string | undefined): string | undefined {
  if (name === undefined || Object.hasOwn(known, name)) return name;
  throw new UsageError(`unknown ${what} ${name}: known are ${Object.keys(known).join(", ")}`);
}
