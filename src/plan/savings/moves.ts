import { loadsVersion, PROFILES, type Profile } from "../../memory/index.ts";
import type { SnapshotRow } from "../../queries/snapshots.ts";
import type { Scenario } from "../scenario.ts";

/** The scenario on other servers: the newest measured one of each major version that loads the snapshot, and is not older than its own. */
export function movesOf(
  scenario: Scenario,
  { profile, magic, rdb_version: version }: Pick<SnapshotRow, "profile" | "magic" | "rdb_version">,
): Scenario[] {
  const own: Profile = PROFILES[profile as keyof typeof PROFILES];
  const family = magic.startsWith("VALKEY") ? "valkey" : "redis";
  const newest = new Map<string, Scenario>();
  for (const one of Object.values(PROFILES) as Profile[]) {
    if (one.measured === undefined || !loadsVersion(one, family, version)) continue;
    if (one.server === own.server && isBefore(one.from, own.from)) continue;
    newest.set(`${one.server} ${one.from[0]}`, {
      ...scenario,
      profile: one.name as NonNullable<Scenario["profile"]>,
    });
  }
  return [...newest.values()].filter((move) => move.profile !== profile);
}

function isBefore(a: readonly number[], b: readonly number[]): boolean {
  const i = a.findIndex((part, at) => part !== b[at]);
  return i >= 0 && a[i]! < b[i]!;
}
