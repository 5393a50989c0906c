import {
  changedSettings,
  chooseProfile,
  type MemoryConfig,
  PROFILES,
  type Profile,
} from "../memory/index.ts";
import { isUnfiltered } from "./filters.ts";
import type { Scope } from "./scope.ts";
import type { SnapshotRow } from "./snapshots.ts";

/** What used_memory would be after loading, by what it is made of, and what the snapshot says it was. */
export interface MemoryRow {
  /** Heap of the keys that a server would load. */
  readonly key_bytes: number;
  readonly table_bytes: number;
  readonly function_bytes: number;
  readonly baseline_bytes: number;
  /** The sum of the four. */
  readonly estimated_bytes: number;
  /** As saved; null when the snapshot does not say. */
  readonly used_mem: number | null;
  /** 0: it was saved by another server than the sizes are of, so the two say nothing about each other. */
  readonly comparable: number;
  /** What of it the estimate does not explain; negative when the estimate is more, null when they do not compare. */
  readonly unexplained_bytes: number | null;
  readonly unexplained_share: number | null;
}

const SQL = `SELECT key_bytes, table_bytes, function_bytes, baseline_bytes, estimated_bytes, used_mem, unexplained_bytes,
    unexplained_bytes * 1.0 / used_mem AS unexplained_share
  FROM memory WHERE snapshot = @snapshot`;

/** The prediction of used_memory; undefined for a part of the keys, of which it would say nothing. */
export function memory({ inventory, snapshot, filters }: Scope): MemoryRow | undefined {
  if (!isUnfiltered(filters) || snapshot.filters !== "{}") return undefined;
  const row = inventory.get<Omit<MemoryRow, "comparable">>(SQL, { snapshot: snapshot.snapshot });
  if (row === undefined) return undefined;
  if (isOwnProfile(snapshot)) return { ...row, comparable: 1 };
  return { ...row, unexplained_bytes: null, unexplained_share: null, comparable: 0 };
}

/** Whether keys are sized as on the server that wrote the snapshot, or the nearest to it. */
function isOwnProfile({ server, server_version: version, profile }: SnapshotRow): boolean {
  return chooseProfile(server ?? "redis", version ?? "").profile.name === profile;
}

/** The settings of a snapshot's target that are not its profile's own, as "directive=value". */
export function settingsChanged({ profile, settings }: SnapshotRow): string[] {
  const known: Readonly<Record<string, Profile>> = PROFILES;
  if (!Object.hasOwn(known, profile)) return [];
  return changedSettings(JSON.parse(settings) as Partial<MemoryConfig>, known[profile]!.config);
}
