import type { Profile } from "./profile.ts";
import { redis40 } from "./redis-4.0.ts";
import { redis50 } from "./redis-5.0.ts";
import { redis60 } from "./redis-6.0.ts";
import { redis62 } from "./redis-6.2.ts";
import { redis70 } from "./redis-7.0.ts";
import { redis72 } from "./redis-7.2.ts";
import { redis74 } from "./redis-7.4.ts";
import { redis80 } from "./redis-8.0.ts";
import { redis82 } from "./redis-8.2.ts";
import { redis84 } from "./redis-8.4.ts";
import { redis86 } from "./redis-8.6.ts";
import { redis88 } from "./redis-8.8.ts";
import { redis810 } from "./redis-8.10.ts";
import { valkey72 } from "./valkey-7.2.ts";
import { valkey80 } from "./valkey-8.0.ts";
import { valkey81 } from "./valkey-8.1.ts";
import { valkey90 } from "./valkey-9.0.ts";
import { valkey91 } from "./valkey-9.1.ts";

export type { DatabaseCounts, MemoryConfig, Profile, StructSizes, TableModel } from "./profile.ts";

/** Every server the memory model knows, by name. A new server: one file and one line here. */
export const PROFILES = {
  "redis-4.0": redis40,
  "redis-5.0": redis50,
  "redis-6.0": redis60,
  "redis-6.2": redis62,
  "redis-7.0": redis70,
  "redis-7.2": redis72,
  "redis-7.4": redis74,
  "redis-8.0": redis80,
  "redis-8.2": redis82,
  "redis-8.4": redis84,
  "redis-8.6": redis86,
  "redis-8.8": redis88,
  "redis-8.10": redis810,
  "valkey-7.2": valkey72,
  "valkey-8.0": valkey80,
  "valkey-8.1": valkey81,
  "valkey-9.0": valkey90,
  "valkey-9.1": valkey91,
} as const satisfies Record<string, Profile>;

export type ProfileName = keyof typeof PROFILES;

/** Used where nothing is known about the server. */
const DEFAULT_PROFILE: Profile = redis72;

/**
 * The profile of a server, or the nearest one known: same server first, then the
 * nearest version, the newer of two. `exact` is false when another version stands in.
 * `version` is as INFO gives it ("7.2.6"); both may be empty: then it is the first server that writes
 * `rdbVersion`, or the usual one.
 */
export function chooseProfile(
  server: string,
  version: string,
  rdbVersion = 0,
): { profile: Profile; exact: boolean } {
  const wanted = versionNumber(version);
  if (wanted === undefined) {
    const own = Object.values<Profile>(PROFILES).filter((one) => one.server === server);
    const newest = server === DEFAULT_PROFILE.server ? DEFAULT_PROFILE : own.at(-1);
    const writer = own.find((one) => one.rdbVersion === rdbVersion) ?? newest;
    return { profile: writer ?? DEFAULT_PROFILE, exact: false };
  }
  let profile = DEFAULT_PROFILE;
  let best = Number.POSITIVE_INFINITY;
  for (const candidate of Object.values<Profile>(PROFILES)) {
    const gap = distance(candidate, wanted) + (candidate.server === server ? 0 : 1e6);
    if (gap < best || (gap === best && newer(candidate, profile))) {
      best = gap;
      profile = candidate;
    }
  }
  return { profile, exact: best === 0 };
}

/** Newest version of the family REDIS that Valkey loads: those that follow are foreign to it, until its own begin. */
const NEWEST_SHARED = 11;

/** Whether a server loads snapshots of a version: rdbLoadRioWithLoadingCtx(), rdb.c; rdbIsForeignVersion(), Valkey's rdb.h. */
export function loadsVersion(profile: Profile, family: "redis" | "valkey", version: number): boolean {
  if (family === "redis" && profile.server === "valkey") return version <= NEWEST_SHARED;
  return version <= profile.rdbVersion;
}

function distance(profile: Profile, wanted: number): number {
  const from = pair(profile.from);
  const to = pair(profile.to);
  return wanted < from ? from - wanted : wanted > to ? wanted - to : 0;
}

function newer(a: Profile, b: Profile): boolean {
  return pair(a.to) > pair(b.to);
}

function pair([major, minor]: readonly [number, number]): number {
  return major * 1000 + minor;
}

/** "7.2.6" as 7002; undefined when it does not begin with two numbers. */
function versionNumber(version: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})(?!\d)/.exec(version);
  return match === null ? undefined : pair([Number(match[1]), Number(match[2])]);
}
